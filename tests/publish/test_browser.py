"""A published site in a real Chromium: at a desk and on a phone, by day and by night."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from tests.browser import SIZES, accessible

from charter.cli.main import cli
from charter.load import load
from charter.policy.compiled.compile import compile_policy
from charter.publish.build import draw, pages
from charter.publish.edition import edition
from charter.publish.site import Site
from charter.publish.write import write_site
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

from .texts import three

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = (
    "index.html",
    "chain_of_command.html",
    "agents.html",
    "s/follow_chain.html",
    "v/1.0.0/index.html",
)
HOSTILE = (
    '# <script>window.x = 1</script> {#one authority=root}\n\nIt must <img src=x onerror="x=1"> '
    + "W" * 100_000
    + "[a](javascript:x=1) \u202e[^aaaa].\n\n**Example**: <svg onload=x=1>\n\n~~~xml\n<user>\n"
    "<script>window.x = 1</script> &lt;script&gt;\n</user>\n~~~\n\n"
    "| a | b |\n|---|---|\n| " + "T" * 5000 + " | 2 |\n\n\u05e9\u05dc\u05d5\u05dd must.\n"
)


def published(folder, spec):
    """Publish one version."""
    site = Site((edition(spec, compile_policy(layer(spec))),))
    write_site(folder, pages(site, draw(site)))
    return folder


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    """The starter spec's site."""
    return published(tmp_path_factory.mktemp("site") / "site", load("starter"))


def clean(tab):
    """Assert that a page is accessible and fits, and that nothing went wrong on it."""
    accessible(tab, tab.url)
    assert tab.troubles == []
    assert tab.foreign == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(starter, hosted, visit, size, scheme):
    base = hosted(starter)
    tab = visit(base, size, scheme, reduced_motion="reduce")
    for page in PAGES:
        tab.goto(base + page)
        unfold = tab.query_selector("#page\\.unfold")
        if unfold and unfold.is_visible():
            tab.click(".filters summary")
            unfold.click()
        clean(tab)


@pytest.mark.parametrize("size", SIZES)
def test_a_hostile_text_is_inert(tmp_path, hosted, visit, size):
    spec = build(parse(Source("spec.md", HOSTILE)), name="x", version="1")
    base = hosted(published(tmp_path / "site", spec))
    tab = visit(base, size)
    for page in ("index.html", "one.html", "all.html", "s/one.html"):
        tab.goto(base + page)
        clean(tab)
        assert tab.evaluate("window.x") is None


def test_hostile_overlays_are_inert(tmp_path, hosted, visit):
    """Ten of them, each upon the one before, that all change the same section."""
    layers = [
        load_text("# Base {#base}\n\n## One {#two authority=guideline}\n\nIt may be[^bbbb].\n")
    ]
    for number in range(10):
        head = f'name: "</script>{number}"\nextends:\n  digest: "{layers[-1].digest}"\n'
        own = HOSTILE.replace("{#one authority=root}", f"{{#own{number} authority=developer}}")
        same = f"# Two {{#two authority=developer}}\n\nIt must <b onclick=x> be {number}[^bbbb].\n"
        text = (
            f"---\n{head}level: developer\n---\n\n{own.replace('aaaa', f'a{number:03d}')}\n{same}"
        )
        layers.append(load_text(text))
    laid = layer(*layers)
    made = edition(laid.spec, compile_policy(laid), tuple(layers), laid.origins)
    site = Site((made,))
    write_site(tmp_path / "site", pages(site, draw(site)))
    tab = visit(base := hosted(tmp_path / "site"))
    for page in ("index.html", "own0.html", "s/two.html", "s/own9.html"):
        tab.goto(base + page)
        clean(tab)
        assert tab.evaluate("window.x") is None


def load_text(text):
    """Read a text that is no file."""
    return build(parse(Source("spec.md", text)), name="x", version="1")


def test_filters_leave_what_fits(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}chain_of_command.html")
    tab.click(".filters summary")
    tab.check("input[name=authority][value=user]")
    shown = tab.query_selector_all(".section:not([hidden])")
    assert {each.get_attribute("data-authority") for each in shown} == {"user"}
    assert tab.inner_text("#page\\.found") == f"{len(shown)} sections"
    tab.click("#page\\.reset")  # the form is empty only after the event
    tab.wait_for_selector(".section[hidden]", state="detached")
    assert tab.troubles == []


def test_a_link_unfolds_the_example_it_leads_to(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}all.html")
    folded = tab.get_attribute("details.example:not([open])", "id")
    tab.goto(f"{base}all.html#{folded}")
    tab.wait_for_function("id => document.getElementById(id).open", arg=folded)


def test_references_show_what_they_lead_to(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}s/follow_chain.html")
    tab.hover("a.ref[data-ref=no_mass_harm]")
    tab.wait_for_selector(".preview")
    assert "root" in tab.inner_text(".preview .marks")
    clean(tab)
    tab.keyboard.press("Escape")
    assert tab.query_selector(".preview") is None


