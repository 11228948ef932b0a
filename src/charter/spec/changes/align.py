"""Texts of two versions -> which belong together, by the words they share.

Similarity is Dice's coefficient over words, in thousandths. Rare words count more than frequent
ones, and function words hardly at all, so that two short rules are not alike only because both
say what the assistant should not do. Whole numbers throughout: the same result everywhere, and
the same pairs whichever of two versions is called the old one.
Work is bounded: pairs are proposed by the words they share, rarest first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from charter.spec.changes.marks import words

MAX_WORDS = 300
"""Different words of one text that count; a clause has about twenty."""
MAX_CHARACTERS = 30_000
MAX_WORK = 2_000_000
"""Words compared in one diff. Four hundred clauses against four hundred take a tenth of it."""
MAX_VISITS = 200_000
"""Pairs proposed in one diff, counted once for each word."""

_FUNCTION_WORDS = (
    "a an and any are as assistant at be been but by can could do does for from had has have if in "
    "into is it its may might model must no nor not of on only or other shall should so such than "
    "that the their them then there these they this those to was were when where which while who "
    "will with would you your"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Words that say little about what a rule is about, modals among them."""
_LITTLE = 5
_SCALE = 100


class Bag(NamedTuple):
    """The words of a text, counted and weighed."""

    weights: Mapping[str, int]
    """Weight of each word times how often it occurs."""
    total: int


class Pair(NamedTuple):
    """Two texts that belong together, by their places in the lists they came from."""

    old: int
    new: int
    similarity: int
    """In thousandths."""


@dataclass(slots=True)
class Work:
    """How much may still be compared; used up, nothing more is aligned by similarity."""

    left: int = MAX_WORK
    visits: int = MAX_VISITS
    exhausted: bool = False

    def take(self, cost: int) -> bool:
        """Spend some of it. False when it is used up."""
        self.left -= cost
        self.exhausted = self.exhausted or self.left < 0
        return self.left >= 0


@dataclass(slots=True)
class Measure:
    """Similarity of texts, with the weights that follow from all texts of both versions."""

    frequency: Counter[str] = field(default_factory=Counter)
    """In how many texts each word occurs."""
    texts: int = 0
    work: Work = field(default_factory=Work)
    _bags: dict[str, Bag] = field(default_factory=dict)
    _known: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Measure:
        """Make the measure for these texts."""
        measure = cls()
        for text in texts:
            measure.texts += 1
            measure.frequency.update(_counts(text).keys())
        return measure

    def weight(self, word: str) -> int:
        """Return what a word counts for."""
        found = self._known.get(word)
        if found is None:
            rarity = math.log(1 + max(self.texts, 1) / max(self.frequency[word], 1))
            found = _LITTLE if word in FUNCTION_WORDS else round(_SCALE * rarity)
            self._known[word] = found
        return found

    def bag(self, text: str) -> Bag:
        """Return the weighed words of a text."""
        found = self._bags.get(text)
        if found is None:
            weights = {word: n * self.weight(word) for word, n in _counts(text).items()}
            found = self._bags[text] = Bag(weights, sum(weights.values()))
        return found

    def similarity(self, one: str, other: str) -> int:
        """Return how much two texts share: 0 nothing, 1000 the same words."""
        return _shared(self.bag(one), self.bag(other))


def align(old: Sequence[str], new: Sequence[str], measure: Measure, least: int) -> list[Pair]:
    """Pair texts that are similar by at least `least` thousandths; each text once.

    The most similar pair first; among equals those whose places are nearest. Sorted by place in
    the old list. Stops early, and says so in `measure.work`, when the work is used up.
    """
    bags = [measure.bag(text) for text in old], [measure.bag(text) for text in new]
    scored: list[Pair] = []
    for i, j in _proposed(*bags, measure, least):
        one, other = bags[0][i], bags[1][j]
        if not measure.work.take(min(len(one.weights), len(other.weights))):
            break
        similarity = _shared(one, other)
        if similarity >= least:
            scored.append(Pair(i, j, similarity))
    return sorted(best(scored))


def best(pairs: Iterable[Pair]) -> list[Pair]:
    """Keep each text once: the most similar pair first, among equals the nearest by place."""
    kept: list[Pair] = []
    taken: tuple[set[int], set[int]] = set(), set()
    for pair in sorted(pairs, key=lambda p: (-p.similarity, abs(p.old - p.new), p.old + p.new)):
        if pair.old not in taken[0] and pair.new not in taken[1]:
            taken[0].add(pair.old)
            taken[1].add(pair.new)
            kept.append(pair)
    return kept


def _proposed(
    old: Sequence[Bag], new: Sequence[Bag], measure: Measure, least: int
) -> list[tuple[int, int]]:
    """Return pairs that may reach `least`, those with most rare words in common first.

    The rarest word that two texts share must be among the rare words of both, or what they
    share weighs too little. Source of this bound: S. Chaudhuri, V. Ganti and R. Kaushik, "A
    Primitive Operator for Similarity Joins in Data Cleaning", ICDE 2006 (prefix filter).
    """
    places = _postings(old), _postings(new)
    cost = {
        word: len(places[0][word]) * len(places[1][word])
        for word in places[0].keys() & places[1].keys()
    }
    order = sorted(cost, key=lambda word: (cost[word], word))
    rank = {word: at for at, word in enumerate(order)}
    rare = [[_rare(bag, rank, least) for bag in bags] for bags in (old, new)]
    seen: dict[tuple[int, int], int] = {}
    for word in order:
        sides = [[i for i in places[side][word] if word in rare[side][i]] for side in (0, 1)]
        measure.work.visits -= len(sides[0]) * len(sides[1])
        if measure.work.visits < 0:
            measure.work.exhausted = True
            break
        for i in sides[0]:
            for j in sides[1]:
                seen[i, j] = seen.get((i, j), 0) + 1
    return sorted(seen, key=lambda pair: (-seen[pair], abs(pair[0] - pair[1]), sum(pair)))


def _rare(bag: Bag, rank: Mapping[str, int], least: int) -> frozenset[str]:
    """Return the rarest words of a text; the other shared ones weigh too little without them."""
    shared = sorted((word for word in bag.weights if word in rank), key=rank.__getitem__)
    left = sum(bag.weights[word] for word in shared)
    needed = bag.total * least // (2000 - least)
    found = []
    for word in shared:
        if left < needed:
            break
        found.append(word)
        left -= bag.weights[word]
    return frozenset(found)


def _postings(bags: Sequence[Bag]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, bag in enumerate(bags):
        for word in bag.weights:
            found.setdefault(word, []).append(place)
    return found


def _shared(one: Bag, other: Bag) -> int:
    total = one.total + other.total
    if not total:
        return 0
    shared = sum(
        min(one.weights[word], other.weights[word])
        for word in one.weights.keys() & other.weights.keys()
    )
    return 2000 * shared // total


def _counts(text: str) -> Counter[str]:
    counts = Counter(words(text[:MAX_CHARACTERS]))
    if len(counts) > MAX_WORDS:
        counts = Counter(dict(list(counts.items())[:MAX_WORDS]))
    return counts
