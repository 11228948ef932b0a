from __future__ import annotations

import pytest

from charter.lint.boundary import boundaries, condition_span, decided, field_line
from charter.spec.build import build
from charter.syntax.reader import parse

LEAD = "## One {#one}\n\n~~~boundary\nid: a\non: output\neffect: deny\nwhen: "


@pytest.mark.parametrize(
    ("value", "offset", "expected"),
    [
        ("words > tex\n", 8, "tex"),
        ("'words > tex'\n", 8, "tex"),
        ('"words > tex"\n', 8, "tex"),
        (">-\n  words >\n  tex\n", 8, "tex"),
        ("|\n  words >\n  tex\n", 8, "tex"),
        ("words >\n  tex\n", 8, "tex"),
        ("'text == ''a'' && tex'\n", 15, "'text == ''a'' && tex'"),
    ],
)
def test_condition_span_leads_back_to_the_text(value, offset, expected):
    spec = build(parse(f"{LEAD}{value}~~~\n"))
    (boundary,) = boundaries(spec)
    assert boundary.when.replace("\n", " ").strip().endswith("tex")
    assert condition_span(spec, boundary, offset).of(spec.source.text) == expected


def test_field_line_is_the_line_or_the_fence():
    spec = build(parse(f"{LEAD}words > 3\n~~~\n"))
    (boundary,) = boundaries(spec)
    assert field_line(spec, boundary, "effect").of(spec.source.text) == "effect: deny"
    assert field_line(spec, boundary, "say") == boundary.span


def test_condition_that_does_not_compile_is_not_decided():
    spec = build(parse(f"{LEAD}words > 3 && words < 2 && nothing\n~~~\n"))
    (boundary,) = boundaries(spec)
    assert decided(boundary) is None
