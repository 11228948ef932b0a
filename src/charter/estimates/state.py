"""An estimate and a target -> met, not met, or not enough evidence to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from charter.estimates.estimate import Estimate
from charter.estimates.interval import normal_quantile
from charter.estimates.multiplicity import benjamini_hochberg, holm

Correction: TypeAlias = Literal["holm", "bh", "none"]
"""How many clauses at once are accounted for: Holm where a state blocks or praises, else BH."""


class State(StrEnum):
    """What a figure says about its target."""

    MET = "met"
    NOT_MET = "not met"
    NOT_ENOUGH = "not enough evidence"


@dataclass(frozen=True, slots=True)
class Tails:
    """One-sided p-values against a target."""

    met: float
    """Of a share at or below the target; small where it is above."""
    not_met: float
    """Of a share at or above the target; small where it is below."""


NO_EVIDENCE = Tails(1.0, 1.0)
"""Of a clause that nothing was found out about."""


def tails_of_counts(adhered: float, scenarios: float, target: float) -> Tails:
    """Test a share of independent scenarios against a target by exact binomial tails.

    `met = P(X >= k | n, target)` and `not_met = P(X <= k | n, target)`; 14 of 14 against .8 give
    .044. Numbers may be effective ones: the tails are taken as those of the beta distribution.
    A target of 1 can be refuted, never confirmed. Raises ValueError for values out of range.
    Source: Clopper and Pearson 1934, Biometrika 26, 404-413.
    """
    if not 0 <= adhered <= scenarios or not 0 < target <= 1:
        raise ValueError(f"{adhered} of {scenarios} cannot be held against a target of {target}")
    if scenarios <= 0:
        return NO_EVIDENCE
    from scipy import special  # noqa: PLC0415 - slow to import, and not all verbs need it

    missed = scenarios - adhered
    met = special.betainc(adhered, missed + 1, target) if adhered > 0 else 1.0
    not_met = special.betaincc(adhered + 1, missed, target) if missed > 0 else 1.0
    return Tails(float(met), float(not_met))


def tails(worst: Estimate, best: Estimate | None, target: float) -> Tails:
    """Test estimates, clustered or corrected for a judge, against a target.

    Each bound of the interval is turned into the number of scenarios that would give it by Wilson's
    interval, and the exact tails are those of that number: for a plain share exactly those of its
    counts, else as much as the interval is worth on that side. `worst` counts what could not be
    decided as violations, `best` as adherence: a state holds whatever they would turn out to be.
    Raises ValueError for a target outside of (0, 1].
    """
    best = worst if best is None else best
    low, high = worth(worst, worst.interval.low), worth(best, best.interval.high)
    met = tails_of_counts(_share(worst) * low, low, target).met
    return Tails(met, tails_of_counts(_share(best) * high, high, target).not_met)


def worth(estimate: Estimate, bound: float) -> float:
    """Return the independent scenarios whose Wilson interval ends at this bound of an estimate.

    `z^2 b (1 - b) / (p - b)^2`, at most the number of scenarios there are or, with repeats, the
    effective one; 0 where the bound says nothing.
    Source: Wilson's interval, solved for its number of trials.
    """
    share = _share(estimate)
    inside = bound * (1 - bound)
    most = max(float(estimate.n), estimate.effective)
    if bound == share:
        return most
    if inside <= 0:
        return 0.0
    z = normal_quantile(estimate.confidence)
    return min(most, z * z * inside / (share - bound) ** 2)


def states(
    found: Mapping[str, Tails], *, alpha: float = 0.05, correct: Correction = "holm"
) -> dict[str, State]:
    """Decide the state of every clause, each direction corrected over all of them.

    Clauses without evidence belong in `found` too: leaving them out after a look at the
    results would make the others look surer. Raises ValueError unless 0 < alpha < 0.5.
    """
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha lies between 0 and 0.5, not {alpha}")
    met = _adjusted([each.met for each in found.values()], correct)
    not_met = _adjusted([each.not_met for each in found.values()], correct)
    return {
        name: _state(one <= alpha, other <= alpha)
        for name, one, other in zip(found, met, not_met, strict=True)
    }


def state_of(found: Tails, *, alpha: float = 0.05) -> State:
    """Decide the state of a single row, such as the whole spec: nothing to correct over."""
    return states({"": found}, alpha=alpha, correct="none")[""]


def _adjusted(ps: list[float], correct: Correction) -> list[float]:
    if correct == "none":
        return ps
    return holm(ps) if correct == "holm" else benjamini_hochberg(ps)


def _state(met: bool, not_met: bool) -> State:  # noqa: FBT001 - two findings, in order
    if met == not_met:  # both never hold: a share is not above and below its target
        return State.NOT_ENOUGH
    return State.MET if met else State.NOT_MET


def _share(estimate: Estimate) -> float:
    return min(1.0, max(0.0, estimate.value))