def test_a_tap_shows_it_too(starter, hosted, visit):
    base = hosted(starter)
    tab = visit(base, "phone", has_touch=True, is_mobile=True)
    tab.goto(f"{base}s/follow_chain.html")
    tab.tap("a.ref[data-ref=no_mass_harm]")
    tab.tap(".preview-go")
    tab.wait_for_url("**/s/no_mass_harm.html")


def test_the_contents_follow_the_reader(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}chain_of_command.html#letter_and_spirit")
    tab.wait_for_selector(".contents a.now[href$='#letter_and_spirit']")


def test_the_scheme_is_kept(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}index.html")
    tab.click(".theme")
    tab.goto(f"{base}all.html")
    assert tab.get_attribute("html", "data-theme") == "dark"


def test_everything_can_be_read_without_scripts(starter, hosted, visit):
    tab = visit(base := hosted(starter), java_script_enabled=False)
    tab.goto(f"{base}chain_of_command.html")
    assert not tab.is_visible("#page\\.tools")
    assert not tab.is_visible(".theme")
    assert tab.is_visible(".contents a.part")
    folded = tab.query_selector("details.example:not([open])")
    folded.query_selector("summary").click()
    assert folded.query_selector(".talk").is_visible()


def test_without_scripts_the_contents_cover_no_text_of_a_phone(starter, hosted, visit):
    tab = visit(base := hosted(starter), "phone", java_script_enabled=False)
    tab.goto(f"{base}chain_of_command.html")
    tab.locator(".clause").last.scroll_into_view_if_needed()
    contents = tab.locator(".contents").bounding_box()
    assert contents["y"] + contents["height"] <= 0


def test_it_can_be_read_from_a_file(starter, visit):
    tab = visit(starter.as_uri())
    tab.goto(f"{starter.as_uri()}/chain_of_command.html")
    assert tab.evaluate("getComputedStyle(document.querySelector('.top')).position") == "sticky"
    assert tab.troubles == []


def test_the_first_tab_leads_to_the_text(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}chain_of_command.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "page.main"


def test_tags_in_the_contents_are_whole(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}staying_in_bounds.html")
    tag = tab.locator(".contents .tag").first
    assert tag.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert tag.evaluate("e => parseFloat(getComputedStyle(e).textIndent)") == 0


@pytest.mark.parametrize("page", ["all.html", "s/letter_and_spirit.html"])
@pytest.mark.parametrize("size", SIZES)
def test_a_deep_link_lands_at_once_below_what_stays_on_the_screen(
    starter, hosted, visit, size, page
):
    tab = visit(base := hosted(starter), size)  # without less motion: a jump is never slow
    tab.goto(base + page)
    wanted = tab.get_attribute("[data-section=letter_and_spirit] .clause >> nth=1", "id")
    tab.goto("about:blank")
    tab.goto(f"{base}{page}#{wanted}")
    top = tab.evaluate("id => document.getElementById(id).getBoundingClientRect().top", wanted)
    stays = tab.evaluate(
        "[...document.querySelectorAll('.top, .contents')]"
        ".filter(e => getComputedStyle(e).position === 'sticky' && e.offsetHeight < 200)"
        ".map(e => e.getBoundingClientRect().bottom).reduce((a, b) => Math.max(a, b), 0)"
    )
    assert stays <= top <= stays + 60


def middle(clause):
    """Return a point on the first line of a clause."""
    found = clause.evaluate(
        "e => { const r = e.getClientRects()[0]; return [r.x + r.width / 2, r.y + r.height / 2]; }"
    )
    return tuple(found)


def sign(clause):
    """Return what a clause shows beside its words."""
    return clause.evaluate("e => getComputedStyle(e, '::after').content")


def test_what_a_clause_shows_when_pointed_at_covers_no_word(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}chain_of_command.html")
    clause = tab.locator(".prose .clause:has(+ .clause)").first
    clause.scroll_into_view_if_needed()
    before = tab.screenshot()
    assert sign(clause) == "none"
    tab.mouse.move(*middle(clause))
    assert tab.screenshot() != before
    assert sign(clause) == '"#" / ""'
    covered = clause.evaluate(
        """e => {
          const style = getComputedStyle(e, "::after");
          const last = [...e.getClientRects()].at(-1);
          const px = name => parseFloat(style[name]);
          const top = last.top + px("marginTop") + px("paddingTop");
          const middle = top + px("fontSize") / 2;
          const left = last.right + px("marginLeft") + px("paddingLeft");
          return [...e.closest("p").querySelectorAll(".clause")]
            .flatMap(each => [...each.getClientRects()])
            .filter(r => r.top + 4 < middle && middle < r.bottom - 4
              && r.left < left + px("fontSize") && left < r.right).length;
        }"""
    )
    assert covered == 0  # it stands between the lines
    assert tab.troubles == []


def test_a_clause_that_is_picked_shows_its_link_in_the_line(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}chain_of_command.html")
    clause = tab.locator(".prose .clause:has(+ .clause)").first
    clause.scroll_into_view_if_needed()
    tie = clause.locator(".tie")
    tab.mouse.move(*middle(clause))
    tab.mouse.down()
    assert tie.bounding_box()["width"] == 1  # words do not move under one who selects them
    tab.mouse.up()
    assert tie.evaluate("e => getComputedStyle(e).position") == "static"
    tie.locator(".pin").click()
    assert tab.url.endswith("#" + clause.get_attribute("id"))


