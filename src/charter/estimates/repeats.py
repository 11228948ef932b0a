"""Several replies to each scenario -> two intervals that answer two questions."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from charter.estimates.cluster import clustered_share
from charter.estimates.estimate import THESE, Estimate
from charter.estimates.interval import normal_quantile, wilson


@dataclass(frozen=True, slots=True)
class Repeats:
    """One share with both of its intervals."""

    these: Estimate | None
    """If the same scenarios were asked again; None where none has two replies."""
    like_these: Estimate
    """If other scenarios like them were asked: what a claim about a spec needs."""


def repeats(
    replies: Sequence[Sequence[float]],
    clusters: Sequence[Hashable] | None = None,
    *,
    confidence: float = 0.95,
) -> Repeats:
    """Estimate the mean over scenarios from the outcomes, in [0, 1], of each one's replies.

    *These scenarios*: `V = (sum over i of s_i^2 / K_i) / n^2`, the variance within scenarios
    alone, over those with two replies and standing for the rest; to the sum is added what one
    scenario with one odd reply would give, as no disagreement in few repeats does not mean that
    there is none. Wilson's interval with `p (1 - p) / V` trials. *Scenarios like these*:
    `clustered_share` of the means, which hold the variance within and between.
    Raises ValueError without scenarios, or where one has no reply.
    Source: Miller 2024, arXiv 2411.00640, section 3; that both be told apart: section 2.
    """
    if not replies or not all(replies):
        raise ValueError("every scenario needs a reply, and there must be scenarios")
    means = [min(1.0, math.fsum(outcomes) / len(outcomes)) for outcomes in replies]
    groups: Sequence[Hashable] = range(len(replies)) if clusters is None else clusters
    return Repeats(
        these=_these(replies, means, confidence),
        like_these=clustered_share(
            means, groups, replies=sum(map(len, replies)), confidence=confidence
        ),
    )


def _these(
    replies: Sequence[Sequence[float]], means: Sequence[float], confidence: float
) -> Estimate | None:
    n = len(replies)
    repeated = [(mean, each) for mean, each in zip(means, replies, strict=True) if len(each) > 1]
    if not repeated:
        return None
    spread = [
        math.fsum((outcome - mean) ** 2 for outcome in each) / (len(each) - 1)
        for mean, each in repeated
    ]
    typical = math.fsum(spread) / len(spread)
    within = math.fsum(
        found / len(each) for found, (_, each) in zip(spread, repeated, strict=True)
    ) + math.fsum(typical for each in replies if len(each) == 1)
    total = sum(len(each) for each in replies)
    within += (n / total) ** 2
    share = min(1.0, math.fsum(means) / n)
    inside = share * (1 - share)
    effective = inside * n * n / within if inside > 0 else float(total)
    return Estimate(
        value=share,
        interval=wilson(
            min(share * effective, effective), effective, z=normal_quantile(confidence)
        ),
        method="Wilson, within scenarios",
        population=THESE,
        n=n,
        clusters=n,
        effective=effective,
        confidence=confidence,
    )
