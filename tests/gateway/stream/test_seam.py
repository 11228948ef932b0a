"""Texts that a client may join: no match is completed across them, however they arrive."""

from __future__ import annotations

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st

from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import REMOVED, joined, redactions, replaced
from charter.gateway.stream.seam import Seam

DENY = {"word": r"\bsecret", "end": "fin$", "key": "k-[0-9]{3,5}"}
REDACT = {"mail": "[a-z]{1,5}@[a-z]{1,5}", "three": "xyzzy"}
PATTERNS = Patterns(DENY | REDACT)
WORDS = ["secret", "se", "cret", "a@b", "me@", "home", "k-1", "k-", "23", "456", "é", "e", "\u0301",
         "xy", "z", "zy", " ", ".", "\u200b", "fin", "ﬁ", "n", "😀"]  # fmt: skip
TEXTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=4).map("".join), min_size=1, max_size=5)


def allowed(texts: list[str]) -> tuple[list[str], bool]:
    """Return what leaves of each text, and whether a hit ended them."""
    deny, redact = Patterns(DENY), Patterns(REDACT)
    made, before = [], ""
    for text in texts:
        low = len(before)
        before += text
        hits = [
            *(start for start, _ in redactions(deny, text)),
            *(max(start - low, 0) for start, end in redactions(deny, before) if end > low),
        ]
        end = min(hits, default=len(text))
        ranges = [
            *redactions(redact, text),
            *(
                (max(start - low, 0), stop - low)
                for start, stop in redactions(redact, before)
                if stop > low
            ),
        ]
        inside = joined([each for each in ranges if each[0] < end])
        made.append(replaced(text[:end], tuple((a, min(b, end)) for a, b in inside)))
        if hits:
            return made, True
    return made, False


def streamed(texts: list[str], cuts: list[int]) -> tuple[list[str], bool]:
    seam, made = Seam(PATTERNS, frozenset(REDACT)), []
    for text in texts:
        places = [0, *sorted({cut % (len(text) + 1) for cut in cuts}), len(text)]
        one, left = seam.open(), ""
        for low, high in itertools.pairwise(places):
            step = one.append(text[low:high])
            left += step.text
            if step.hits:
                return [*made, left], True
        step = seam.end(one, [text], len(text))
        made.append(left + step.text)
        if step.hits:
            return made, True
    return made, False


@given(TEXTS, st.lists(st.integers(0, 99), max_size=6))
@settings(max_examples=500, deadline=None)
def test_what_leaves_is_what_the_texts_joined_allow(texts: list[str], cuts: list[int]):
    assert streamed(texts, cuts) == allowed(texts)
    assert streamed(texts, list(range(60))) == allowed(texts)


@given(TEXTS, st.lists(st.integers(0, 99), max_size=6))
@example(["a@bcretsecret"], [])
@settings(max_examples=200, deadline=None)
def test_no_join_has_a_match_that_none_of_the_texts_had(texts: list[str], cuts: list[int]):
    made, _ = streamed(texts, cuts)
    # A letter, as what was removed here may end in one: it makes no new boundary of a word.
    left = "".join(made).replace(REMOVED, "Q")
    anywhere = {name: text for name, text in (DENY | REDACT).items() if name != "end"}
    assert not redactions(Patterns(anywhere), left) or "\u0301" in left


def test_a_match_may_run_through_several_texts():
    assert streamed(["a s", "ec", "", "re", "t b"], []) == (["a s", "ec", "", "re", ""], True)
    assert streamed(["to x", "yz", "zy, ok"], []) == (["to x", "yz", f"{REMOVED}, ok"], False)


def test_each_text_is_searched_by_itself_too():
    assert streamed(["foo", "secret"], []) == (["foo", ""], True)
    assert streamed(["a fin", "d"], []) == (["a "], True)
