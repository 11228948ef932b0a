"""Judge against people: every coefficient of agreement from one table of counts.

A table has a row for each true label and a column for each verdict. Stacks of tables are taken as
well, so that a bootstrap is one call. Each coefficient is `1 - disagreement x scale`: the share of
answers on which the two differ, relative to what chance would give by the counts of the table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charter.evals.calibration.rate import rate
from charter.evals.calibration.resample import DRAWS, SEED, Floats, percentiles
from charter.evals.estimates.interval import Interval


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with its 95 % interval."""

    value: float | None
    """None where it is undefined, e.g. with all answers and all verdicts alike."""
    interval: Interval | None


NOTHING = Measured(None, None)


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
    sums = cluster_tables(truths, verdicts, clusters, labels=labels)

    def found(totals: Floats) -> Floats:
        return agreement(totals.reshape(-1, labels, labels))

    whole = sums.sum(axis=0)
    table = whole.reshape(1, labels, labels)
    agreed = [one == other for one, other in zip(truths, verdicts, strict=True)]
    exact = rate(agreed, clusters).interval
    values, by_draws = found(whole[None])[0], percentiles(sums, found, draws=draws, seed=seed)
    return Coefficients(
        *(
            _measured(float(value), drawn, exact, float(factor))
            for value, drawn, factor in zip(values, by_draws, _scales(table)[0], strict=True)
        )
    )


def agreement(tables: Floats) -> Floats:
    """Return kappa, alpha and AC1 of each table; NaN where one is undefined."""
    total = tables.sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        differ = 1 - np.trace(tables, axis1=-2, axis2=-1) / total
    found: Floats = 1 - differ[..., None] * _scales(tables)
    return found


def cluster_tables(
    truths: Sequence[int], verdicts: Sequence[int], clusters: Sequence[str], *, labels: int
) -> Floats:
    """Return one flattened table for each cluster, in the order of their names."""
    places = {name: place for place, name in enumerate(sorted(set(clusters)))}
    found = np.zeros((len(places), labels * labels))
    for truth, verdict, cluster in zip(truths, verdicts, clusters, strict=True):
        found[places[cluster], truth * labels + verdict] += 1
    return found


def _scales(tables: Floats) -> Floats:
    """Return what each coefficient divides the share of disagreement by, as factors."""
    total = tables.sum(axis=(-2, -1))
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_kappa = 1 - (rows * columns).sum(axis=-1) / total**2
        used = rows + columns
        unlike = (2 * total) ** 2 - (used**2).sum(axis=-1)
        by_alpha = unlike / (2 * total - 1) / (2 * total)
        shares = used / (2 * total[..., None])
        by_ac1 = 1 - (shares * (1 - shares)).sum(axis=-1) / (tables.shape[-1] - 1)
        stacked = np.stack([by_kappa, by_alpha, by_ac1], axis=-1)
        found: Floats = 1 / np.where(stacked > 1e-12, stacked, np.nan)
    return found


def _measured(
    value: float, drawn: Interval | None, exact: Interval | None, factor: float
) -> Measured:
    if not math.isfinite(value) or exact is None:
        return NOTHING
    low, high = (1 - (1 - end) * factor for end in (exact.low, exact.high))
    if drawn is not None:
        low, high = min(low, drawn.low), max(high, drawn.high)
    return Measured(value, Interval(max(-1.0, low), min(1.0, high)))
