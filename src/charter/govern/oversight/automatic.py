"""Judgements that look automatic: a warning with a stated rate of false alarms.

Three patterns are tested, each exactly, and each only where there is enough to test:

quick       more judgements than one in ten that were given sooner than anybody reads what is
            shown: P(X >= count) for X ~ Binomial(n, 0.1)
passing     almost everything passed where others who judged the same kind of thing did not:
            P(X <= turned down) for X ~ Hypergeometric, with all judgements of that kind dealt out
            at random (Fisher 1935, The Design of Experiments, chapter 2), and at least 98 % passed
let through more violations of known answers passed than one in five: P(X >= count) for
            X ~ Binomial(n, 0.2)

The p-values of all people and patterns of one look are adjusted together by Holm's method: where
everybody works within these tolerances, and what people get differs by chance alone, the chance of
any warning in a look is at most 1 %. A look again at the same months counts as another look.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal, NamedTuple, TypeAlias

from charter.estimates.multiplicity import holm
from charter.estimates.state import tails_of_counts
from charter.govern.oversight.item import Item
from charter.ledger.board import folded
from charter.records.approval import ApprovalVoted
from charter.records.review import ReviewRecorded

FALSE_ALARM = 0.01
"""Chance of any warning in one look at people who all work as they should."""
FLOOR = 2.0
"""Seconds: nobody reads a case, its rule and its questions in less."""
SPEED = 60.0
"""Characters a second, which is more than twice what adults read of plain prose: about 240 words a
minute (Brysbaert 2019, J. Mem. Lang. 109, 104047)."""
QUICK = 0.1
"""Share of judgements that may be as quick: repeats, and what is cut off."""
THROUGH = 0.2
"""Share of known violations that a person who looks may let through."""
PASSING = 0.98
"""Share passed below which nobody is said to pass everything."""
ENOUGH = 30
"""Judgements below which quickness and passing are not tested."""
ENOUGH_KNOWN = 5
"""Known violations below which letting them through is not tested."""

Kind: TypeAlias = Literal["vote", "review"]


class Judgement(NamedTuple):
    """One vote on an action or one opinion on an answer."""

    by: str
    kind: Kind
    passed: bool
    """Approved, or found to adhere."""
    seconds: int | None
    """None where it is not known."""
    characters: int = 0
    """Of what was shown; 0 where it is not known, which leaves the floor."""
    known: bool | None = None
    """With an opened known answer: whether it should have passed."""

    @property
    def quick(self) -> bool:
        """Whether nobody could have read what was shown in this time."""
        least = max(FLOOR, self.characters / SPEED)
        return self.seconds is not None and self.seconds < least


@dataclass(frozen=True, slots=True)
class Pattern:
    """One test of one person."""

    name: str
    """quick, passing or let through."""
    kind: Kind
    count: int
    n: int
    p: float | None
    """None where there is too little to test."""
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What can be said of one person."""

    name: str
    votes: int
    reviews: int
    passed: int
    """Of votes and reviews together."""
    median: float | None
    """Seconds, where any are known."""
    patterns: tuple[Pattern, ...]

    @property
    def warns(self) -> bool:
        """Whether this person's judgements look automatic."""
        return any(each.warns for each in self.patterns)

    @property
    def too_few(self) -> bool:
        """Whether nothing could be tested."""
        return all(each.p is None for each in self.patterns)


def of_votes(votes: Iterable[ApprovalVoted]) -> Iterable[Judgement]:
    """Yield votes on held actions as judgements. Who changes arguments passes nothing."""
    for each in votes:
        yield Judgement(each.by, "vote", each.verdict == "approve", each.seconds or None)


