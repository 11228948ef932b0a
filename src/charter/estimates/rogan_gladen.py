"""A judge's share of positives and its measured errors -> the share people would find."""

from __future__ import annotations

import math
from typing import TypeAlias

from charter.estimates.estimate import LIKE_THESE, Corrected, Refused
from charter.estimates.interval import Interval, normal_quantile, wilson

Counts: TypeAlias = tuple[float, float]
"""Right ones and all; fractions where the items are clustered, as effective numbers."""

LEAST = 10
"""Labelled positives, and labelled negatives, without which nothing is corrected.

With fewer, simulated coverage of the interval leaves the range of 93.5 to 96.5 %.
"""


def rogan_gladen(
    positives: float,
    n: float,
    *,
    specificity: Counts,
    sensitivity: Counts,
    confidence: float = 0.95,
) -> Corrected | Refused:
    """Take the error of an imperfect judge out of its share of positives.

    `theta = (p + q0 - 1) / (q0 + q1 - 1)`, clipped to [0, 1]: p is the judge's share of positives
    among `n`, q0 its specificity and q1 its sensitivity on answers that people labelled. `n` may be
    the effective number of clustered scenarios. The interval is the adjusted one, which holds where
    q0 or q1 is 1. It assumes that the judge errs here as often as on the labelled answers.

    Refused, as a value, with fewer than `LEAST` labelled answers of either kind, where
    q0 + q1 <= 1, and where the 95 % interval of q0 + q1 reaches 1: such a judge may be no
    better than chance. Raises ValueError for counts that are none.
    Source: Rogan and Gladen 1978, Am. J. Epidemiol. 107, 71-76; interval: Lang and Reiczigel
    2014, Prev. Vet. Med. 113, 13-22; for judges: Lee et al. 2025, arXiv 2511.21140.
    """
    _check((positives, n), specificity, sensitivity)
    refused = unusable(specificity=specificity, sensitivity=sensitivity)
    if refused is not None:
        return refused
    p = positives / n
    q0, q1 = specificity[0] / specificity[1], sensitivity[0] / sensitivity[1]
    theta = min(1.0, max(0.0, (p + q0 - 1) / (q0 + q1 - 1)))
    interval = _adjusted(p, n, specificity, sensitivity, z=normal_quantile(confidence))
    return Corrected(
        value=theta,
        interval=Interval(min(interval.low, theta), max(interval.high, theta)),
        method="Rogan-Gladen, adjusted interval",
        population=LIKE_THESE,
        n=round(n),
        clusters=round(n),
        effective=n,
        confidence=confidence,
        raw=p,
        labelled=round(specificity[1] + sensitivity[1]),
    )


def _check(judged: Counts, specificity: Counts, sensitivity: Counts) -> None:
    for right, total in (judged, specificity, sensitivity):
        if not 0 <= right <= total:
            raise ValueError(f"{right} of {total} is no share")
    if not judged[1] > 0:
        raise ValueError("a share of no scenarios cannot be corrected")


def unusable(*, specificity: Counts, sensitivity: Counts) -> Refused | None:
    """Say why a judge with these errors cannot be corrected for; None where it can."""
    labelled = round(specificity[1] + sensitivity[1])
    if min(specificity[1], sensitivity[1]) < LEAST:
        return Refused(
            f"only {specificity[1]:.0f} negative and {sensitivity[1]:.0f} positive labelled "
            f"answers measure the judge, and {LEAST} of each are needed",
            labelled,
        )
    q0, q1 = specificity[0] / specificity[1], sensitivity[0] / sensitivity[1]
    if q0 + q1 <= 1:
        return Refused(
            f"the judge is no better than chance: specificity {q0:.3f} and sensitivity {q1:.3f} "
            "add up to 1 or less",
            labelled,
        )
    below = (q0 - wilson(*specificity).low) ** 2 + (q1 - wilson(*sensitivity).low) ** 2
    if q0 + q1 - math.sqrt(below) <= 1:
        return Refused(
            f"the judge may be no better than chance: on {labelled} labelled answers the interval "
            f"of specificity {q0:.3f} plus sensitivity {q1:.3f} reaches 1",
            labelled,
        )
    return None


def delta_error(p: float, n: float, *, specificity: Counts, sensitivity: Counts) -> float:
    """Return the standard error by the delta method; too small where q0 or q1 is 1.

    `sqrt(p(1-p)/n + (1-theta)^2 q0(1-q0)/m0 + theta^2 q1(1-q1)/m1) / |q0+q1-1|`.
    Source: Rogan and Gladen 1978; Lee et al. 2025, arXiv 2511.21140.
    """
    q0, q1 = specificity[0] / specificity[1], sensitivity[0] / sensitivity[1]
    theta = min(1.0, max(0.0, (p + q0 - 1) / (q0 + q1 - 1)))
    return _error(p, n, q0, specificity[1], q1, sensitivity[1], theta)


def _error(  # noqa: PLR0913, PLR0917 - the terms of one formula
    p: float, n: float, q0: float, m0: float, q1: float, m1: float, theta: float
) -> float:
    variance = (
        p * (1 - p) / n + (1 - theta) ** 2 * q0 * (1 - q0) / m0 + theta**2 * q1 * (1 - q1) / m1
    )
    return math.sqrt(variance) / abs(q0 + q1 - 1)


def _adjusted(p: float, n: float, negatives: Counts, positives: Counts, *, z: float) -> Interval:
    """Return the interval of Lang and Reiczigel, clipped to [0, 1]."""
    (right0, m0), (right1, m1) = negatives, positives
    p = (n * p + z * z / 2) / (n + z * z)
    q0, q1 = (right0 + 1) / (m0 + 2), (right1 + 1) / (m1 + 2)
    theta = min(1.0, max(0.0, (p + q0 - 1) / (q0 + q1 - 1)))
    shift = 2 * z**2 * (theta * q1 * (1 - q1) / (m1 + 2) - (1 - theta) * q0 * (1 - q0) / (m0 + 2))
    half = z * _error(p, n + z * z, q0, m0 + 2, q1, m1 + 2, theta)
    centre = theta + shift
    return Interval(min(1.0, max(0.0, centre - half)), max(0.0, min(1.0, centre + half)))
