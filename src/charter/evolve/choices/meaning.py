"""Texts -> groups of those that mean much the same, for a reader who cannot read them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from charter.errors import ModelUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float64]

LEAST = 0.45
"""Mean cosine within a group of texts, by the sentence encoder."""
LEAST_WORDS = 0.2
"""The same by words, where no encoder is installed: it finds copies more than meaning."""
MOST = 2000
"""Texts that are compared, each with each."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Places of texts by group, the largest group first, in a group the most central first."""

    groups: tuple[tuple[int, ...], ...]
    method: str
    """meaning or words."""


def grouped(texts: Sequence[str]) -> Grouping:
    """Group texts by meaning: average linkage on cosines, cut where likeness falls below a limit.

    Every text is in one group, many alone. Groups of one size stand in the order of their most
    central text. Raises ValueError for more than `MOST` texts, WrongWeights for a damaged encoder.
    Source: Sokal and Michener 1958, Univ. Kansas Sci. Bull. 38, 1409-1438 (average linkage).
    """
    if len(texts) > MOST:
        raise ValueError(f"{len(texts)} texts are more than {MOST}")
    vectors, method = _vectors(texts)
    if len(texts) < 2:
        return Grouping(tuple((at,) for at in range(len(texts))), method)
    import numpy as np  # noqa: PLC0415 - only who groups pays for it
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415
    from scipy.spatial.distance import squareform  # noqa: PLC0415

    likeness = np.clip(vectors @ vectors.T, 0.0, 1.0).round(4)
    distance = 1 - likeness
    np.fill_diagonal(distance, 0.0)
    least = LEAST if method == "meaning" else LEAST_WORDS
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), "average")
    labels = fcluster(tree, 1 - least, "distance")
    groups = []
    for label in np.unique(labels):
        inside = np.flatnonzero(labels == label).tolist()
        central = likeness[np.ix_(inside, inside)].sum(axis=1)
        order = sorted(range(len(inside)), key=lambda at: (-central[at], texts[inside[at]]))
        groups.append(tuple(inside[at] for at in order))
    groups.sort(key=lambda group: (-len(group), texts[group[0]]))
    return Grouping(tuple(groups), method)


def _vectors(texts: Sequence[str]) -> tuple[Vectors, str]:
    import numpy as np  # noqa: PLC0415

    from charter.models.embedding import embedder  # noqa: PLC0415 - optional

    try:
        return np.asarray(embedder().embed(texts), dtype=np.float64), "meaning"
    except ModelUnavailable:
        return _by_words(texts), "words"


def _by_words(texts: Sequence[str]) -> Vectors:
    """Return a row of unit length for each text: which words it has, weighed by rarity."""
    import numpy as np  # noqa: PLC0415

    from charter.prose.words import words  # noqa: PLC0415

    bags = [
        {span.of(text).casefold().strip(".,;:!?()[]\"'") for span in words(text)} for text in texts
    ]
    known = {word: at for at, word in enumerate(sorted(set().union(*bags)))} if bags else {}
    table = np.zeros((len(texts), max(len(known), 1)))
    for row, bag in enumerate(bags):
        table[row, [known[word] for word in bag]] = 1.0
    table *= np.log((1 + len(texts)) / np.maximum(table.sum(axis=0), 1))
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return table / np.where(lengths > 0, lengths, 1.0)
