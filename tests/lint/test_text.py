from __future__ import annotations

import io

import pytest
from rich.console import Console

from charter.lint.check import check
from charter.lint.text import plain, print_report
from charter.source import Source
from charter.spec.build import build
from charter.syntax.reader import parse


def shown(text: str, *, info: bool = False, width: int = 80, only=()) -> str:
    stream = io.StringIO()
    screen = Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
    print_report(check(build(parse(Source("spec.md", text))), only=only), screen, info=info)
    return stream.getvalue()


def test_finding_shows_place_line_caret_and_hint():
    lines = shown("## One {#One}\n\nText.\n").splitlines()
    assert lines[0] == (
        "spec.md:1:1: warning: id 'One' has characters other than a-z, 0-9 and _ [malformed-id]"
    )
    assert lines[1] == "1 \u2502 ## One {#One}"
    assert lines[2] == "  \u2502 ^^^^^^^^^^^^^"
    assert lines[3] == "  = hint: for example {#one}"
    assert lines[-1] == "spec.md: 1 warning"


def test_caret_stands_below_the_place_in_a_cut_line():
    text = (
        "## One {#one}\n\n" + "word " * 100 + "you must go[^going] at once" + " word" * 100 + "\n"
    )
    lines = shown(text, width=70, only=["malformed-marker"]).splitlines()
    caret = lines[2].index("^")
    assert lines[1][caret : caret + 8] == "[^going]"
    assert lines[2].count("^") == 8
    assert max(len(line) for line in lines[1:3]) <= 70


def test_caret_counts_wide_characters_as_two_cells():
    text = "## One {#one}\n\n\u4e2d\u6587 you must go[^going].\n"
    lines = shown(text, only=["malformed-marker"]).splitlines()
    assert lines[2].index("^") == lines[1].index("[^going]") + 2


def test_remarks_are_counted_and_shown_on_demand():
    text = "## One {#one authority=user}\n\nThe assistant should be brief.\n"
    short = shown(text, only=["default-without-override-path"])
    assert short.splitlines() == [
        "spec.md: 1 remark",
        "  remarks (shown with --info): default-without-override-path 1",
    ]
    assert "spec.md:1:1: info: user section" in shown(text, info=True)


def test_clean_spec_says_so_and_names_allowed_findings():
    text = "<!-- charter: allow malformed-id: old links -->\n\n## One {#One}\n"
    assert shown("## One {#one}\n") == "spec.md: clean\n"
    assert shown(text) == "spec.md: clean; 1 allowed by comments\n"


@pytest.mark.parametrize("hostile", ["\x1b[31m", "\x9b2J", "\u202e", "\x07", "[bold]x[/]"])
def test_words_of_the_spec_cannot_steer_the_terminal(hostile):
    key = hostile.replace("[", "").replace("]", "")
    text = f"## One {{#one}}\n\nYou must {hostile} go[^go{key}].\n"
    out = shown(text, only=["malformed-marker"])
    assert not [c for c in out if not c.isprintable() and c != "\n"]
    if hostile.startswith("[bold"):
        assert hostile in out


def test_plain_keeps_one_line():
    assert plain("a\tb\nc\x00d") == "a b c\ufffdd"
