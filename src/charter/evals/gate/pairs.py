"""Two Results -> the pairs of scenarios that a gate rests on, in the order they count as drawn.

A reply without a verdict is not left out: its scenario enters with the least and the greatest
difference it could have, so that nobody passes by what went wrong. Left out are scenarios that
neither run could have decided whatever was answered, and those that are not the same in both
runs; they are counted.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from charter.evals.case import Case
from charter.evals.result import Result
from charter.evals.score import DECIDED, Verdict
from charter.records.run import ScenarioPlanned


@dataclass(frozen=True, slots=True)
class Outcome:
    """The share of the replies to one scenario that adhered: known, or between two bounds."""

    low: float
    high: float
    open: tuple[str, ...] = ()
    """Why replies have no verdict, each by its own; empty where all have one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One scenario that both runs planned alike."""

    scenario: ScenarioPlanned
    """As the candidate planned it."""
    base: Outcome
    candidate: Outcome

    @property
    def low(self) -> float:
        """The least that candidate minus base can be."""
        return self.candidate.low - self.base.high

    @property
    def high(self) -> float:
        """The most that it can be."""
        return self.candidate.high - self.base.low

    @property
    def decided(self) -> bool:
        """Whether every reply of both runs has a verdict."""
        return not (self.base.open or self.candidate.open)


@dataclass(frozen=True, slots=True)
class Pairs:
    """What two runs have in common, and what they have not."""

    pairs: tuple[Pair, ...]
    unmeasured: tuple[ScenarioPlanned, ...]
    """Planned alike, but no check could decide them, and no judge was asked."""
    altered: tuple[ScenarioPlanned, ...]
    """Of one id, but another text, expectation or check."""
    only_base: tuple[ScenarioPlanned, ...]
    only_candidate: tuple[ScenarioPlanned, ...]
    rebased: tuple[ScenarioPlanned, ...]
    """The same, but the rules they test are not."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What counts once: a scenario, or all scenarios of one source with their mean."""

    id: str
    low: float
    high: float
    scenarios: int
    decided: bool
    pending: bool
    """Whether a reply is still to be made."""


def pair(base: Result, candidate: Result) -> Pairs:
    """Set two runs side by side, scenario by scenario."""
    ours, theirs = _by_scenario(base.cases), _by_scenario(candidate.cases)
    judged = base.judged or candidate.judged
    found: list[Pair] = []
    unmeasured, altered, rebased = [], [], []
    for name, cases in theirs.items():
        scenario = cases[0].scenario
        if name not in ours:
            continue
        if _differs(ours[name][0].scenario, scenario):
            altered.append(scenario)
            continue
        if ours[name][0].scenario.basis != scenario.basis:
            rebased.append(scenario)
        if beyond_measure([*ours[name], *cases], judged=judged):
            unmeasured.append(scenario)
        else:
            found.append(Pair(scenario, outcome(ours[name]), outcome(cases)))
    return Pairs(
        pairs=tuple(found),
        unmeasured=tuple(unmeasured),
        altered=tuple(altered),
        only_base=tuple(cases[0].scenario for name, cases in ours.items() if name not in theirs),
        only_candidate=tuple(c[0].scenario for name, c in theirs.items() if name not in ours),
        rebased=tuple(rebased),
    )


def beyond_measure(cases: Sequence[Case], *, judged: bool) -> bool:
    """Whether no answer to a scenario could have been decided, so that leaving it out is fair.

    That is settled before anything is answered: it needs a judge and none was asked, or it
    offers tools that the models asked cannot call.
    """
    if cases[0].scenario.rubric is not None and not judged:
        return True
    return all(case.verdict == Verdict.NOT_JUDGED and not case.judged for case in cases)


def outcome(cases: Sequence[Case], *, people: bool = False) -> Outcome:
    """Return how far one scenario was adhered to; with `people`, their word replaces a verdict."""
    bounds = [_bounds(case, people=people) for case in cases]
    return Outcome(
        sum(low for low, _ in bounds) / len(bounds),
        sum(high for _, high in bounds) / len(bounds),
        tuple(str(c.verdict) for c, (low, high) in zip(cases, bounds, strict=True) if low < high),
    )


def people_say(case: Case) -> Verdict | None:
    """Return what most people said about a reply; None without labels, or where they tie."""
    said = Counter(label.label for label in case.labels)
    violated, adhered = said[Verdict.VIOLATED], said[Verdict.ADHERED]
    if violated == adhered:
        return None
    return Verdict.VIOLATED if violated > adhered else Verdict.ADHERED


def units(parts: Iterable[tuple[ScenarioPlanned, float, float, Sequence[str]]]) -> list[Unit]:
    """Join the scenarios of one source, and order the units as if drawn by chance.

    Takes (scenario, least, most, why replies are open). The order is that of the SHA-256 of the
    unit's id: nobody chooses it, it is the same for every look at a run, and it has nothing to do
    with the order in files, where scenarios stand by kind.
    """
    groups: dict[str, list[tuple[ScenarioPlanned, float, float, Sequence[str]]]] = {}
    for part in parts:
        scenario = part[0]
        groups.setdefault(scenario.source or scenario.scenario, []).append(part)
    found = [
        Unit(
            id=name,
            low=sum(part[1] for part in group) / len(group),
            high=sum(part[2] for part in group) / len(group),
            scenarios=len(group),
            decided=not any(part[3] for part in group),
            pending=any("pending" in part[3] for part in group),
        )
        for name, group in groups.items()
    ]
    return sorted(found, key=lambda unit: drawn(unit.id))


def missing(found: Sequence[Unit], total: int | None) -> int | None:
    """Return how many units lack a reply until `total` of them, in their order, have one.

    Those still to be answered come first, then those still to be written; 1 at least.
    """
    if total is None:
        return None
    waiting = sum(unit.pending for unit in found[:total])
    return max(1, waiting + max(0, total - len(found)))


def drawn(name: str) -> str:
    """Return what units are ordered by: the hex SHA-256 of their id."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _bounds(case: Case, *, people: bool) -> tuple[float, float]:
    said = people_say(case) if people else None
    verdict = said or case.verdict
    if verdict in DECIDED:
        found = float(verdict == Verdict.ADHERED)
        return found, found
    # a failed check is enough to violate, whatever a judge would have said
    return 0.0, float(not case.known_failure)


def _by_scenario(cases: Iterable[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.scenario.scenario, []).append(case)
    return found


def _differs(first: ScenarioPlanned, second: ScenarioPlanned) -> bool:
    if first.digest and second.digest:
        return first.digest != second.digest
    return (first.messages, first.outcome, first.rubric) != (
        second.messages,
        second.outcome,
        second.rubric,
    )
