"""Braces at the end of a line, and ids minted from titles."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.syntax.attributes import Attributed, slug, split_attributes


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Title", Attributed("Title")),
        ("Title {#a}", Attributed("Title", "a")),
        ("Title {#a b=c d-e=f}  ", Attributed("Title", "a", (("b", "c"), ("d-e", "f")))),
        ("Title{#a}", Attributed("Title", "a")),
        ("Title {b=c}", Attributed("Title {b=c}")),
        ("Title {#a #b c}", Attributed("Title", "a", (), "#b c")),
        ("Title {#}", Attributed("Title", None, (), "#")),
        ("Title {#a} more", Attributed("Title {#a} more")),
        ("Title {{#a}", Attributed("Title {", "a")),
        ("{#a}", Attributed("", "a")),
        ("", Attributed("")),
        ("Title {#a b=}", Attributed("Title", "a", (), "b=")),
        ("Title {#a b=c=d}", Attributed("Title", "a", (("b", "c=d"),))),
    ],
)
def test_braces_are_read(line: str, expected: Attributed) -> None:
    assert split_attributes(line) == expected


@given(st.text())
def test_line_without_braces_is_all_text(line: str) -> None:
    if not line.rstrip().endswith("}"):
        assert split_attributes(line).text == line.rstrip()


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Be kind", "be_kind"),
        ("Don’t **shout**!", "don_t_shout"),
        ("`code` & more", "code_more"),
        ("Straße 9", "strasse_9"),
        ("Été", "été"),
        ("", "section"),
        ("!?", "section"),
        ("_a__b_", "a_b"),
        ("x" * 100, "x" * 80),
    ],
)
def test_slug_is_lower_case_words(title: str, expected: str) -> None:
    assert slug(title) == expected


@given(st.text())
def test_slug_is_never_empty_and_has_no_separator_twice(title: str) -> None:
    assert re.fullmatch(r"[^\W_]+(?:_[^\W_]+)*", slug(title))
    assert len(slug(title)) <= 80