def of_reviews(
    reviews: Iterable[ReviewRecorded],
    seeds: Mapping[str, Item],
    characters: Mapping[str, int] | None = None,
) -> Iterable[Judgement]:
    """Yield blind opinions as judgements.

    `seeds` are the items with a known answer by decision; `characters` how much was shown for
    each decision, where that is known.
    """
    lengths = characters or {}
    for each in reviews:
        if not each.blind:
            continue
        item = seeds.get(each.run)
        shown = item.shown if item is not None else None
        known = None if shown is None else shown.label == "adhered"
        yield Judgement(
            each.by,
            "review",
            each.label == "adhered",
            max(0, each.seconds),
            lengths.get(each.run, 0),
            known,
        )


def look(judgements: Iterable[Judgement]) -> tuple[Look, ...]:
    """Return what can be said of everybody, by name."""
    people: dict[str, list[Judgement]] = {}
    every: list[Judgement] = []
    for each in judgements:
        every.append(each)
        people.setdefault(folded(each.by), []).append(each)
    passed = {kind: _passed(every, kind) for kind in _KINDS}
    found = [_look(mine, passed) for _, mine in sorted(people.items())]
    tested = [each.p for one in found for each in one.patterns if each.p is not None]
    adjusted = iter(holm(tested) if tested else ())
    return tuple(
        replace(
            one,
            patterns=tuple(
                each if each.p is None else replace(each, warns=next(adjusted) <= FALSE_ALARM)
                for each in one.patterns
            ),
        )
        for one in found
    )


_KINDS: tuple[Kind, ...] = ("vote", "review")


@dataclass(frozen=True, slots=True)
class _Passed:
    count: int
    n: int


def _passed(judgements: Iterable[Judgement], kind: Kind) -> _Passed:
    mine = [each.passed for each in judgements if each.kind == kind and each.known is None]
    return _Passed(sum(mine), len(mine))


def _look(mine: list[Judgement], everybody: Mapping[Kind, _Passed]) -> Look:
    patterns = []
    for kind in _KINDS:
        if any(each.kind == kind for each in mine):
            patterns += [_quick(mine, kind), _passing(_passed(mine, kind), everybody[kind], kind)]
    patterns.append(_through(mine))
    took = [each.seconds for each in mine if each.seconds is not None]
    return Look(
        name=mine[0].by,
        votes=sum(each.kind == "vote" for each in mine),
        reviews=sum(each.kind == "review" for each in mine),
        passed=sum(each.passed for each in mine),
        median=float(median(took)) if took else None,
        patterns=tuple(patterns),
    )


def _quick(mine: list[Judgement], kind: Kind) -> Pattern:
    timed = [each.quick for each in mine if each.kind == kind and each.seconds is not None]
    count, n = sum(timed), len(timed)
    p = tails_of_counts(count, n, QUICK).met if n >= ENOUGH else None
    return Pattern("quick", kind, count, n, p)


def _passing(own: _Passed, every: _Passed, kind: Kind) -> Pattern:
    enough = min(own.n, every.n - own.n) >= ENOUGH
    p = None
    if enough:
        high = own.count / own.n >= PASSING
        p = _fewer(own.n - own.count, own.n, every.n - every.count, every.n) if high else 1.0
    return Pattern("passing", kind, own.count, own.n, p)


def _through(mine: list[Judgement]) -> Pattern:
    violations = [each.passed for each in mine if each.known is False]
    count, n = sum(violations), len(violations)
    p = tails_of_counts(count, n, THROUGH).met if n >= ENOUGH_KNOWN else None
    return Pattern("let through", "review", count, n, p)


def _fewer(found: int, drawn: int, marked: int, whole: int) -> float:
    """Return P(X <= found) of the hypergeometric distribution: `drawn` of `whole`, `marked` in it.

    By logarithms of factorials, so that large numbers stay quick.
    """
    least = max(0, drawn + marked - whole)
    all_ways = _ways(whole, drawn)
    terms = (
        math.exp(_ways(marked, x) + _ways(whole - marked, drawn - x) - all_ways)
        for x in range(least, found + 1)
    )
    return min(1.0, math.fsum(terms))


def _ways(n: int, k: int) -> float:
    if not 0 <= k <= n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
