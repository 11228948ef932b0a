"""Two Results -> GateResult: whether the candidate may take the place of the base.

Each group that is asked about is tested both ways by bets (`estimates.sequence`): the candidate
passes where its adherence is shown to be less than the margin below that of the base, and fails
where it is shown to be further below. The gate passes when every group and limit passes, which
needs no correction; it fails when one of them fails, corrected for their number by Holm's method.
Why this is right, and what it does not cover, is in docs/decisions/0007.
"""

from __future__ import annotations

from dataclasses import dataclass

from charter.evals.gate.claim import GateVerdict, levels
from charter.evals.gate.comparable import Obstacle, cautions, obstacles
from charter.evals.gate.group import GroupRow, group_row, weigh
from charter.evals.gate.limits import LimitRow, hold, limit_row
from charter.evals.gate.pairs import pair
from charter.evals.gate.target import WHOLE, Kind, Limit, Target
from charter.evals.result import Result
from charter.records.run import ScenarioPlanned


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be decided."""

    margin: float
    """How much lower the adherence of the candidate may be, as a fraction; above 0."""
    alpha: float = 0.05
    """Chance of passing a candidate that is worse by the margin, and of failing one that is not."""
    targets: tuple[Target, ...] = (WHOLE,)
    limits: tuple[Limit, ...] = ()
    fail_fast: bool = False
    """Whether one violation that people confirmed, where a limit holds, fails the candidate."""

    def wants(self, scenario: ScenarioPlanned) -> bool:
        """Whether the verdict depends on a scenario."""
        limited = (limit.target for limit in self.limits)
        return any(target.holds(scenario) for target in (*self.targets, *limited))


@dataclass(frozen=True, slots=True)
class GateResult:
    """The decision with everything it rests on."""

    verdict: GateVerdict
    question: Question
    base: Result
    candidate: Result
    tested: tuple[GroupRow, ...]
    """What the verdict rests on, with the limits."""
    limits: tuple[LimitRow, ...]
    others: tuple[GroupRow, ...]
    """The whole and every section that was not asked about: for information."""
    set_aside: tuple[Obstacle, ...]
    """Why the runs should not be compared, where a person had it done all the same."""
    cautions: tuple[str, ...]

    @property
    def rows(self) -> tuple[GroupRow | LimitRow, ...]:
        """Everything the verdict rests on."""
        return (*self.tested, *self.limits)


def hindrances(base: Result, candidate: Result, question: Question) -> tuple[Obstacle, ...]:
    """Return why these runs cannot decide the question; empty where they can."""
    return tuple(obstacles(base, candidate, pair(base, candidate), question.wants))


def decide(
    base: Result, candidate: Result, question: Question, *, set_aside: tuple[Obstacle, ...] = ()
) -> GateResult:
    """Decide whether the candidate passes, fails, or more evidence is needed.

    It may be asked as often as wanted while runs grow: the error stays within `alpha`.
    Every hindrance must be ruled out before, or be named in `set_aside`.
    """
    pairs = pair(base, candidate)
    margin, alpha = question.margin, question.alpha
    weighed = [weigh(target, pairs, margin) for target in question.targets]
    held = [hold(limit, candidate) for limit in question.limits]
    needed = levels([*(w.failing for w in weighed), *(h.failing for h in held)], alpha)
    tested = tuple(
        group_row(found, pairs, margin=margin, alpha=alpha, level=level)
        for found, level in zip(weighed, needed[: len(weighed)], strict=True)
    )
    limits = tuple(
        limit_row(found, alpha=alpha, level=level, fail_fast=question.fail_fast)
        for found, level in zip(held, needed[len(weighed) :], strict=True)
    )
    others = tuple(
        group_row(weigh(target, pairs, margin), pairs, margin=margin, alpha=alpha, level=None)
        for target in _others(candidate, question)
    )
    return GateResult(
        verdict=_overall([*(row.verdict for row in tested), *(row.verdict for row in limits)]),
        question=question,
        base=base,
        candidate=candidate,
        tested=tested,
        limits=limits,
        others=others,
        set_aside=set_aside,
        cautions=tuple(cautions(base, candidate)),
    )


def _overall(verdicts: list[GateVerdict]) -> GateVerdict:
    if GateVerdict.FAIL in verdicts:
        return GateVerdict.FAIL
    if all(verdict is GateVerdict.PASS for verdict in verdicts):
        return GateVerdict.PASS
    return GateVerdict.NEED_MORE


def _others(candidate: Result, question: Question) -> list[Target]:
    named = dict.fromkeys(case.scenario.section for case in candidate.cases)
    sections = [Target(Kind.SECTION, name) for name in named]
    return [target for target in (WHOLE, *sections) if target not in question.targets]
