"""Offsets, lines and digests."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.source import ClauseId, Source, Span, digest_of


def test_location_counts_from_one() -> None:
    source = Source("a.md", "ab\ncd\r\né\n")
    location = source.locate(Span(4, 8))
    assert (location.line, location.column) == (2, 2)
    assert (location.end_line, location.end_column) == (3, 2)
    assert str(location) == "a.md:2:2"


@pytest.mark.parametrize(
    ("line", "text"), [(0, ""), (1, "ab"), (2, "cd"), (3, "é"), (4, ""), (5, ""), (-1, "")]
)
def test_line_is_found_without_its_end(line: int, text: str) -> None:
    assert Source("a.md", "ab\ncd\r\né\n").line_text(line) == text


@given(st.text(st.sampled_from("a\n\ré\u2028\x0c")), st.integers(0, 20))
def test_location_is_what_counting_gives(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    location = Source("a", text).locate(Span(offset, offset))
    assert location.line == text.count("\n", 0, offset) + 1
    assert location.column == len(text[:offset].rpartition("\n")[2]) + 1
    assert location.end_line == location.line


def test_digest_is_that_of_the_bytes() -> None:
    assert Source("a", "é\n").digest == "sha256:" + hashlib.sha256("é\n".encode()).hexdigest()
    assert digest_of("\ud800") != digest_of("?")


@pytest.mark.parametrize("text", ["a/b", "be_kind/ab12"])
def test_clause_id_is_read_back(text: str) -> None:
    assert str(ClauseId.parse(text)) == text


@pytest.mark.parametrize("text", ["", "a", "/", "a/", "/b", "a/b/c"])
def test_what_is_no_clause_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a clause id"):
        ClauseId.parse(text)
