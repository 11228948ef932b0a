"""The summary for pull requests: complete, bounded, and harmless."""

import re

import pytest
from markdown_it import MarkdownIt

from charter.evals.gate.markdown import LIMIT, markdown, safe
from charter.evals.gate.target import Kind, Limit, Target

from .conftest import HOSTILE, Said, many


def rendered(text):
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_it_leads_with_the_verdict_and_holds_every_group(gate):
    result = gate(many(0, 98), many(0, 98), limits=(Limit(Target(Kind.AUTHORITY, "root"), 0.05),))
    text = markdown(result)
    assert text.startswith("## Charter gate: \u2705 pass\n\nPass: the candidate is less than 5")
    page = rendered(text)
    assert page.count("<table>") == 3
    assert page.count("<td") == 12 + 7 + 12
    assert "authority root, less than 5 % violated" in text
    assert "at most 5 % each" in text


def test_a_need_for_more_says_how_many(gate):
    text = markdown(gate(many(0, 50), many(0, 50)))
    assert "\u23f3 need more" in text
    assert re.search(r"About \d+ more scenarios like these let it pass", text)


def test_nothing_hostile_is_markup_a_link_or_a_mention(gate):
    said = [Said(f"s{i}", section=HOSTILE, title=HOSTILE) for i in range(5)]
    text = markdown(gate(said, said, targets=(Target(Kind.SECTION, HOSTILE),)))
    assert not re.search(r"@all|#1\b|https://evil", text)
    assert "\x1b" not in text
    assert "\u202e" not in text
    page = rendered(text)
    assert not re.search(r"<(b|strong|em|code|a|img|script)\b", page)
    assert page.count("<td") == 24


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Be honest (mostly), 2.5 % - always!", "Be honest (mostly), 2.5 % - always!"),
        ("keep_code", "keep\\_code"),
        ("a | b", "a \\| b"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("- item", "-\u2060 item"),
        ("1. item", "1\u2060. item"),
        ("two\nlines\x00", "two lines\u27e8U+0000\u27e9"),
        ("www.example.org", "www\u2060.example.org"),
        ("x" * 200, "x" * 99 + "\u2026"),
    ],
)
def test_safe_shows_text_as_it_is(text, expected):
    assert safe(text) == expected


def test_it_keeps_to_the_limit_of_a_comment_and_counts_what_is_left_out(gate):
    said = [
        Said(f"s{i}", section=f"section_{i}_{'|' * 90}", title=f"{i} {'|<>&' * 40}")
        for i in range(400)
    ]
    text = markdown(gate(said, said, targets=tuple(Target(Kind.SECTION, s.section) for s in said)))
    assert len(text) <= LIMIT
    assert re.search(r"and \d+ more, which the JSON document holds", text)
