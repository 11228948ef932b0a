"""Estimates of the parts of a row -> the estimate of the row."""

from __future__ import annotations

import math
from collections.abc import Sequence

from charter.estimates.estimate import Corrected, Estimate
from charter.estimates.interval import Interval, normal_quantile


def stratified(parts: Sequence[tuple[float, Estimate]], *, correlation: float = 0.0) -> Estimate:
    """Return the weighted mean of parts whose weights are fixed, such as sections of one suite.

    The interval is put together from those of the parts,
    `theta - sqrt(sum of (w_i (theta_i - l_i))^2)` and likewise above, so that it keeps their
    shape near 0 and 1; `correlation` is that between any two parts, above 0 where they share
    clusters. It speaks of a population that is made up of the parts as this one is.
    A corrected part makes the whole a `Corrected`; a part alone is returned as it is.
    Raises ValueError without parts, for weights that are not positive, a correlation outside of
    [0, 1], and parts that speak of different populations or confidences.
    Source: Zou and Donner 2008, Stat. Med. 27, 1693-1702 (MOVER); correlated: Zou 2007, Psychol.
    Methods 12, 399-413.
    """
    if len(parts) == 1:
        return parts[0][1]
    total = math.fsum(weight for weight, _ in parts)
    if not parts or not all(weight > 0 for weight, _ in parts):
        raise ValueError("parts with positive weights are needed")
    weights = [weight / total for weight, _ in parts]
    return _joined([part for _, part in parts], weights, Interval(0.0, 0.0), correlation)


def mixed(
    first: Estimate, second: Estimate, share: Estimate, *, correlation: float = 0.0
) -> Estimate:
    """Return the mean over scenarios of two kinds, where chance decides which kind one is.

    `W first + (1 - W) second` with the share W of the first kind. As `stratified`, and the
    length `|first - second|` times that of W's interval is added as one more part: what checks
    decide, and what stays undecided, varies with the scenarios that are drawn.
    Raises ValueError for estimates of different populations or confidences.
    Source: see `stratified`; that both parts add up to the variance of a plain share: the law of
    total variance.
    """
    weight, apart = share.value, first.value - second.value
    lengths = (weight - share.interval.low, share.interval.high - weight)
    less, more = lengths if apart >= 0 else lengths[::-1]
    moved = Interval(abs(apart) * less, abs(apart) * more)
    return _joined([first, second], [weight, 1 - weight], moved, correlation)


def constant(value: float, like: Estimate, *, n: int, method: str) -> Estimate:
    """Return a known value as an estimate, such as 0 for what counts as a violation."""
    return Estimate(
        value=value,
        interval=Interval(value, value),
        method=method,
        population=like.population,
        n=n,
        clusters=n,
        effective=n,
        confidence=like.confidence,
    )


def _joined(
    parts: Sequence[Estimate], weights: Sequence[float], moved: Interval, correlation: float
) -> Estimate:
    """Return the weighted mean; `moved` holds further lengths below and above."""
    if len({(part.population, part.confidence) for part in parts}) != 1:
        raise ValueError("parts that speak of one population with one confidence are needed")
    if not 0 <= correlation <= 1:
        raise ValueError(f"a correlation of clusters lies in [0, 1], not {correlation}")
    pairs = list(zip(weights, parts, strict=True))
    value = math.fsum(weight * part.value for weight, part in pairs)
    below = [weight * (part.value - part.interval.low) for weight, part in pairs]
    above = [weight * (part.interval.high - part.value) for weight, part in pairs]
    low = value - math.hypot(_length(below, correlation), moved.low)
    high = value + math.hypot(_length(above, correlation), moved.high)
    if all(part.interval.low >= 0 and part.interval.high <= 1 for part in parts):
        low, high = max(0.0, low), min(1.0, high)
    n = sum(part.n for part in parts)
    error = (high - low) / (2 * normal_quantile(parts[0].confidence))
    effective = value * (1 - value) / error**2 if error > 0 else n
    found = Estimate(
        value=value,
        interval=Interval(low, high),
        method=" + ".join(dict.fromkeys(part.method for part in parts)),
        population=parts[0].population,
        n=n,
        clusters=sum(part.clusters for part in parts),
        effective=min(float(n), max(effective, 0.0)),
        confidence=parts[0].confidence,
    )
    if not any(isinstance(part, Corrected) for part in parts):
        return found
    raw = math.fsum(
        weight * (part.raw if isinstance(part, Corrected) else part.value) for weight, part in pairs
    )
    labelled = sum(part.labelled for part in parts if isinstance(part, Corrected))
    return corrected(found, raw=raw, labelled=labelled)


def corrected(estimate: Estimate, *, raw: float, labelled: int) -> Corrected:
    """Return an estimate with what the judge found, and on how many labels it rests."""
    return Corrected(
        value=estimate.value,
        interval=estimate.interval,
        method=estimate.method,
        population=estimate.population,
        n=estimate.n,
        clusters=estimate.clusters,
        effective=estimate.effective,
        confidence=estimate.confidence,
        raw=raw,
        labelled=labelled,
    )


def _length(lengths: Sequence[float], correlation: float) -> float:
    """Return the length of the sum of vectors at equal angles to each other."""
    squares = math.fsum(length * length for length in lengths)
    crossed = math.fsum(lengths) ** 2 - squares
    return math.sqrt(max(0.0, squares + correlation * crossed))
