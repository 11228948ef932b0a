"""Who takes part, and what they think: all that is planted, and so all that has to be found again.

People are of one of two groups of opinion. The quiet majority uses the assistant rarely and seldom
comes by itself; the loud minority uses it daily and does. Within those of a use, who comes is by
chance, so that weights by use undo the imbalance, and nothing else about the open call does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import NamedTuple

from .spec import CLAUSES

QUIET, LOUD = "quiet", "loud"
DAILY, RARELY = "daily", "rarely"
MARGINS = {DAILY: 0.3, RARELY: 0.7}
"""Of the population."""
LOUD_AMONG = {DAILY: 0.8, RARELY: 0.05}
"""Share of the loud minority among people of a use."""
COME = 0.7
"""Share of daily users among those who come by themselves."""
AGES = ("young", "middle", "old")
UNHEARD = "oldest"
"""An age of which nobody comes, and nobody was drawn."""
LANGUAGES = {"en": 0.5, "de": 0.3, "ar": 0.2}
PASSES, SLIPS, STATES = 0.08, 0.06, 0.9
"""Chance to pass on a statement; to answer one asked again wrongly; to say a trait."""
SEEN, ORDERED = 0.8, 0.5
"""Chance to answer a statement; a comparison."""
UNSURE = 0.2
"""Chance, for each pair of neighbours, that somebody has them the other way round."""
HONEST, SYBIL, STRAIGHT, CARELESS = "honest", "sybil", "straight", "careless"


class Planted(NamedTuple):
    """A statement, with the share of each group that agrees among those who do not pass."""

    id: str
    clause: str
    quiet: float
    loud: float

    @property
    def truth(self) -> float:
        """Return the share of the population that agrees when asked."""
        return (1 - PASSES) * (self.quiet * (1 - MINORITY) + self.loud * MINORITY)

    @property
    def divides(self) -> bool:
        """Whether the groups part on it."""
        return abs(self.quiet - self.loud) > 0.5


MINORITY = sum(MARGINS[use] * LOUD_AMONG[use] for use in MARGINS)
"""Share of the loud minority in the population: 0.275."""
_TRUTH, _PRIVACY, _REASONS, _POLITICS, _BRIEF = CLAUSES.values()
RUN_OVER = "d0"
"""Two thirds of the population are for it, and hardly anybody of the minority is."""
STATEMENTS = (
    Planted("a0", _TRUTH[0], 0.95, 0.95),
    Planted("a1", _TRUTH[1], 0.9, 0.9),
    Planted("a2", _REASONS[0], 0.9, 0.9),
    Planted("a3", _TRUTH[0], 0.85, 0.9),
    Planted("r0", _BRIEF[0], 0.1, 0.1),
    Planted("r1", _BRIEF[0], 0.15, 0.1),
    Planted(RUN_OVER, _POLITICS[0], 0.95, 0.05),
    Planted("d1", _POLITICS[0], 0.9, 0.1),
    Planted("d2", _POLITICS[1], 0.1, 0.95),
    Planted("d3", _PRIVACY[0], 0.1, 0.9),
    Planted("d4", _PRIVACY[1], 0.9, 0.1),
    Planted("d5", _PRIVACY[0], 0.15, 0.9),
    Planted("d6", _REASONS[1], 0.1, 0.9),
    Planted("e0", _BRIEF[1], 0.55, 0.55),
    Planted("e1", _BRIEF[1], 0.5, 0.5),
)
AGAIN = ("a0", "d2", "r0")
"""Statements that are asked again as their opposite."""
LETTERS = ("A", "B", "C", "D")
PER_SECTION = 2
"""Comparisons on each section."""


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody who takes part, as only the simulation knows them."""

    number: int
    kind: str
    group: str
    """Of opinion; empty for who has none."""
    channel: str
    language: str
    traits: dict[str, str]
    """What they say of themselves."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A consultation to be made."""

    seed: int = 0
    open: int = 100
    """Honest people who come by themselves."""
    panel: int = 70
    """Honest people who were drawn."""
    sybils: int = 12
    """Participations of one person."""
    straight: int = 4
    """Trolls who click the same all along."""
    careless: int = 4
    """Trolls who click by chance, and write scripts where they can."""
    groups: bool = True
    """Without them, everybody agrees with the share of the population."""

    def chance(self, what: str) -> random.Random:
        """Return a source of chance of its own for each thing, so that none shifts another."""
        return random.Random(f"consultation-{self.seed}/{what}")

    def order(self, item: str) -> list[str]:
        """Return how people rank the answers of a comparison, the best first."""
        return self.chance(f"order/{item}").sample(LETTERS, len(LETTERS))

    def crowd(self) -> tuple[Someone, ...]:
        """Return everybody who takes part."""
        kinds = (
            *((HONEST, "open"),) * self.open,
            *((HONEST, "panel"),) * self.panel,
            *((SYBIL, "open"),) * self.sybils,
            *((STRAIGHT, "open"),) * self.straight,
            *((CARELESS, "open"),) * self.careless,
        )
        return tuple(self._someone(number, *kind) for number, kind in enumerate(kinds))

    def _someone(self, number: int, kind: str, channel: str) -> Someone:
        dice = self.chance(f"someone/{number}")
        language = dice.choices(tuple(LANGUAGES), tuple(LANGUAGES.values()))[0]
        if kind != HONEST:
            group = LOUD if kind == SYBIL else ""
            return Someone(number, kind, group, channel, "en" if group else language, {})
        use = DAILY if dice.random() < (COME if channel == "open" else MARGINS[DAILY]) else RARELY
        group = LOUD if dice.random() < LOUD_AMONG[use] else QUIET
        told = {"use": use, "age": dice.choice(AGES)}
        said = {trait: option for trait, option in told.items() if dice.random() < STATES}
        return Someone(number, kind, group, channel, language, said)


def agrees(plan: Plan, planted: Planted, group: str) -> float:
    """Return the chance that somebody of a group agrees, where they do not pass."""
    if not plan.groups:
        return planted.truth / (1 - PASSES)
    return planted.quiet if group == QUIET else planted.loud
