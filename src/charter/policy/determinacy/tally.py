"""What is counted of contexts: how many hang on which readings, and the smallest of each sort."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from charter.policy.determinacy.context import Context


class Pick(NamedTuple):
    """A context worth showing."""

    weight: int
    """Features that differ from the default."""
    context: Context


class MovePick(NamedTuple):
    """A context before and after a permission is added."""

    weight: int
    before: Context
    after: Context


@dataclass(slots=True)
class Moves:
    """Contexts to which one permission is added."""

    total: int = 0
    stricter: int = 0
    """In which the decision is stricter then, with the readings in force."""
    ever: int = 0
    """In which it is under some combination of readings, these included."""
    example: MovePick | None = None
    """The smallest that is stricter with the readings in force, else under others."""
    example_in_force: bool = False


@dataclass(slots=True)
class Tally:
    """Counts over all contexts; readings by number."""

    contexts: int = 0
    open: int = 0
    """Contexts with more than one outcome."""
    undecided: int = 0
    """Contexts with more than one decision."""
    hangs: Counter[int] = field(default_factory=Counter)
    """By reading: contexts whose outcome it changes, for some combination of the others."""
    alone: Counter[int] = field(default_factory=Counter)
    """By reading: contexts whose outcome it changes with the others as they are in force."""
    decides: Counter[int] = field(default_factory=Counter)
    """By reading: contexts whose decision it changes, for some combination of the others."""
    examples: dict[int, dict[int, Pick]] = field(default_factory=dict)
    """By reading, by sort: 0 changes the decision alone, 1 with others, 2 and 3 the outcome."""
    fires: set[str] = field(default_factory=set)
    """Boundaries that restrict in some context."""
    needed: set[str] = field(default_factory=set)
    """Boundaries without which the decision of some context would be laxer."""
    covered: dict[str, Pick] = field(default_factory=dict)
    """By boundary: the smallest context in which it restricts."""
    moves: dict[str, Moves] = field(default_factory=dict)
    """By permission."""
    undone: int = 0
    """Questions that the solver did not answer within its bounds."""

    def offer(self, reading: int, sort: int, weight: int, context: Context) -> None:
        """Keep a context as the example of a reading, if it is the smallest so far."""
        known = self.examples.setdefault(reading, {})
        if sort not in known or weight < known[sort].weight:
            known[sort] = Pick(weight, context)

    def cover(self, boundary: str, weight: int, context: Context) -> None:
        """Keep a context in which a boundary restricts, if it is the smallest so far."""
        known = self.covered.get(boundary)
        if known is None or weight < known.weight:
            self.covered[boundary] = Pick(weight, context)

    def move(self, what: str) -> Moves:
        """Return the counts of a permission."""
        return self.moves.setdefault(what, Moves())


def offer_move(known: Moves, before: Context, after: Context, *, in_force: bool) -> None:
    """Keep a pair of contexts as the example, if it is the smallest of its sort so far."""
    weight = len(before.features) + len(after.features)
    better = known.example is None or (in_force, -weight) > (
        known.example_in_force,
        -known.example.weight,
    )
    if better:
        known.example, known.example_in_force = MovePick(weight, before, after), in_force
