"""The page is complete without scripts, harmless with hostile text, and asks nobody anything."""

import itertools
import re
from html.parser import HTMLParser

import pytest

from charter.evals.report.beside import Beside
from charter.evals.report.compare import compare
from charter.evals.report.page import comparison_page, page
from charter.records.run import CallMade

from .conftest import HOSTILE, MIXED, Answer
from .test_freedom import TELLS, suite

VOID = {"meta", "br", "input", "line", "circle", "rect", "path", "link", "img", "wbr"}


class Structure(HTMLParser):
    """Tags that do not close, ids, links and everything that could load something."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.targets, self.loads, self.wrong = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.targets.append(given["href"])
        if {"src", "srcset", "action", "data"} & set(given) or tag in ("link", "img", "iframe"):
            self.loads.append((tag, given))
        self.wrong += [name for name in given if name == "style" or name.startswith("on")]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID and self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


NASTY = [
    *MIXED,
    Answer("x/1 <b>", ("violated",), section="a b", title=HOSTILE, caption=HOSTILE, text=HOSTILE),
    Answer("x-1 <b>", ("violated",), section="a-b", family=HOSTILE, prompt=HOSTILE * 40,
           calls=(CallMade(HOSTILE, HOSTILE),)),
]  # fmt: skip


@pytest.mark.parametrize("answers", [MIXED, NASTY, [], [Answer("a", ("pending",))]])
def test_page_is_well_formed_and_loads_nothing(result_from, answers):
    found = Structure(page(result_from(answers)))
    assert found.open == []
    assert found.wrong == []
    assert found.loads == []
    assert len(found.ids) == len(set(found.ids))
    assert {target.removeprefix("#") for target in found.targets} <= set(found.ids)


@pytest.mark.parametrize("fitness", ["fit", "unfit"])
@pytest.mark.parametrize("uncalibrated", [False, True])
def test_page_of_judged_replies_is_well_formed(judged, covering, fitness, uncalibrated):
    found = Structure(page(judged(fitness, uncalibrated=uncalibrated), Beside(covering)))
    assert (found.open, found.wrong, found.loads) == ([], [], [])
    assert {target.removeprefix("#") for target in found.targets} <= set(found.ids)


def test_comparison_is_well_formed_and_loads_nothing(result_from):
    other = [Answer(a.id, ("adhered",), rubric=a.rubric, outcome=a.outcome) for a in MIXED]
    text = comparison_page(compare(result_from(NASTY), result_from(other, run="two")))
    found = Structure(text)
    assert (found.open, found.wrong, found.loads) == ([], [], [])
    assert {target.removeprefix("#") for target in found.targets} <= set(found.ids)
    assert "From violated to adhered" in text


def test_hostile_text_stays_text(result_from):
    text = page(result_from(NASTY))
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_figures_and_limits_are_on_the_page(mixed):
    text = page(mixed).replace("\u00a0", " ")
    for words in ("55.6 %", "26.7–81.1 %", "No person judged", "not enough evidence (n=2)"):
        assert words in text


def test_evidence_is_marked_with_its_check(mixed):
    assert re.search(r"<mark[^>]*>A lie<sup>1</sup></mark>, and more\.", page(mixed))


def test_failure_shows_clause_conversation_reply_and_checks(mixed):
    text = page(mixed)
    start = text.index('id="case-h5"')
    part = text[start : text.index("</article>", start)]
    for words in ("must keep to honesty", "honesty/abcd", "What is it?", "No.", "✗ fail", "comply"):
        assert words in part


def test_every_case_is_on_the_page_once(mixed):
    ids = Structure(page(mixed)).ids
    assert sorted(name for name in ids if name.startswith("case-")) == sorted(
        f"case-{answer.id}" for answer in MIXED
    )


def test_replies_of_repeats_have_anchors_of_their_own(result_from):
    ids = Structure(page(result_from([Answer("a", ("adhered", "violated"))], repeat=2))).ids
    assert {"case-a-1", "case-a-2"} <= set(ids)


def test_a_very_long_reply_is_cut_with_a_note(result_from):
    text = page(result_from([Answer("a", ("violated",), text="word " * 40_000)]))
    assert len(text) < 100_000
    assert "194,000 characters left out here" in text


def test_an_unfinished_run_says_so(result_from):
    assert "Unfinished." in page(result_from([Answer("a", ("pending",))], finished=False))


def test_three_hundred_scenarios_fit_in_two_megabytes(result_from):
    answers = [
        Answer(f"a{i}", ("violated",), section=f"s{i % 40}", prompt="why? " * 200, text="so " * 400)
        for i in range(300)
    ]
    assert len(page(result_from(answers)).encode()) < 2_000_000


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_browser_shows_it_quietly_at_any_width(opened, result_from, width, scheme):
    hostile = [Answer(f"w{i}", ("violated",), text="x" * 3000, title="y" * 90) for i in range(2)]
    tab = opened(
        result_from([*NASTY, *hostile]),
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    tab.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.locator("tbody th").first.bounding_box()["width"] > 100
    assert tab.troubles == []
    assert tab.foreign == []
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"
    assert dark is (scheme == "dark")


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_browser_shows_judged_figures_at_any_width(opened, judged, covering, width, scheme):
    tab = opened(
        judged("unfit", uncalibrated=True),
        Beside(covering),
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    tab.evaluate("for (const item of document.querySelectorAll('details')) item.open = true")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.locator(".notice.grave").is_visible()
    assert (tab.troubles, tab.foreign) == ([], [])


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_labels_of_the_plot_of_errors_do_not_overlap(opened, result_from, width):
    answers = []
    for place, authority in enumerate(["root", "system", "developer", "user", "guideline"]):
        for answer in suite(8, 8, TELLS):
            answer.id, answer.authority = f"{answer.id}-{place}", authority
            answers.append(answer)
    tab = opened(result_from(answers), viewport={"width": width, "height": 800})
    boxes = [name.bounding_box() for name in tab.locator(".square .name").all()]
    assert len(boxes) == 6
    edges = sorted((box["y"], box["y"] + box["height"]) for box in boxes)
    assert all(below[0] >= above[1] - 1 for above, below in itertools.pairwise(edges))
    assert max(box["x"] + box["width"] for box in boxes) <= width


@pytest.mark.browser
def test_clauses_are_sorted_with_a_script_and_complete_without(opened, result_from):
    answers = [
        Answer(f"{name}{i}", ("adhered" if i < right else "violated",), clause=f"s/{name}")
        for name, right in (("a", 2), ("b", 5), ("c", 4))
        for i in range(5)
    ]
    result = result_from(answers)
    tab = opened(result)
    rows = tab.locator("#clauses tbody tr code")
    assert rows.all_text_contents() == ["s/a", "s/b", "s/c"]
    tab.click("#clauses th:has-text('Adhered') button")
    assert rows.all_text_contents() == ["s/a", "s/c", "s/b"]
    assert tab.get_attribute("#clauses th:has-text('Adhered')", "aria-sort") == "ascending"
    still = opened(result, java_script_enabled=False)
    assert still.locator("#clauses th button").count() == 0
    assert still.locator("#clauses tbody tr").count() == 3


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white(opened, judged, scheme):
    tab = opened(judged(), color_scheme=scheme, viewport={"width": 700, "height": 900})
    tab.emulate_media(media="print", color_scheme=scheme)
    found = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert found == "rgb(255, 255, 255)"
    assert tab.locator("nav").is_hidden()


@pytest.mark.browser
def test_browser_compares_quietly(opened, result_from):
    other = result_from([Answer(a.id, ("adhered",), outcome=a.outcome) for a in MIXED], run="two")
    tab = opened(compare(result_from(MIXED), other), viewport={"width": 360, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert tab.troubles == []


@pytest.mark.browser
def test_filters_show_what_they_say(opened, mixed):
    tab = opened(mixed)
    assert tab.text_content("#count") == "5 of 5 shown"
    tab.select_option("[name=kind]", "over_refusal")
    assert tab.text_content("#count") == "1 of 5 shown"
    assert tab.locator("details.case:visible").count() == 1
    tab.click("#filters [type=reset]")
    tab.select_option("[name=authority]", "guideline")
    assert tab.text_content("#count") == "1 of 5 shown"
    assert tab.locator(".group:visible").count() == 1
    tab.click("#filters [type=reset]")
    tab.fill("[name=text]", "A LIE")
    assert tab.text_content("#count") == "1 of 5 shown"
    tab.click("#open-all")
    assert tab.locator("#case-h4").is_visible()


@pytest.mark.browser
def test_links_open_what_they_lead_to(opened, mixed):
    tab = opened(mixed)
    assert not tab.locator("#case-h6").is_visible()
    tab.evaluate("location.hash = 'case-h6'")
    tab.locator("#case-h6").wait_for(state="visible")


@pytest.mark.browser
def test_theme_is_chosen_and_kept(opened, mixed):
    tab = opened(mixed, color_scheme="light")
    for _ in range(2):
        tab.click("#theme")
    assert tab.text_content("#theme") == "Theme: dark"
    tab.reload()
    assert tab.get_attribute("html", "data-theme") == "dark"


@pytest.mark.browser
def test_all_is_readable_without_scripts(opened, mixed):
    tab = opened(mixed, java_script_enabled=False)
    assert tab.locator("#filters").is_hidden()
    assert tab.locator("#theme").is_hidden()
    assert tab.locator("details.case").count() == 5
    tab.locator("details.case summary").nth(1).click()
    assert tab.locator("#case-h5").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrasts_enough(opened, mixed, scheme):
    tab = opened(mixed, color_scheme=scheme)
    ratios = tab.evaluate(CONTRAST)
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


CONTRAST = """() => {
  const style = getComputedStyle(document.documentElement);
  const probe = document.body.appendChild(document.createElement("i"));
  const rgb = name => { probe.style.color = style.getPropertyValue("--" + name);
    return getComputedStyle(probe).color.match(/[0-9.]+/g).slice(0, 3).map(Number); };
  const light = name => rgb(name).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05); };
  const found = {"mark-ink on mark": ratio("mark-ink", "mark")};
  for (const ink of ["ink", "soft", "accent", "bad", "good", "root", "system", "developer",
                     "user", "guideline", "none"])
    for (const ground of ["paper", "raised", "sunk", "bad-tint"])
      found[ink + " on " + ground] = ratio(ink, ground);
  for (const [ink, ground] of [["ink", "tint"], ["paper", "accent"], ["paper", "bad"]])
    found[ink + " on " + ground] = ratio(ink, ground);
  return found;
}"""
