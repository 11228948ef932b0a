"""The page of a comparison: inert whatever the specs hold, and accessible."""

from __future__ import annotations

import os
import re
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import pytest

from charter.cli.compare_page import page
from charter.cli.compare_screen import print_comparison
from charter.cli.document import recorded
from charter.compare.compare import compare
from charter.compare.meaning import ByWords
from charter.load import load
from charter.source import Source
from charter.spec.build import build
from charter.syntax.reader import parse

CHROMIUM = "/usr/bin/chromium"
HOSTILE = """# <script>alert(1)</script> {#evil authority=root}

The assistant must never trust <img src=x onerror=alert(2)> or "><svg onload=alert(3)>.
"""


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_hostile_words_stay_words():
    specs = [build(parse(Source(f"{n}.md", HOSTILE)), name=f"<b>{n}") for n in ("a", "b")]
    made = page(compare(specs, by=ByWords()))
    tags = Tags()
    tags.feed(made)
    assert [tag for tag, _ in tags.found].count("script") == 1
    assert not [tag for tag, _ in tags.found if tag in ("img", "b")]
    assert not [name for _, attrs in tags.found for name in attrs if name.startswith("on")]
    assert "default-src &#39;none&#39;" in made


def test_who_may_set_a_section_aside_is_said_where_an_authority_is():
    own = "# A {#a authority=root}\n\nThe clerk must lend.\n"
    own += "\n# B {#b authority=guideline}\n\nThe clerk should greet.\n"
    bare = "# C {#c}\n\nThe guide should explain.\n"
    specs = [
        build(parse(Source(f"{at}.md", text)), name=at)
        for at, text in zip("ab", (own, bare), strict=True)
    ]
    made = compare(specs, by=ByWords())
    html = page(made)
    assert html.count("May be set aside by: Nobody<") == 1
    assert html.count("May be set aside by: Anyone, by context<") == 1
    assert html.count("May be set aside by:") == 2
    shown = recorded(partial(print_comparison, made))
    assert "Who may set aside what, in sections" in shown
    levels = [re.split(r"\s*│\s*", line)[1:4] for line in shown.splitlines() if ": " in line]
    assert ["root", "1: Nobody", "-"] in levels
    assert ["guideline", "1: Anyone, by context", "-"] in levels
    assert "system" not in shown


def test_it_is_accessible_at_every_size(tmp_path):
    if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
        pytest.skip("no Chromium at /usr/bin/chromium")
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to import
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the same

    one = load("starter")
    two = build(parse(Source("other.md", "# Tone {#tone}\n\nThe guide should be kind.\n")))
    target = tmp_path / "compared.html"
    target.write_text(page(compare((one, two), by=ByWords())))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width, scheme in ((1280, "light"), (390, "dark")):
            view = browser.new_page(
                viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
            )
            view.goto(target.as_uri())
            result = Axe().run(view)
            assert result.violations_count == 0, result.generate_report()
            assert view.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
