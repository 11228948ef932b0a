"""Values of people, and how much the ranker's chance moves them -> a share with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from charter.estimates.interval import Interval, t_quantile, wilson

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Value:
    """What one person's answer to one item is worth."""

    person: str
    item: str
    value: float
    """0 to 1."""
    weight: float = 1.0
    worth: float = 1.0
    """Independent answers of yes or no that it can tell as much as: for an order of k candidates
    k - 1, as each next place is one more thing said."""


@dataclass(frozen=True, slots=True)
class Share:
    """A weighted mean over answers, with what it rests on."""

    value: float
    interval: Interval
    people: int
    answers: int
    effective: float
    """Independent answers of yes or no that would tell as much."""
    variance: float
    """Of the mean, by people and by the ranker's repeats; 0 where nothing varied."""
    freedom: float
    """Degrees of freedom of it."""

    @property
    def below_half(self) -> float:
        """Return the p-value of its being below 1/2, against 1/2 or more: one-sided.

        `(value - 1/2) / sqrt(variance)` as Student's t; where nothing varied, the score test with
        the effective number.
        """
        error = math.sqrt(self.variance or 0.25 / self.effective)
        return lower_tail((self.value - 0.5) / error, self.freedom)


def lower_tail(t: float, freedom: float) -> float:
    """Return the chance that Student's t falls below a value; normal for infinite freedom."""
    from scipy import special  # noqa: PLC0415 - slow to import, and not all verbs need it

    return float(special.ndtr(t) if math.isinf(freedom) else special.stdtr(freedom, t))


def share_of(
    values: Sequence[Value], *, noise: float = 0.0, freedom: float = math.inf, times: float = 1.0
) -> Share:
    """Return the weighted mean of values, one for each answer of a person to an item.

    The variance is that of people, each with all their answers (ratio estimator, clustered), and
    `noise`: the variance of asking the ranker again, with `freedom` degrees of freedom. `times` is
    how often a person enters the mean: 2 where values are of people beside people (a U-statistic of
    degree 2, Hoeffding 1948, Ann. Math. Stat. 19, 293-325).
    `effective = m (1 - m) / variance`, at most what the answers are worth, and their number where
    nothing varied; the number of people where all values are 0 or all are 1. Wilson's interval with
    it, and the quantile of t with Satterthwaite's degrees of freedom.
    Raises ValueError for no values, or no weight.
    Source: Korn and Graubard 1998, Survey Methodology 24, 193-201 (Wilson with an effective
    number); Satterthwaite 1946, Biometrics Bulletin 2, 110-114.
    """
    total = math.fsum(each.weight for each in values)
    if not total > 0:
        raise ValueError("there are no values")
    mean = min(1.0, math.fsum(each.value * each.weight for each in values) / total)
    off: dict[str, float] = {}
    for each in values:
        off[each.person] = off.get(each.person, 0.0) + each.weight * (each.value - mean)
    people = len(off)
    own = times * times * math.fsum(x * x for x in off.values()) / (total * total)
    own *= people / (people - 1) if people > 1 else 1.0
    variance = own + noise
    inside = mean * (1 - mean)
    effective = float(people) if inside <= 0 else float(len(values))
    if variance > 0 and inside > 0:
        effective = min(inside / variance, math.fsum(each.worth for each in values))
    degrees = summed_freedom(own, people - 1.0, noise, freedom)
    z = t_quantile(CONFIDENCE, max(degrees, 1.0))
    interval = wilson(min(mean * effective, effective), effective, z=z)
    return Share(mean, interval, people, len(values), effective, variance, max(degrees, 1.0))


def summed_freedom(one: float, of_one: float, other: float, of_other: float) -> float:
    """Return the degrees of freedom of a sum of two variances."""
    parts = sum(v * v / d for v, d in ((one, max(of_one, 1.0)), (other, of_other)) if v > 0)
    return (one + other) ** 2 / parts if parts > 0 else max(of_one, 1.0)
