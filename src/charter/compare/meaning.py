"""Sections of specs -> how near each is in subject to each of another spec.

A section is the mean of the vectors of its clauses, with its title; where no encoder is
installed, the words that it uses, weighed by rarity. Beside another such, a section that is hardly
more than a title is what stands inside of it too.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING, Protocol, TypeAlias

from charter.compare.tree import bare, inside
from charter.errors import ModelUnavailable
from charter.prose.words import words
from charter.spec.spec import Section, Spec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from charter.models.embedding import Embedder

    Vectors: TypeAlias = NDArray[np.floating]

Table: TypeAlias = Sequence[Sequence[float]]
"""A row for each section of the first spec, a column for each of the second; 0 to 1."""
Tables: TypeAlias = Mapping[tuple[int, int], Table]
"""By the places of two specs, the lower first."""

LEAST = 0.55
"""Cosine of meanings below which two sections are taken to speak of different things."""
LEAST_WORDS = 0.2
"""The same for words; between texts of different authors few sections are found by these."""
TITLE = 0.6
"""How much a title counts beside the mean of the clauses."""
_DIGITS = 4
"""What is kept of a cosine: the encoder's vectors hardly depend on the machine, but do."""
_MARKS = ".,;:!?()[]*_`\"'\N{RIGHT SINGLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"


class Meaning(Protocol):
    """What tells how near sections are in subject."""

    name: str
    """`meaning` or `words`."""
    least: float
    """What two sections have to reach to be aligned."""

    def tables(self, specs: Sequence[Spec]) -> Tables:
        """Return a table for each pair of specs."""
        ...


def meaning() -> Meaning:
    """Return the best method there is. Raises WrongWeights for a damaged encoder."""
    from charter.models.embedding import embedder  # noqa: PLC0415 - optional

    try:
        return ByMeaning(embedder())
    except ModelUnavailable:
        return ByWords()


class ByMeaning:
    """Sections by the sentence encoder."""

    def __init__(self, encoder: Embedder) -> None:
        """Take a loaded encoder."""
        self._encoder = encoder
        self.name = "meaning"
        self.least = LEAST

    def tables(self, specs: Sequence[Spec]) -> Tables:
        """Return cosines of the vectors."""
        own, whole = zip(*(self._vectors(spec) for spec in specs), strict=True)
        made: dict[tuple[int, int], Table] = {}
        for one, two in combinations(range(len(specs)), 2):
            plain, wide = own[one] @ own[two].T, whole[one] @ whole[two].T
            titles = bare(specs[one]), bare(specs[two])
            for at in range(len(plain)):
                if titles[0][at]:
                    plain[at, titles[1]] = wide[at, titles[1]]
            made[one, two] = [
                array("d", row) for row in plain.clip(0.0, 1.0).round(_DIGITS).tolist()
            ]
        return made

    def _vectors(self, spec: Spec) -> tuple[Vectors, Vectors]:
        """Return a row for each section: by its own clauses, and with what is inside of it."""
        import numpy as np  # noqa: PLC0415 - the extra brings it

        titles = self._encoder.embed([section.title for section in spec.sections])
        clauses = self._encoder.embed([clause.text for clause in spec.clauses])
        sums = np.zeros((len(titles), clauses.shape[1]))
        place = 0
        for at, section in enumerate(spec.sections):
            sums[at] = clauses[place : place + len(section.clauses)].sum(axis=0)
            place += len(section.clauses)
        whole = sums.copy()
        for at, below in enumerate(inside(spec)):
            whole[at] += sums[below].sum(axis=0)
        return _unit(TITLE * titles + _unit(sums)), _unit(TITLE * titles + _unit(whole))


def _unit(rows: Vectors) -> Vectors:
    """Return the rows with length 1; those of length 0 as they are."""
    lengths = (rows * rows).sum(axis=1, keepdims=True) ** 0.5
    lengths[lengths == 0.0] = 1.0
    made: Vectors = rows / lengths
    return made


class ByWords:
    """Sections by their words, weighed by how few sections use each."""

    name = "words"
    least = LEAST_WORDS

    def tables(self, specs: Sequence[Spec]) -> Tables:
        """Return cosines of the weighed counts."""
        bags = [[_bag(section) for section in spec.sections] for spec in specs]
        used = Counter(word for spec in bags for bag in spec for word in bag)
        total = sum(len(spec) for spec in bags)
        weights = {word: math.log((1 + total) / number) for word, number in used.items()}
        own = [[_weighed(bag, weights) for bag in each] for each in bags]
        whole = [
            [
                _weighed(sum((each[i] for i in below), bag), weights) if title else {}
                for title, bag, below in zip(bare(spec), each, inside(spec), strict=True)
            ]
            for spec, each in zip(specs, bags, strict=True)
        ]
        made: dict[tuple[int, int], Table] = {}
        for one, two in combinations(range(len(specs)), 2):
            plain, wide = _cosines(own[one], own[two]), _cosines(whole[one], whole[two])
            titles = bare(specs[one]), bare(specs[two])
            for at, to in product(range(len(plain)), range(len(titles[1]))):
                if titles[0][at] and titles[1][to]:
                    plain[at][to] = wide[at][to]
            made[one, two] = plain
        return made


def _bag(section: Section) -> Counter[str]:
    said = "\n".join([section.title, *(clause.text for clause in section.clauses)]).casefold()
    found = (span.of(said).strip(_MARKS) for span in words(said))
    return Counter(word for word in found if len(word) > 2)


def _weighed(bag: Mapping[str, int], weights: Mapping[str, float]) -> dict[str, float]:
    weighed = {word: bag[word] * weights[word] for word in sorted(bag)}
    length = math.sqrt(sum(value * value for value in weighed.values())) or 1.0
    return {word: value / length for word, value in weighed.items()}


def _cosines(
    first: Sequence[Mapping[str, float]], second: Sequence[Mapping[str, float]]
) -> list[array[float]]:
    """Return the products of all rows: by the words that both have, for most have few."""
    where: dict[str, list[tuple[int, float]]] = {}
    for at, vector in enumerate(second):
        for word, value in vector.items():
            where.setdefault(word, []).append((at, value))
    made = []
    for vector in first:
        row = [0.0] * len(second)
        for word, value in vector.items():
            for at, other in where.get(word, ()):
                row[at] += value * other
        made.append(array("d", (min(1.0, round(each, _DIGITS)) for each in row)))
    return made
