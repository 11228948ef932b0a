"""Decisions in a stream -> the strata they make up, and the answers that chance draws from each.

Of each stratum those with the smallest hashes of seed and decision are drawn: without replacement,
each with the same chance, and anybody who has the seed and the ledger draws the same again. Memory
is bounded: no more than `most` of a stratum are held, whatever passes by.

A gateway keeps the words of what was not plainly allowed, and by chance a few of a thousand of the
rest, so that what is kept of plain answers is itself a sample of them; it is drawn from that sample
and weighed by all of them. Days on which the gateway kept nothing, though enough went through that
some had to be, are set apart as a stratum of which nothing is known.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from charter.errors import ConfigError
from charter.govern.sampling.design import Part
from charter.govern.sampling.strata import BY_CHANCE, UNKEPT, Place, place_of, risk_of
from charter.records.decision import DecisionRecorded
from charter.records.sample import Stratum

MOST_HELD = 5000
"""Of one stratum."""
MOST_STRATA = 600
SILENT = 20.0
"""So many kept answers have to be expected on a day before it tells that there are none."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One answer that may be drawn."""

    decision: str
    exchange: str
    application: str
    model: str
    place: Place


@dataclass(slots=True)
class _Held:
    """A stratum while decisions pass by."""

    risk: str
    population: dict[str, int] = field(default_factory=dict)
    """By day."""
    kept: dict[str, int] = field(default_factory=dict)
    smallest: list[tuple[int, str, Chosen]] = field(default_factory=list)
    """A heap, the largest hash first."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A stratum when all have passed."""

    name: str
    population: int
    kept: int
    """Whose payload was kept; 0 in a stratum of which nothing is known."""
    available: int
    """Of which as many are at hand as could be drawn."""


class Frame:
    """Counts and holds what passes by, for one draw."""

    def __init__(self, seed: str, *, section: str = "", most: int = MOST_HELD) -> None:
        """With `section`, of that one alone."""
        self._seed = seed
        self._section = section
        self._most = most
        self._strata: dict[str, _Held] = {}

    def add(self, record: DecisionRecorded) -> None:
        """Take a decision that lies in the period. Raises ConfigError for too many strata."""
        place = place_of(record)
        if place is None or (self._section and place.section != self._section):
            return
        held = self._strata.get(place.stratum)
        if held is None:
            if len(self._strata) == MOST_STRATA:
                raise ConfigError(
                    f"the answers fall into more than {MOST_STRATA} strata",
                    hint="draw from one section with --section, or from a shorter time",
                )
            held = self._strata.setdefault(place.stratum, _Held(place.risk))
        day = record.at[:10]
        held.population[day] = held.population.get(day, 0) + 1
        if record.payload:
            held.kept[day] = held.kept.get(day, 0) + 1
            self._hold(held, record, place)

    def _hold(self, held: _Held, record: DecisionRecorded, place: Place) -> None:
        ranked = -place_in_draw(self._seed, record.decision)
        if len(held.smallest) == self._most and ranked <= held.smallest[0][0]:
            return
        chosen = Chosen(record.decision, record.exchange, record.application, record.model, place)
        entry = (ranked, record.decision, chosen)
        if len(held.smallest) < self._most:
            heapq.heappush(held.smallest, entry)
        else:
            heapq.heapreplace(held.smallest, entry)

    def counted(self) -> tuple[Counted, ...]:
        """Return the strata with an answer, by name; what nothing is known of stands apart."""
        silent = self._silent_days()
        found: list[Counted] = []
        for name, held in sorted(self._strata.items()):
            total, kept = sum(held.population.values()), sum(held.kept.values())
            lost = total - kept
            if held.risk in BY_CHANCE:
                lost = sum(number for day, number in held.population.items() if day in silent)
                lost = lost if kept else total
            if total > lost:
                found.append(Counted(name, total - lost, kept, min(kept, self._most)))
            if lost:
                found.append(Counted(name + UNKEPT, lost, 0, 0))
        return tuple(found)

    def _silent_days(self) -> frozenset[str]:
        """Return the days on which nothing was kept by chance, though it had to be."""
        population: dict[str, int] = {}
        kept: dict[str, int] = {}
        for held in self._strata.values():
            if held.risk in BY_CHANCE:
                for days, into in ((held.population, population), (held.kept, kept)):
                    for day, number in days.items():
                        into[day] = into.get(day, 0) + number
        # what is expected rests on the days with something kept: the silent ones would lower it
        heard = sum(number for day, number in population.items() if day in kept)
        rate = sum(kept.values()) / heard if heard else 0.0
        return frozenset(
            day for day, number in population.items() if day not in kept and number * rate >= SILENT
        )

    def parts(self, rates: Mapping[str, float]) -> tuple[Part, ...]:
        """Return the strata for a design, with the share expected of each where it is known."""
        return tuple(
            Part(each.name, each.population, each.available, rates.get(each.name, 0.5))
            for each in self.counted()
        )

    def strata(self, sizes: Mapping[str, int]) -> tuple[Stratum, ...]:
        """Return the strata as they are recorded."""
        return tuple(
            Stratum(each.name, each.population, min(sizes.get(each.name, 0), each.available))
            for each in self.counted()
        )

    def drawn(self, sizes: Mapping[str, int]) -> Iterator[Chosen]:
        """Yield what is drawn, stratum by stratum, in the order of the draw."""
        for name, held in sorted(self._strata.items()):
            ranked = sorted(held.smallest, reverse=True)
            for _, _, chosen in ranked[: sizes.get(name, 0)]:
                yield chosen


def place_in_draw(seed: str, decision: str) -> int:
    """Return the number by which a decision is drawn: the smallest are.

    It is SHA-256 of `charter-sample/v1`, seed and decision, one a line, as a whole number.
    """
    text = f"charter-sample/v1\n{seed}\n{decision}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.sha256(text).digest(), "big")


def chance_of_keeping(counted: tuple[Counted, ...]) -> float | None:
    """Return which share of plain answers was kept; None where there are none of them."""
    plain = [each for each in counted if risk_of(each.name) in BY_CHANCE and each.available]
    population = sum(each.population for each in plain)
    return sum(each.kept for each in plain) / population if population else None
