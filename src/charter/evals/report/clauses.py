"""Rows of clauses -> a table with their states, and an order of what to look at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from charter.estimates.estimate import Estimate
from charter.estimates.shrink import fit_beta, shrunk
from charter.estimates.state import State
from charter.evals.result import Result
from charter.evals.row import Row

FIRST = 10
"""Clauses to look at first."""
LEAST = 2
"""Clauses from which drawing their rates towards each other makes sense."""


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """One clause that scenarios name."""

    row: Row
    section: str
    """Title of its section."""
    ranking: float | None
    """Its rate drawn towards those of all clauses: to rank by, never to state."""


@dataclass(frozen=True, slots=True)
class Clauses:
    """All of them."""

    lines: tuple[ClauseLine, ...]
    """In document order."""
    states: Mapping[State, int]
    """Clauses with a target by what the evidence says of it."""

    @property
    def targeted(self) -> int:
        """Clauses for which a share is asked: the states are corrected over these."""
        return sum(self.states.values())

    @property
    def first(self) -> tuple[ClauseLine, ...]:
        """What to look at first: all that are not met, then the lowest for ranking."""
        missed = [line for line in self.lowest if line.row.state is State.NOT_MET]
        others = [line for line in self.lowest if line.row.state is not State.NOT_MET]
        return tuple(missed + others)[: max(FIRST, len(missed))]

    @property
    def lowest(self) -> tuple[ClauseLine, ...]:
        """Clauses to look at first, the lowest for ranking first."""
        ranked = [line for line in self.lines if line.ranking is not None]
        return tuple(sorted(ranked, key=lambda line: line.ranking or 0.0))


def clauses(result: Result) -> Clauses:
    """Return the clauses of a run with their states and ranking rates."""
    titles = {case.scenario.clause: case.scenario.section_title for case in result.cases}
    ranking = _ranking(result.clauses)
    lines = tuple(
        ClauseLine(row, titles.get(row.id, ""), ranking.get(row.id)) for row in result.clauses
    )
    found = Counter(line.row.state for line in lines if line.row.state is not None)
    return Clauses(lines, {state: found[state] for state in State} if found else {})


def _ranking(rows: Sequence[Row]) -> dict[str, float]:
    """Return the shrunk rate of each clause that has any decided scenario.

    A figure counts with as many scenarios as its interval is worth: one whose judge errs more is
    drawn further towards the others.
    """
    counts = {}
    for row in rows:
        found = row.figures.headline
        if found is not None:
            number = _worth(found)
            counts[row.id] = (min(1.0, max(0.0, found.value)) * number, number)
    if len(counts) < LEAST:
        return {}
    prior = fit_beta(list(counts.values()))
    return {name: shrunk(k, n, prior) for name, (k, n) in counts.items()}


def _worth(found: Estimate) -> float:
    """Return the scenarios whose plain share would have as wide an interval; at most all."""
    near = (found.value * found.n + 1) / (found.n + 2)  # away from 0 and 1, where no width is left
    error = found.standard_error
    return min(float(found.n), near * (1 - near) / error**2) if error > 0 else float(found.n)
