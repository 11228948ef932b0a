"""Pieces hold the whole text, its evidence, or say how much is left out."""

from hypothesis import given
from hypothesis import strategies as st

from charter.evals.report.excerpt import LIMIT, Piece, evidence, excerpt
from charter.records.score import CheckRun
from charter.source import Span

spans = st.tuples(st.integers(0, 300), st.integers(1, 80)).map(lambda s: Span(s[0], s[0] + s[1]))


def check(start, end, *, passed=False):
    return CheckRun("contains", "{}", passed, "because", start, end, implied=False)


def test_evidence_is_that_of_failed_checks():
    found = evidence([check(0, 2, passed=True), check(3, 5)], 10)
    assert found == [(2, Span(3, 5))]


def test_evidence_of_passed_checks_is_shown_where_none_failed():
    assert evidence([check(0, 2, passed=True)], 10) == [(1, Span(0, 2))]


def test_evidence_outside_the_text_is_dropped():
    odd = [check(-1, 3), check(4, 4), check(5, 3), check(2, 99), check(None, None)]
    assert evidence(odd, 10) == []


def test_overlapping_evidence_names_both_checks():
    pieces = excerpt("abcdef", [(1, Span(0, 4)), (2, Span(2, 6))])
    assert pieces == (Piece("ab", (1,)), Piece("cd", (1, 2)), Piece("ef", (2,)))


def test_long_text_is_cut_and_counted():
    pieces = excerpt("x" * 200_000)
    assert [len(piece.text) for piece in pieces] == [LIMIT, 0]
    assert pieces[1].omitted == 200_000 - LIMIT


def test_evidence_beyond_the_cut_is_kept():
    text = "x" * 100_000 + "LIE" + "x" * 100_000
    pieces = excerpt(text, [(1, Span(100_000, 100_003))])
    assert Piece("LIE", (1,)) in pieces
    assert len([piece for piece in pieces if piece.omitted]) == 2


def test_empty_text_has_no_pieces():
    assert excerpt("") == ()


@given(st.text(max_size=400), st.lists(spans, max_size=4), st.integers(1, 200))
def test_no_character_is_lost_uncounted(text, found, limit):
    marks = [(n, s) for n, s in enumerate(found, 1) if s.end <= len(text)]
    pieces = excerpt(text, marks, limit=limit)
    assert sum(len(piece.text) + piece.omitted for piece in pieces) == len(text)
    if not any(piece.omitted for piece in pieces):
        assert "".join(piece.text for piece in pieces) == text
