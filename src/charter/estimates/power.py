"""How many scenarios a question needs, and what a given number can tell: closed forms.

Differences, margins and targets are fractions: three points are 0.03.
"""

from __future__ import annotations

import math
from statistics import NormalDist

PAIRED_SD = 0.271
"""Standard deviation of the difference of one scenario between two models.

From a published comparison of two models on 587 scenarios, five answers each. Two models that
are much alike have a lower one, and single answers a higher one: take it from your own runs.
"""


def detectable(n: float, sd: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the smallest difference that `n` scenarios find with this power, two-sided.

    `(z(1 - alpha/2) + z(power)) sd / sqrt(n)`; `sd` is that of paired differences. 587 with .271
    give .0313. Raises ValueError for values out of range.
    Source: Miller 2024, arXiv 2411.00640, section 5; Cohen 1988, Statistical Power Analysis.
    """
    _check(sd=sd, power=power, alpha=alpha, n=n)
    return _z_sum(power, 1 - alpha / 2) * sd / math.sqrt(n)


def needed(delta: float, sd: float, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return the scenarios that a paired comparison needs to find `delta`, two-sided.

    `((z(1 - alpha/2) + z(power)) sd / delta)^2`, rounded up: .03 with .271 needs 641.
    Raises ValueError for values out of range.
    Source: see `detectable`.
    """
    _check(sd=sd, power=power, alpha=alpha, delta=delta)
    return _up((_z_sum(power, 1 - alpha / 2) * sd / delta) ** 2)


def needed_unpaired(
    first: float, second: float, *, power: float = 0.8, alpha: float = 0.05, pooled: bool = False
) -> int:
    """Return the scenarios that each side needs when the two are not asked the same ones.

    `z_sum^2 (p1 q1 + p2 q2) / (p1 - p2)^2`, rounded up: .90 against .85 needs 683; with
    the pooled variance under the null hypothesis 686. Raises ValueError for values out of range.
    Source: Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, chapter 4.
    """
    if not (0 <= first <= 1 and 0 <= second <= 1 and first != second):
        raise ValueError("two different shares in [0, 1] are needed")
    _check(power=power, alpha=alpha)
    apart = first * (1 - first) + second * (1 - second)
    if not pooled:
        return _up(_z_sum(power, 1 - alpha / 2) ** 2 * apart / (first - second) ** 2)
    mean = (first + second) / 2
    z = NormalDist().inv_cdf
    spread = z(1 - alpha / 2) * math.sqrt(2 * mean * (1 - mean)) + z(power) * math.sqrt(apart)
    return _up((spread / (first - second)) ** 2)


def needed_non_inferior(
    margin: float, sd: float, *, difference: float = 0.0, power: float = 0.8, alpha: float = 0.05
) -> int:
    """Return the scenarios that show a candidate to be at most `margin` worse, one-sided.

    `((z(1 - alpha) + z(power)) sd / (margin + difference))^2`, rounded up, where `difference` is
    the true one: .03 with .271 needs 505. Raises ValueError for values out of range.
    Source: Julious 2004, Stat. Med. 23, 1921-1986, section 6.
    """
    _check(sd=sd, power=power, alpha=alpha, delta=margin)
    if not margin + difference > 0:
        raise ValueError("a candidate that is worse by the margin is never found non-inferior")
    return _up((_z_sum(power, 1 - alpha) * sd / (margin + difference)) ** 2)


def all_pass(target: float, *, alpha: float = 0.05, clauses: int = 1) -> int:
    """Return the scenarios that must all adhere so that a target counts as met.

    `ln(alpha / clauses) / ln(target)`, rounded up; several clauses are each held to their part of
    the error (Bonferroni): .8 needs 14, and 32 with 59 clauses. Raises ValueError for
    a target of 1, which no number of scenarios can confirm, and for values out of range.
    Source: the exact binomial test, P(all adhere | target) = target^n.
    """
    if not 0 < target < 1:
        raise ValueError("a target that can be confirmed lies between 0 and 1, both excluded")
    if clauses < 1:
        raise ValueError("there must be a clause")
    _check(alpha=alpha)
    return _up(math.log(alpha / clauses) / math.log(target))


def needed_for_target(
    target: float, share: float, *, power: float = 0.8, alpha: float = 0.05, clauses: int = 1
) -> int:
    """Return the scenarios that show a true share to be above a target, with this power.

    The normal approximation `((z(1 - a) sqrt(t(1-t)) + z(power) sqrt(s(1-s))) / (s - t))^2` with
    `a = alpha / clauses`, and never fewer than `all_pass` needs.
    Raises ValueError unless `share` is above `target`.
    Source: Fleiss, Levin and Paik 2003, section 2.5.
    """
    if not target < share <= 1:
        raise ValueError("only a share above the target can show that it is met")
    least = all_pass(target, alpha=alpha, clauses=clauses)
    _check(power=power)
    z = NormalDist().inv_cdf
    spread = z(1 - alpha / clauses) * math.sqrt(target * (1 - target))
    spread += z(power) * math.sqrt(share * (1 - share))
    return max(least, _up((spread / (share - target)) ** 2))


def repeated_sd(sd: float, within: float, *, had: int, wanted: int) -> float:
    """Return the deviation of a scenario's difference if it were asked `wanted` times, not `had`.

    `within` is the variance, inside a scenario, of the difference of single answers of the two
    models. `sd^2 - within/had + within/wanted`; what differs between scenarios cannot be repeated
    away. Raises ValueError for counts below 1.
    Source: Miller 2024, arXiv 2411.00640, section 3.1.
    """
    if had < 1 or wanted < 1:
        raise ValueError("a scenario is asked at least once")
    inside = min(within, sd * sd * had)  # more than all of it is chance
    return math.sqrt(sd * sd - inside / had + inside / wanted)


def clustered_need(n: float, effect: float) -> int:
    """Return the scenarios that clustered ones must number to tell as much as `n` independent.

    `effect` is the design effect. Raises ValueError for one that is not positive.
    """
    if not effect > 0:
        raise ValueError("a design effect is above 0")
    return _up(n * max(1.0, effect))


def _z_sum(power: float, other: float) -> float:
    """Return the sum of both quantiles: 2.801585 for 80 % and two-sided 5 %."""
    return NormalDist().inv_cdf(power) + NormalDist().inv_cdf(other)


def _up(number: float) -> int:
    """Round up, but not for what floating point adds to a whole number."""
    return max(1, math.ceil(number - 1e-9))


def _check(**given: float) -> None:
    for name, value in given.items():
        if name in ("power", "alpha"):
            if not 0 < value < 1:
                raise ValueError(f"{name} lies between 0 and 1, not {value}")
        elif not (value > 0 and math.isfinite(value)):
            raise ValueError(f"{name} must be above 0, not {value}")
