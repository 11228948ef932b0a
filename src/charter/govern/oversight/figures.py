"""Reviews -> how each reviewer and each section does: agreement, overrides, time, vigilance.

Opinions on items with a known answer count for vigilance and for nothing else: they are no live
answers. Only opinions that were formed blindly are compared with each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median, quantiles

from charter.govern.oversight.agreement import Agreement, agreement
from charter.govern.oversight.item import Item
from charter.govern.oversight.share import Share, share
from charter.ledger.board import folded
from charter.records.review import ReviewRecorded

LABELS = ("adhered", "violated")
ENOUGH = 10
"""Judgements below which no share is stated."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds between showing and answering, of opinions formed blindly: only there it is known."""

    n: int
    median: float | None
    """None where there is none."""
    low: float | None
    """First quartile; None for fewer than two."""
    high: float | None


@dataclass(frozen=True, slots=True)
class Person:
    """How one reviewer does."""

    name: str
    reviews: int
    """On live answers."""
    blind: int
    agreement: Agreement
    """On the answers this person judged, with whoever else judged them."""
    overrides: Share
    """Of the opinions that say so: those that find the gateway's decision wrong."""
    spent: Spent
    vigilance: Share
    """Of the items with a known answer that were opened: those judged as they are known to be."""


@dataclass(frozen=True, slots=True)
class Section:
    """How reviews of one section come out."""

    name: str
    reviews: int
    agreement: Agreement
    overrides: Share
    spent: Spent
    vigilance: Share


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it. `reviews` and what follows are of live answers."""

    whole: Agreement
    refusals: Agreement
    people: tuple[Person, ...]
    sections: tuple[Section, ...]
    reviews: int
    blind: int
    labels: tuple[tuple[str, int], ...]
    right: int
    """Opinions that the gateway decided rightly."""
    judged: int
    """Opinions on that at all."""
    overrides: Share
    spent: Spent
    vigilance: Share
    unopened: int
    """Opinions on items whose known answer is not opened yet: they count for nothing so far."""


def figures(reviews: Iterable[ReviewRecorded], seeds: Mapping[str, Item]) -> Figures:
    """Measure. `seeds` are the items with a known answer, by decision: `Queue.seeds()`."""
    every = list(reviews)
    live = [each for each in every if each.run not in seeds]
    tests = [each for each in every if each.run in seeds]
    opened = [each for each in tests if seeds[each.run].shown is not None]
    units = _units(live)
    blind = [each for each in live if each.blind]
    judged = [each for each in live if each.decision_right is not None]
    return Figures(
        whole=_agreement(units, _label),
        refusals=_agreement(units, _refusal),
        people=tuple(_people(live, opened, units, seeds)),
        sections=tuple(_sections(live, opened, units, seeds)),
        reviews=len(live),
        blind=len(blind),
        labels=tuple((label, sum(each.label == label for each in live)) for label in LABELS),
        right=sum(each.decision_right is True for each in judged),
        judged=len(judged),
        overrides=_overrides(live),
        spent=spent(live),
        vigilance=vigilance(opened, seeds),
        unopened=len(tests) - len(opened),
    )


def vigilance(reviews: Iterable[ReviewRecorded], seeds: Mapping[str, Item]) -> Share:
    """Return the share of opinions on opened known answers that are as the answer is known."""
    right = total = 0
    for each in reviews:
        shown = seeds[each.run].shown
        if shown is not None:
            total += 1
            right += each.label == shown.label
    return share(right, total, enough=ENOUGH)


def spent(reviews: Iterable[ReviewRecorded]) -> Spent:
    """Return median and quartiles of the time that blind opinions took."""
    took = sorted(max(0, each.seconds) for each in reviews if each.blind)
    if not took:
        return Spent(0, None, None, None)
    if len(took) < 2:
        return Spent(1, float(took[0]), None, None)
    low, _, high = quantiles(took, n=4, method="inclusive")
    return Spent(len(took), float(median(took)), low, high)


_Units = Mapping[tuple[str, str], list[ReviewRecorded]]
"""Blind opinions by answer and section: only what was asked the same way can be compared."""
_Word = Callable[[ReviewRecorded], str]


def _units(reviews: Iterable[ReviewRecorded]) -> _Units:
    found: dict[tuple[str, str], list[ReviewRecorded]] = {}
    for each in reviews:
        if each.blind:
            found.setdefault((each.run, each.section), []).append(each)
    return found


def _people(
    live: list[ReviewRecorded],
    opened: list[ReviewRecorded],
    units: _Units,
    seeds: Mapping[str, Item],
) -> Iterable[Person]:
    shared = _by(live, lambda each: folded(each.by))
    tests = _by(opened, lambda each: folded(each.by))
    for key in sorted({*shared, *tests}):
        mine = shared.get(key, [])
        said = {(each.run, each.section): units.get((each.run, each.section), []) for each in mine}
        known = tests.get(key, [])
        blind = [each for each in mine if each.blind]
        joint = {
            unit: found
            for unit, found in said.items()
            if any(folded(each.by) == key for each in found)
        }
        yield Person(
            name=(mine or known)[0].by,
            reviews=len(mine),
            blind=len(blind),
            agreement=_agreement(joint, _label),
            overrides=_overrides(mine),
            spent=spent(mine),
            vigilance=vigilance(known, seeds),
        )


def _sections(
    live: list[ReviewRecorded],
    opened: list[ReviewRecorded],
    units: _Units,
    seeds: Mapping[str, Item],
) -> Iterable[Section]:
    named = _by(live, lambda each: each.section)
    tests = _by(opened, lambda each: each.section)
    asked: dict[str, dict[tuple[str, str], list[ReviewRecorded]]] = {}
    for unit, found in units.items():
        asked.setdefault(unit[1], {})[unit] = found
    for name in sorted({*named, *tests}):
        mine = named.get(name, [])
        yield Section(
            name=name,
            reviews=len(mine),
            agreement=_agreement(asked.get(name, {}), _label),
            overrides=_overrides(mine),
            spent=spent(mine),
            vigilance=vigilance(tests.get(name, []), seeds),
        )


def _by(reviews: Iterable[ReviewRecorded], key: _Word) -> dict[str, list[ReviewRecorded]]:
    found: dict[str, list[ReviewRecorded]] = {}
    for each in reviews:
        found.setdefault(key(each), []).append(each)
    return found


def _overrides(reviews: Iterable[ReviewRecorded]) -> Share:
    judged = [each.decision_right for each in reviews if each.decision_right is not None]
    return share(sum(not right for right in judged), len(judged), enough=ENOUGH)


def _agreement(units: _Units, word: _Word) -> Agreement:
    return agreement([word(each) for each in found if word(each)] for found in units.values())


def _label(review: ReviewRecorded) -> str:
    return review.label


def _refusal(review: ReviewRecorded) -> str:
    return review.refusal or ""
