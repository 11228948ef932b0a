"""How much of a text repeats words that are not to be passed on, word for word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from charter.policy.decisions.words import words_of

MAX_RUN = 64
"""Words: a longer run is as telling as this."""


def longest_run(text: str, sources: Iterable[str]) -> int:
    """Return the longest run of words of `text` that stands in one source, at most MAX_RUN.

    Only words count, as `words_of` folds them. Linear in the length of all texts.
    """
    words = words_of(text)
    longest = 0
    for source in sources:
        known = words_of(source)
        if words and known:
            longest = max(longest, _longest(words, known))
    return longest


def _longest(words: Sequence[str], known: Sequence[str]) -> int:
    """Search for the length by halves: a run of n words contains one of n - 1."""
    low, high = 0, min(MAX_RUN, len(words), len(known))
    while low < high:
        middle = (low + high + 1) // 2
        runs = _runs(known, middle)
        if any(run in runs for run in _runs(words, middle)):
            low = middle
        else:
            high = middle - 1
    return low


def _runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}
