"""How alike two conversations are, and from where on they are the same.

With the extra `judge`: the cosine of their vectors by the sentence encoder that Charter ships.
Without it: the share of common runs of three words (Jaccard), which sees copies and not meaning.

Two conversations that expect different things are often meant to be close: one word of the
developer's decides. They count as the same only when hardly a word differs.
Measured on the 317 scenarios of the starter spec: no two that expect the same outcome have a
cosine of 0.90 or more, and the closest contrast pair has 0.92.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from charter.errors import ModelUnavailable

if TYPE_CHECKING:
    from charter.models.embedding import Embedder, Vectors

COSINE = 0.90
"""From which on two conversations are the same, by meaning."""
SHINGLES = 0.60
"""The same by words."""
CONTRAST = 0.97
"""The same where the outcomes differ, by either method."""
WORDS = 3
"""In a shingle."""
_WORD = re.compile(r"\w+")


class Match(NamedTuple):
    """The place of the nearest text, and how near it is, from 0 to 1."""

    place: int
    similarity: float


class Similarity(Protocol):
    """A growing set of texts, and what is nearest in it."""

    name: str
    threshold: float

    def add(self, texts: Sequence[str]) -> None:
        """Take texts into the set, in order."""
        ...

    def nearest(self, text: str) -> Sequence[Match]:
        """Return the nearest texts of the set, the nearest first; empty for an empty set."""
        ...


NEAREST = 5
"""Matches that are returned."""


def similarity() -> Similarity:
    """Return the best method there is. Raises WrongWeights for a damaged encoder."""
    from charter.models.embedding import embedder  # noqa: PLC0415 - optional

    try:
        return Meaning(embedder())
    except ModelUnavailable:
        return Wording()


class Meaning:
    """Cosines of sentence vectors."""

    threshold = COSINE

    def __init__(self, encoder: Embedder) -> None:
        self._encoder = encoder
        self._known: list[Vectors] = []
        self.name = encoder.name

    def add(self, texts: Sequence[str]) -> None:
        """Embed and keep."""
        if texts:
            self._known.append(self._encoder.embed(texts))

    def nearest(self, text: str) -> Sequence[Match]:
        """Return the places of highest cosine."""
        if not self._known:
            return ()
        import numpy as np  # noqa: PLC0415 - the extra brings it

        whole = np.concatenate(self._known)
        self._known = [whole]
        cosines = whole @ self._encoder.embed([text])[0]
        order = np.argsort(-cosines, kind="stable")[:NEAREST]
        return tuple(Match(int(place), _bounded(float(cosines[place]))) for place in order)


class Wording:
    """Common runs of words."""

    name = f"word runs of {WORDS}"
    threshold = SHINGLES

    def __init__(self) -> None:
        self._known: list[frozenset[str]] = []

    def add(self, texts: Sequence[str]) -> None:
        """Cut and keep."""
        self._known += [shingles(text) for text in texts]

    def nearest(self, text: str) -> Sequence[Match]:
        """Return the places with the largest share of common runs."""
        mine = shingles(text)
        found = [Match(place, jaccard(mine, other)) for place, other in enumerate(self._known)]
        return sorted(found, key=lambda match: (-match.similarity, match.place))[:NEAREST]


def shingles(text: str, words: int = WORDS) -> frozenset[str]:
    """Return the runs of words of a text; a shorter text is one run."""
    said = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    runs = [" ".join(said[at : at + words]) for at in range(len(said) - words + 1)]
    return frozenset(runs or ([" ".join(said)] if said else []))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of what two sets have in common; 0 where both are empty."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def _bounded(value: float) -> float:
    return min(max(value, 0.0), 1.0)
