"""Counts as arrays -> coefficients of agreement, one for each of a stack of tables.

A table has a row for each true label and a column for each verdict. Each coefficient is
`1 - disagreement x factor`: the share of answers on which the two differ, relative to what chance
would give by the counts of the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charter.estimates.interval import Interval
from charter.evals.calibration.resample import Floats, figure_of, percentiles


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient; NaN where it is undefined."""

    value: float
    drawn: Interval | None
    """By drawing clusters."""
    factor: float
    """Of the share of disagreement."""


def coefficients_of(  # noqa: PLR0913 - three columns of data, and how to draw
    truths: Sequence[int],
    verdicts: Sequence[int],
    clusters: Sequence[str],
    *,
    labels: int,
    draws: int,
    seed: int,
) -> list[Coefficient]:
    """Return kappa, alpha and AC1 of verdicts against truths."""
    sums = cluster_tables(truths, verdicts, clusters, labels=labels)

    def found(totals: Floats) -> Floats:
        return agreement(totals.reshape(-1, labels, labels))

    whole = sums.sum(axis=0)[None]
    return [
        Coefficient(float(value), drawn, float(factor))
        for value, drawn, factor in zip(
            found(whole)[0],
            percentiles(sums, found, draws=draws, seed=seed),
            _factors(whole.reshape(1, labels, labels))[0],
            strict=True,
        )
    ]


def agreement(tables: Floats) -> Floats:
    """Return kappa, alpha and AC1 of each table; NaN where one is undefined."""
    total = tables.sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        differ = 1 - np.trace(tables, axis1=-2, axis2=-1) / total
    found: Floats = 1 - differ[..., None] * _factors(tables)
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


def _factors(tables: Floats) -> Floats:
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


def coincidence_alpha(said: Sequence[Counter[str]], clusters: Sequence[str]) -> Coefficient:
    """Return Krippendorff's alpha of any number of raters: how often each label was given.

    The factor is that of the share of pairs of labels that differ.
    Source: Krippendorff 2019, Content Analysis, 4th edition, chapter 12.
    """
    names = sorted({label for counts in said for label in counts})
    places = {name: place for place, name in enumerate(sorted(set(clusters)))}
    sums = np.zeros((len(places), len(names), len(names)))
    for each, cluster in zip(said, clusters, strict=True):
        counts = np.array([float(each[name]) for name in names])
        pairs = np.outer(counts, counts) - np.diag(counts)
        sums[places[cluster]] += pairs / (each.total() - 1)
    value, drawn = figure_of(sums, _alpha)
    return Coefficient(value, drawn, float(_alpha_factor(sums.sum(axis=0))))


def _alpha(coincidences: Floats) -> Floats:
    total = coincidences.sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        differ = 1 - np.trace(coincidences, axis1=-2, axis2=-1) / total
    found: Floats = 1 - differ * _alpha_factor(coincidences)
    return found


def _alpha_factor(coincidences: Floats) -> Floats:
    used = coincidences.sum(axis=-1)
    total = used.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = (total**2 - (used**2).sum(axis=-1)) / (total - 1) / total
        found: Floats = 1 / np.where(expected > 1e-12, expected, np.nan)
    return found