def test_a_clause_that_is_tapped_shows_its_link_at_the_foot_of_the_screen(starter, hosted, visit):
    tab = visit(base := hosted(starter), "phone", has_touch=True, is_mobile=True)
    tab.goto(f"{base}chain_of_command.html")
    clause = tab.locator(".prose .clause").first
    clause.scroll_into_view_if_needed()
    tab.touchscreen.tap(*middle(clause))
    tie = clause.locator(".tie")
    assert tie.evaluate("e => getComputedStyle(e).position") == "fixed"
    box = tie.bounding_box()
    assert box["x"] == 0
    assert box["y"] + box["height"] == SIZES["phone"][1]
    tie.locator(".pin").tap()
    tab.wait_for_url("**#**")
    assert tab.url.endswith("#" + clause.get_attribute("id"))


def test_copied_words_hold_nothing_of_ours(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}chain_of_command.html")
    copied = tab.evaluate(
        """() => {
          const section = document.querySelector("[data-section=follow_chain]");
          getSelection().selectAllChildren(section);
          return getSelection().toString();
        }"""
    )
    assert copied
    assert "#" not in copied


def test_filters_that_leave_nothing_say_so_and_survive_the_way_back(starter, hosted, visit):
    tab = visit(base := hosted(starter))
    tab.goto(f"{base}staying_in_bounds.html")
    tab.click(".filters summary")
    tab.check("input[name=authority][value=user]")
    shown = tab.locator(".section:not([hidden])").count()
    tab.click(".contents a.part >> nth=0")
    tab.go_back()
    tab.wait_for_selector(".section[hidden]", state="attached")
    assert tab.locator(".section:not([hidden])").count() == shown
    tab.evaluate("document.querySelector('.filters').open = true")
    tab.check("input[name=tag][value=prohibited]")
    assert tab.locator(".section:not([hidden])").count() == 0
    assert tab.inner_text("#page\\.found") == "No section fits all of this."
    assert tab.locator(".contents a.now").count() == 0


def test_the_list_of_versions_goes_when_something_else_is_wanted(tmp_path, hosted, visit):
    editions = three()
    site = Site(editions)
    write_site(tmp_path / "site", pages(site, draw(site)))
    tab = visit(base := hosted(tmp_path / "site"))
    tab.goto(f"{base}index.html")
    for leave in (lambda: tab.click("h1"), lambda: tab.keyboard.press("Escape")):
        tab.click(".versions summary")
        assert tab.is_visible(".versions ul")
        leave()
        assert not tab.is_visible(".versions ul")


def test_every_example_is_printed(starter, hosted, visit):
    tab = visit(base := hosted(starter), java_script_enabled=False)
    tab.goto(f"{base}chain_of_command.html")
    tab.emulate_media(media="print")
    for talk in tab.locator("details.example:not([open]) .talk").all():
        assert talk.is_visible()
    for ours in (".top", ".contents", ".tools", ".pin", ".remarks"):
        assert not any(each.is_visible() for each in tab.locator(ours).all())


def test_a_search_for_what_is_not_there_finds_nothing(tmp_path, hosted, visit):
    pytest.importorskip("pagefind")
    done = CliRunner().invoke(cli, ["publish", "starter", "--out", str(tmp_path / "site")])
    assert done.exit_code == 0, done.output
    tab = visit(base := hosted(tmp_path / "site"))
    tab.goto(f"{base}search.html?q=zzzzqqq")
    tab.wait_for_selector("#count:not(:empty)")
    assert tab.inner_text("#count").startswith("Nothing was found")
    tab.fill("#q", "privacies")
    tab.wait_for_selector("#results mark")
    assert "q=privacies" in tab.url  # kept for the way back
    clean(tab)


def test_an_overlay_stands_beside_its_base_and_is_announced(tmp_path, hosted, visit):
    base_text = parse(Source("base.md", "# One {#one authority=user}\n\nIt must stay[^stay].\n"))
    base_spec = build(base_text, name="base", version="1")
    (tmp_path / "o.md").write_text(
        f'---\nspec: over\nversion: "1"\ntitle: Over\nlevel: developer\nextends: {{name: base, '
        f'version: "1", digest: "{base_spec.digest}"}}\n---\n\n'
        "# One {#one}\n\nIt must also shine[^shin].\n"
    )
    (tmp_path / "base.md").write_text(base_text.source.text)
    given = ["--overlay", str(tmp_path / "o.md"), "--out", str(tmp_path / "site"), "--no-search"]
    done = CliRunner().invoke(cli, ["publish", str(tmp_path / "base.md"), *given])
    assert done.exit_code == 0, done.output
    tab = visit(base := hosted(tmp_path / "site"))
    tab.goto(f"{base}one.html")
    assert tab.inner_text(".marks .raised") == "changed by Over"
    one, other = (each.bounding_box() for each in tab.locator(".layer").all())
    assert one["y"] == other["y"]
    assert other["x"] >= one["x"] + one["width"]
    clean(tab)
