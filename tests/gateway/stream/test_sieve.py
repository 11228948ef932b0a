"""The sieve: what is denied ends the stream, what is redacted is replaced, however it is cut."""

from __future__ import annotations

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.gateway.stream.test_hold import ALPHABETS, EXPRESSIONS, SETS, decided

from charter.gateway.stream.hold import Hit
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import REMOVED, redactions, replaced
from charter.gateway.stream.sieve import Sieve

Chunks = list[str] | str


def run(
    patterns: Patterns, removed: frozenset[str], chunks: Chunks, most: int = 2
) -> tuple[str, tuple[Hit, ...], list[tuple[int, int]]]:
    sieve, released, hits = Sieve(patterns, removed, most_ignored=most), "", ()
    for step in [*map(sieve.append, chunks), sieve.finish()]:
        assert not (hits and (step.text or step.hits))
        released += step.text
        hits += step.hits
    return released, hits, sieve.ranges


def allowed(texts: dict[str, str], removed: frozenset[str], original: str, fold: bool) -> str:
    """Return what the whole text's decision allows, straight from the definitions."""
    denied = {name: text for name, text in texts.items() if name not in removed}
    before = decided(Patterns(denied, fold=fold), original)
    found = redactions(
        Patterns({name: texts[name] for name in removed}, fold=fold), original, most_ignored=2
    )
    ranges = [each for each in found if each[0] < len(before)]
    if ranges:
        ranges[-1] = (ranges[-1][0], min(ranges[-1][1], len(before)))
    return replaced(before, tuple(ranges))


def texts_of(patterns: Patterns) -> dict[str, str]:
    return {each.id: each.text for each in patterns._patterns}


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_what_is_released_is_what_the_whole_text_allows(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(SETS)))
    patterns = SETS[name]
    removed = frozenset(data.draw(st.sets(st.sampled_from(patterns.ids)))) if patterns.ids else (
        frozenset()
    )  # fmt: skip
    alphabet = st.sampled_from(ALPHABETS[name] * 3 + "é \u200b\ud83d\ude00😀ש\n")
    text = data.draw(st.text(alphabet, max_size=30))
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=8).map(sorted))
    chunks = [text[low:high] for low, high in itertools.pairwise([0, *places, len(text)])]
    whole = run(patterns, removed, [text])
    assert whole[0] == allowed(texts_of(patterns), removed, text, patterns.fold)
    assert run(patterns, removed, chunks) == whole
    assert run(patterns, removed, text) == whole


@given(
    st.lists(EXPRESSIONS, min_size=1, max_size=3),
    st.sets(st.sampled_from("012")),
    st.text("aab c", max_size=16),
)
@example(["(?s:a)", "(?s:.)", "(?s:c)"], {"0", "1"}, "acaaa")  # a range that goes past the stop
@settings(max_examples=300, deadline=None)
def test_no_pattern_of_the_subset_makes_the_cuts_matter(
    expressions: list[str], removed: set[str], text: str
):
    texts = {str(place): each for place, each in enumerate(expressions)}
    try:
        patterns = Patterns(texts)
    except ValueError:
        return
    gone = frozenset(removed & set(texts))
    whole = run(patterns, gone, [text])
    assert whole[0] == allowed(texts, gone, text, fold=False)
    assert run(patterns, gone, text) == whole
    for place in range(len(text)):
        assert run(patterns, gone, [text[:place], text[place:]]) == whole


def test_matches_of_all_patterns_go_also_where_they_overlap():
    patterns = Patterns({"a": "abc", "b": "cde", "x": "xx"})
    assert redactions(patterns, "-abcde-xxxx-") == ((1, 6), (7, 11))
    assert run(patterns, frozenset("abx"), "-abcde-xxxx-")[0] == f"-{REMOVED}-{REMOVED}-"


def test_a_denied_match_inside_a_replaced_one_still_ends_the_stream():
    patterns = Patterns({"mail": r"[a-z]{1,9}@[a-z]{1,9}", "word": "secret"})
    released, hits, _ = run(patterns, frozenset({"mail"}), "to me@secret now")
    assert released == f"to {REMOVED}"
    assert [hit.id for hit in hits] == ["word"]


def test_what_cannot_be_read_is_one_range_to_the_end():
    assert redactions(Patterns({"a": "a"}), "xa" + "\u200b" * 3 + "y", most_ignored=2) == ((1, 6),)
