"""Values of people, each once, with weights -> a mean or share with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

from charter.estimates.interval import normal_quantile, t_quantile, wilson
from charter.evolve.results.results import Figure

CONFIDENCE = 0.95


def effective(weights: Sequence[float]) -> float:
    """Return `(sum w)^2 / sum w^2`. Source: Kish 1965, Survey Sampling, section 11.7."""
    return math.fsum(weights) ** 2 / math.fsum(weight * weight for weight in weights)


def share_of(values: Sequence[float], weights: Sequence[float]) -> Figure:
    """Return the weighted mean of values in [0, 1] with Wilson's interval on the effective number.

    Of values between 0 and 1 it is wider than it need be: none has more variance than a yes or no.
    """
    number = effective(weights)
    mean = math.fsum(v * w for v, w in zip(values, weights, strict=True)) / math.fsum(weights)
    mean = min(1.0, max(0.0, mean))
    bounds = wilson(mean * number, number, z=normal_quantile(CONFIDENCE))
    return Figure(mean, bounds.low, bounds.high)


def mean_of(values: Sequence[float], weights: Sequence[float]) -> Figure:
    """Return the weighted mean of any values with a t interval; none where all are the same.

    Variance: `n / (n - 1) * sum w^2 (v - mean)^2 / (sum w)^2`, the linearised one.
    Source: Saerndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, section 5.7.
    """
    total, n = math.fsum(weights), len(values)
    mean = math.fsum(v * w for v, w in zip(values, weights, strict=True)) / total
    spread = math.fsum((w * (v - mean)) ** 2 for v, w in zip(values, weights, strict=True))
    if n < 2 or spread <= 0:
        return Figure(mean, None, None)
    half = t_quantile(CONFIDENCE, n - 1) * math.sqrt(n / (n - 1) * spread) / total
    return Figure(mean, mean - half, mean + half)
