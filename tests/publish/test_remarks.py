"""Where readers comment, and the counts of what they said."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from charter.cli.main import cli
from charter.errors import ConfigError
from charter.load import load
from charter.publish.remarks import Count, Feedback, form_address, issue_template, read_counts

DIGEST = "sha256:" + "a" * 64
TEXT = """---
version: '{version}'
---

# Rule {{#rule authority=root}}

It must hold <b>&</b> stand[^hld1]. It should last[^lst1].

# About {{#about}}

Words.
"""


def export(*rules):
    return json.dumps({"format": "charter-comments/1", "rules": list(rules)})


def count(wanted="rule", digest=DIGEST, **accepted):
    return {"id": wanted, "spec": digest, "accepted": accepted}


def published(folder, *arguments):
    for version in ("1", "2"):
        (folder / f"{version}.md").write_text(TEXT.format(version=version))
    specs = [str(folder / f"{version}.md") for version in ("1", "2")]
    given = ["publish", *specs, "--out", str(folder / "site"), "--no-search", *arguments]
    done = CliRunner().invoke(cli, given)
    assert done.exit_code == 0, (done.output, done.exception)
    return lambda name: (folder / "site" / name).read_text()


def test_each_rule_leads_to_the_form_with_the_version_shown(tmp_path):
    page = published(tmp_path, "--feedback", "https://a.example/feedback")
    shown = {
        "2.md": ("rule.html", "all.html", "s/rule.html", "v/2/rule.html", "v/2/all.html"),
        "1.md": ("v/1/rule.html", "v/1/all.html"),
    }
    for text, names in shown.items():
        digest = load(tmp_path / text).digest.replace(":", "%3A")
        link = 'class="{}" href="https://a.example/feedback?rule={}&amp;spec=' + digest + '"'
        for html in map(page, names):
            assert html.count(link.format("remark", "rule")) == 1
            for wanted in ("rule%2Fhld1", "rule%2Flst1"):
                assert html.count(link.format("say", wanted)) == 1
            assert 'aria-label="Comment on this rule: It must hold &lt;b&gt;' in html
            assert html.count("spec=sha256") == 3
    assert "Comment on" not in page("about.html")


def test_a_rule_that_the_newest_version_lacks_has_no_form(tmp_path):
    old = TEXT.format(version="1").replace("[^hld1]", "[^gone]")
    (tmp_path / "0.md").write_text(old.replace("version: '1'", "version: '0'"))
    given = [str(tmp_path / "0.md"), "--feedback", "https://a.example/f"]
    page = published(tmp_path, *given)
    assert "rule%2Fgone" not in page("v/0/rule.html")
    assert 'id="rule/gone"' in page("v/0/rule.html")
    assert "rule%2Flst1" in page("v/0/rule.html")
    given[1:] = ["--feedback-issue", "https://a.example/new?title={title}"]
    assert "rule%2Fgone" in published(tmp_path, *given)("v/0/rule.html")


def test_a_rule_that_cannot_be_pointed_at_is_in_a_list(tmp_path):
    feedback = ("--feedback", "https://a.example/f")
    listed = "<summary>Comment on a sentence that cannot be picked</summary>"
    assert listed not in published(tmp_path, *feedback)("rule.html")
    odd = TEXT.format(version="0").replace("It should last", "*Note. It should last*")
    (tmp_path / "0.md").write_text(odd)
    page = published(tmp_path, str(tmp_path / "0.md"), *feedback)("v/0/rule.html")
    assert '<span class="point" id="rule/lst1"></span>' in page
    assert "rule%2Flst1" not in page.partition(listed)[0]
    assert "rule%2Flst1" in page.partition(listed)[2]


def test_without_a_form_there_is_no_link(tmp_path):
    page = published(tmp_path)("rule.html")
    assert "Comment on" not in page
    assert page.count('<span class="tie"><a class="pin"') == 2


def test_counts_of_this_version_stand_beside_the_rule(tmp_path):
    (tmp_path / "2.md").write_text(TEXT.format(version="2"))
    digest = load(tmp_path / "2.md").digest
    counts = export(
        count("rule", digest, agree=2),
        count("rule/hld1", digest, disagree=1),
        count("rule", DIGEST, unclear=90),
        count("<script>", digest, unclear=90),
    )
    (tmp_path / "counts.json").write_text(counts)
    given = ("--comments", str(tmp_path / "counts.json"))
    page = published(tmp_path, *given)("rule.html")
    assert "3 comments: 2 agree, 1 disagree" in page
    assert "90" not in page
    assert "Comment on" not in page
    one = '<span class="count" role="img" aria-label="1 comment: 1 disagree">1</span>'
    assert page.count(one) == page.count('class="count"') == 1
    page = published(tmp_path, *given, "--feedback", "https://a.example/f")("rule.html")
    assert one in page
    older = published(tmp_path, *given)("v/1/rule.html")
    assert 'class="count"' not in older


def test_other_options_draw_the_sections_again(tmp_path, monkeypatch):
    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "cache"))
    (tmp_path / "2.md").write_text(TEXT.format(version="2"))
    digest = load(tmp_path / "2.md").digest
    counts = tmp_path / "counts.json"
    seen = []
    for form in ([], ["--feedback", "https://a.example/f"], ["--feedback", "https://b.example/f"]):
        for number in (1, 2):
            counts.write_text(export(count("rule/hld1", digest, agree=number)))
            page = published(tmp_path, *form, "--comments", str(counts))("rule.html")
            monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / f"fresh{len(seen)}"))
            assert published(tmp_path, *form, "--comments", str(counts))("rule.html") == page
            monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "cache"))
            seen.append(page)
    assert len(set(seen)) == 6


def test_an_issue_is_filled_in(tmp_path):
    template = "https://a.example/new?labels=spec&title={title}&body={body}"
    page = published(tmp_path, "--feedback-issue", template)("rule.html")
    assert "https://a.example/new?labels=spec&amp;title=Comment%20on%20rule" in page
    assert "%3Cb%3E%26%3C%2Fb%3E" in page


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_words_leave_their_place_in_an_address(wanted, label):
    wanted, label = (text.encode("utf-8", "replace").decode() for text in (wanted, label))
    template = "https://a.example/new?title={title}&body={body}"
    for feedback in (Feedback(form="https://a.example/f"), Feedback(issue=template)):
        address = feedback.address(wanted, label, DIGEST)
        assert address.count("?") == address.count("&") == 1
        assert address.isascii()
        assert not set(address) & set(" \"'<>\\#\n")


@pytest.mark.parametrize(
    "url",
    ["", "x", "javascript:alert(1)", "//a.example/f", "https://", "https://a.example/f?x=1",
     "https://a.example/f#x", 'https://a.example/"', "https://u:p@a.example/", "https://a b/",
     "https://[::1", "https://a.example/" + "x" * 1000, "data:text/html,x"],
)  # fmt: skip
def test_an_address_that_no_link_may_have_is_refused(url):
    with pytest.raises(ConfigError, match="--feedback"):
        form_address(url)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/new", "https://a.example/{title}", "https://a.example/?x={other}",
     "javascript:{title}?{body}", "https://{title}?{body}", "https://a.example/?{title}{",
     "https://a.example/?{title}}", "https://a.example/?{}"],
)  # fmt: skip
def test_an_issue_address_without_its_places_is_refused(url):
    with pytest.raises(ConfigError, match="--feedback-issue"):
        issue_template(url)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": "charter-comments/2"}', "[" * 100_000,
     '{"format": "charter-comments/1"}', export("x"), export(count(agree=-1)),
     export(count(agree=1.5)), export(count(agree=True)), export(count(agree=10**12)),
     export(count(digest="x")), export(count(wanted=3)), export(count(), count()),
     export({"id": "rule", "spec": DIGEST})],
)  # fmt: skip
def test_what_holds_no_counts_is_refused_in_one_line(text):
    with pytest.raises(ConfigError, match=r"counts\.json") as caught:
        read_counts(text, "counts.json")
    assert "\n" not in str(caught.value)


def test_counts_are_read():
    found = read_counts(export(count(agree=1, unclear=2)), "counts.json")
    assert found[("rule", DIGEST)] == Count(1, 0, 2)


def test_form_and_issue_do_not_go_together(tmp_path):
    given = ["--feedback", "https://a.example/", "--feedback-issue", "https://a.example/?{title}"]
    done = CliRunner().invoke(
        cli, ["publish", "starter", "--out", str(tmp_path / "site"), *given, "--no-search"]
    )
    assert "do not go together" in str(done.exception)


@pytest.fixture
def commented(tmp_path, hosted):
    """The address of a site whose rules can be commented on, one of which was."""
    (tmp_path / "2.md").write_text(TEXT.format(version="2"))
    digest = load(tmp_path / "2.md").digest
    (tmp_path / "counts.json").write_text(export(count("rule/hld1", digest, disagree=3)))
    given = ("--feedback", "https://a.example/f", "--comments", str(tmp_path / "counts.json"))
    published(tmp_path, *given)
    return hosted(tmp_path / "site")


@pytest.fixture
def opened(chromium):
    """Open a tab at a desk or, to be tapped, on a phone."""
    contexts = []

    def enter(*, phone=False, scheme="light", **given):
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        context = chromium.new_context(
            viewport=size, has_touch=phone, is_mobile=phone, color_scheme=scheme, **given
        )
        contexts.append(context)
        return context.new_page()

    yield enter
    for context in contexts:
        context.close()


FIRST, LAST = "[id='rule/hld1']", "[id='rule/lst1']"


def seen(tab, wanted):
    """Say whether somebody sees the links of a clause."""
    box = tab.locator(f"{wanted} .tie").bounding_box()
    return box is not None and box["width"] > 20 and box["height"] > 12


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_links_are_accessible_and_fit(commented, opened, phone, scheme):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to import

    tab = opened(phone=phone, scheme=scheme, reduced_motion="reduce")
    for page in ("rule.html", "s/rule.html", "all.html", "v/1/rule.html"):
        tab.goto(commented + page)
        for act in (tab.tap if phone else tab.click, tab.focus):
            act(f"{LAST}{' .say' if act == tab.focus else ''}")
            assert seen(tab, LAST)
            assert not seen(tab, FIRST)
            found = Axe().run(tab)
            assert found.violations_count == 0, found.generate_report()
            assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("phone", [False, True])
def test_the_links_need_no_script(commented, opened, phone):
    tab = opened(phone=phone, java_script_enabled=False)
    tab.goto(commented + "s/rule.html")
    (tab.tap if phone else tab.click)(FIRST)
    assert seen(tab, FIRST)
    if phone:
        tab.touchscreen.tap(5, 700)
    else:
        tab.mouse.click(5, 700)
    assert not seen(tab, FIRST)
    tab.focus("h1 .pin")
    tab.keyboard.press("Tab")
    assert seen(tab, FIRST)
    for _ in range(2):
        tab.keyboard.press("Tab")
    assert seen(tab, LAST)
    assert not seen(tab, FIRST)
    tab.emulate_media(media="print")
    assert not seen(tab, LAST)
    assert not tab.is_visible(".count")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("phone", [False, True])
def test_a_link_to_a_clause_shows_what_can_be_done_with_it(commented, opened, phone):
    tab = opened(phone=phone)
    tab.goto(commented + "rule.html#rule/lst1")
    tab.wait_for_selector(f"{LAST}:target")
    assert seen(tab, LAST)
    assert not seen(tab, FIRST)
    name = tab.get_by_role("link", name="Comment on this rule: It should last.")
    assert "rule%2Flst1" in name.get_attribute("href")
