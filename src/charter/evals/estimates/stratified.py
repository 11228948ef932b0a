"""Estimates of the parts of a row -> the estimate of the row."""

from __future__ import annotations

import math
from collections.abc import Sequence

from charter.evals.estimates.estimate import Corrected, Estimate
from charter.evals.estimates.interval import Interval, normal_quantile


def stratified(
    parts: Sequence[tuple[float, Estimate]], *, correlation: float = 0.0
) -> Estimate:
    """Return the weighted mean of parts, such as what checks decided and what a judge did.

    Weights are the numbers of scenarios. The interval is put together from those of the parts,
    `theta - sqrt(sum of (w_i (theta_i - l_i))^2)` and likewise above, so that it keeps their
    shape near 0 and 1; `correlation` is that between any two parts, above 0 where they share
    clusters. It holds for a population that is made up of the parts as this one is.
    A corrected part makes the whole a `Corrected`; a part alone is returned as it is.
    Raises ValueError without parts, for weights that are not positive, a correlation outside of
    [0, 1], and parts that speak of different populations or confidences.
    Source: Zou and Donner 2008, Stat. Med. 27, 1693-1702 (MOVER); correlated: Zou 2007, Psychol.
    Methods 12, 399-413.
    """
    kinds = {(part.population, part.confidence) for _, part in parts}
    if len(kinds) != 1 or not all(weight > 0 for weight, _ in parts) or not 0 <= correlation <= 1:
        raise ValueError("parts of one population with positive weights are needed")
    if len(parts) == 1:
        return parts[0][1]
    total = math.fsum(weight for weight, _ in parts)
    value = math.fsum(weight * part.value for weight, part in parts) / total
    below = [weight / total * (part.value - part.interval.low) for weight, part in parts]
    above = [weight / total * (part.interval.high - part.value) for weight, part in parts]
    interval = Interval(value - _length(below, correlation), value + _length(above, correlation))
    first = parts[0][1]
    n = sum(part.n for _, part in parts)
    z = normal_quantile(first.confidence)
    error = (interval.high - interval.low) / (2 * z)
    merged = Estimate(
        value=value,
        interval=interval,
        method="; ".join(dict.fromkeys(part.method for _, part in parts)) + ", combined",
        population=first.population,
        n=n,
        clusters=sum(part.clusters for _, part in parts),
        effective=min(float(n), value * (1 - value) / error**2) if error > 0 else float(n),
        confidence=first.confidence,
    )
    if not any(isinstance(part, Corrected) for _, part in parts):
        return merged
    return _corrected(merged, parts, total)


def _corrected(
    merged: Estimate, parts: Sequence[tuple[float, Estimate]], total: float
) -> Corrected:
    raw = math.fsum(
        weight * (part.raw if isinstance(part, Corrected) else part.value)
        for weight, part in parts
    )
    return Corrected(
        value=merged.value,
        interval=merged.interval,
        method=merged.method,
        population=merged.population,
        n=merged.n,
        clusters=merged.clusters,
        effective=merged.effective,
        confidence=merged.confidence,
        raw=raw / total,
        labelled=sum(part.labelled for _, part in parts if isinstance(part, Corrected)),
    )


def _length(lengths: Sequence[float], correlation: float) -> float:
    """Return the length of the sum of vectors at equal angles to each other."""
    squares = math.fsum(length * length for length in lengths)
    crossed = math.fsum(lengths) ** 2 - squares
    return math.sqrt(max(0.0, squares + correlation * crossed))
