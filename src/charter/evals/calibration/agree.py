"""Judge against people: how far they agree beyond what chance would give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from charter.estimates.interval import Interval
from charter.evals.calibration.draws import DRAWS, SEED
from charter.evals.calibration.rate import rate


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with its 95 % interval."""

    value: float | None
    """None where it is undefined, e.g. with all answers and all verdicts alike."""
    interval: Interval | None


NOTHING = Measured(None, None)


def measured(value: float, interval: Interval | None) -> Measured:
    """Return a figure; NaN is none."""
    return Measured(value, interval) if math.isfinite(value) else NOTHING


@dataclass(frozen=True, slots=True)
class Coefficients:
    """How far judge and people agree beyond chance, three ways."""

    kappa: Measured
    """Cohen 1960, Educ. Psychol. Meas. 20, 37-46."""
    alpha: Measured
    """Krippendorff 2019, Content Analysis, 4th edition, chapter 12; labels without order."""
    ac1: Measured
    """Gwet 2008, Br. J. Math. Stat. Psychol. 61, 29-48: stays useful where one label is rare."""


def coefficients(  # noqa: PLR0913 - three columns of data, and how to draw
    truths: Sequence[int],
    verdicts: Sequence[int],
    clusters: Sequence[str],
    *,
    labels: int,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Coefficients:
    """Return the agreement of verdicts with truths, both as places among `labels` labels.

    Each interval is the wider, at either end, of two: the percentile bootstrap over clusters,
    and the exact interval of the share of agreement, put through the formula of the coefficient.
    The bootstrap alone claims too much where few answers were judged wrongly: with 2 errors
    expected among 200 answers its lower end is too high in 14 % of cases, in place of 2.5 %.
    """
    if not truths:
        return Coefficients(NOTHING, NOTHING, NOTHING)
    from charter.evals.calibration.tables import coefficients_of  # noqa: PLC0415 - brings numpy

    agreed = [one == other for one, other in zip(truths, verdicts, strict=True)]
    exact = rate(agreed, clusters).interval
    found = coefficients_of(truths, verdicts, clusters, labels=labels, draws=draws, seed=seed)
    return Coefficients(*(widened(one.value, one.drawn, exact, one.factor) for one in found))


def widened(
    value: float, drawn: Interval | None, exact: Interval | None, factor: float
) -> Measured:
    """Return `1 - disagreement x factor` with the wider of two intervals, at either end.

    `drawn` is its own by drawing clusters, `exact` that of the share of agreement.
    """
    if not math.isfinite(value) or exact is None:
        return NOTHING
    low, high = (1 - (1 - end) * factor for end in (exact.low, exact.high))
    if drawn is not None:
        low, high = min(low, drawn.low), max(high, drawn.high)
    return Measured(value, Interval(max(-1.0, low), min(1.0, high)))
