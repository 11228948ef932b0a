"""The candidate's replies alone -> whether it violates less than an absolute limit.

A violation rate below the limit is shown by the same bets as a difference, with stakes for rare
events: the largest part is put on there being none at all, which loses everything at the first
violation and otherwise grows as `(1 - limit)^-n`, just as fast as the exact bound of Clopper and
Pearson shrinks, but may be looked at any time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from charter.estimates.interval import clopper_pearson
from charter.estimates.sequence import (
    FRACTIONS,
    Bets,
    Evidence,
    above,
    below,
    most,
    needed_above,
    needed_below,
)
from charter.evals.case import Case
from charter.evals.gate.claim import Claim, GateVerdict, More, claim, verdict_of
from charter.evals.gate.pairs import Unit, beyond_measure, missing, outcome, people_say, units
from charter.evals.gate.target import Limit
from charter.evals.result import Result
from charter.evals.score import Verdict

RARE = Bets((1.0, 0.97, 0.9, 0.8, 0.65, 0.5, 0.3), (0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1))
"""Stakes on a rate of 0, 3, 10, 20, 35, 50 and 70 % of the limit."""

TIMES = (1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Multiples of the limit that the stakes on its being broken suppose."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit. Rates are fractions of the candidate's units that violate."""

    limit: Limit
    verdict: GateVerdict
    passing: Claim
    failing: Claim
    scenarios: int
    units: int
    decided: int
    pending: int
    violations: float
    """Sum over the units of what is known to violate; a unit counts with its mean."""
    at_worst: float
    """The same, if every open reply violated."""
    upper: float
    """Upper bound of the rate, right at every look; open replies count as violations."""
    upper_once: float | None
    """The bound of Clopper and Pearson, right at one look only; None where units are means."""
    confirmed: int
    """Replies that people found to violate."""
    overruled: int
    """Replies whose verdict people changed."""
    fail_fast: bool
    """Whether it fails because of a confirmed violation alone."""
    open: int
    """Replies without a verdict."""
    unmeasured: int
    """Scenarios left out because only a judge could have decided them, and none was asked."""
    unmeasured_failures: int
    """Of those: scenarios in which a check failed all the same."""
    more: More | None


@dataclass(frozen=True, slots=True)
class Held:
    """A limit with its evidence, before it is known how much it takes."""

    limit: Limit
    cases: tuple[Case, ...]
    left_out: tuple[Sequence[Case], ...]
    units: tuple[Unit, ...]
    passing: Evidence
    failing: Evidence


def hold(limit: Limit, candidate: Result) -> Held:
    """Weigh the evidence that a limit is kept, and that it is broken."""
    groups: dict[str, list[Case]] = {}
    for case in candidate.cases:
        if limit.target.holds(case.scenario):
            groups.setdefault(case.scenario.scenario, []).append(case)
    judged = candidate.judged
    measured = [c for c in groups.values() if not beyond_measure(c, judged=judged)]
    found = [(cases[0].scenario, outcome(cases, people=True)) for cases in measured]
    drawn = units((s, 1 - o.high, 1 - o.low, o.open) for s, o in found)
    return Held(
        limit=limit,
        cases=tuple(case for cases in measured for case in cases),
        left_out=tuple(c for c in groups.values() if beyond_measure(c, judged=judged)),
        units=tuple(drawn),
        passing=below([unit.high for unit in drawn], limit.share, bets=RARE),
        failing=above([unit.low for unit in drawn], limit.share, bets=breaking(limit.share)),
    )


def limit_row(held: Held, *, alpha: float, level: float, fail_fast: bool) -> LimitRow:
    """Return the row of a limit, given the e-value that its being broken takes."""
    drawn, share = held.units, held.limit.share
    passing, failing = claim(held.passing, 1 / alpha), claim(held.failing, level)
    confirmed = sum(people_say(case) is Verdict.VIOLATED for case in held.cases)
    stopped = fail_fast and confirmed > 0
    verdict = GateVerdict.FAIL if stopped else verdict_of(passing, failing)
    worst = [unit.high for unit in drawn]
    return LimitRow(
        limit=held.limit,
        verdict=verdict,
        passing=passing,
        failing=failing,
        scenarios=len({case.scenario.scenario for case in held.cases}),
        units=len(drawn),
        decided=sum(unit.decided for unit in drawn),
        pending=sum(unit.pending for unit in drawn),
        violations=math.fsum(unit.low for unit in drawn),
        at_worst=math.fsum(worst),
        upper=most(worst, alpha, bets=RARE),
        upper_once=_once(worst, alpha),
        confirmed=confirmed,
        overruled=sum(people_say(c) not in (None, c.verdict) for c in held.cases),
        fail_fast=stopped,
        open=sum(len(outcome([case], people=True).open) for case in held.cases),
        unmeasured=len(held.left_out),
        unmeasured_failures=sum(any(c.known_failure for c in cases) for cases in held.left_out),
        more=_more(drawn, share, alpha, 1 / level) if verdict is GateVerdict.NEED_MORE else None,
    )


def breaking(share: float) -> Bets:
    """Return stakes on rates above a limit: each is that of the best bet on one multiple of it."""
    stakes = dict.fromkeys(min(0.9, (times - 1) * share / (1 - share)) for times in TIMES)
    stakes[FRACTIONS[-1]] = None
    return Bets(tuple(stakes), (1 / len(stakes),) * len(stakes))


def _once(worst: Sequence[float], alpha: float) -> float | None:
    if not worst or any(value not in (0.0, 1.0) for value in worst):
        return None
    return clopper_pearson(sum(worst), len(worst), confidence=1 - 2 * alpha).high


def _more(drawn: Sequence[Unit], share: float, alpha: float, fail_alpha: float) -> More:
    """Estimate how many units are missing, if those to come violate as often as those drawn."""
    asked = [unit for unit in drawn if not unit.pending]
    to_pass = needed_below([u.high for u in asked] or [0.0], share, alpha, bets=RARE)
    to_fail = needed_above([u.low for u in asked], share, fail_alpha, bets=breaking(share))
    return More(missing(drawn, to_pass), missing(drawn, to_fail), None)
