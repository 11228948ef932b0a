"""Leans of verdicts as arrays: 1 where a judge is too kind, -1 where it is too harsh."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from charter.evals.calibration.resample import Figure, Floats, figure_of


class Leaning(NamedTuple):
    """One decided answer."""

    cluster: str
    truth: str
    characters: int
    third: int
    """By length, among the answers with its truth."""
    lean: int


def by_length(answers: Sequence[Leaning]) -> tuple[Figure, Figure]:
    """Return the slope of the lean for twice the length, and longest less shortest third."""
    truths = {truth: place for place, truth in enumerate(sorted({a.truth for a in answers}))}
    clusters = {name: place for place, name in enumerate(sorted({a.cluster for a in answers}))}
    slopes = np.zeros((len(clusters), len(truths), 5))
    thirds = np.zeros((len(clusters), len(truths), 3, 2))
    for answer in answers:
        at, truth = clusters[answer.cluster], truths[answer.truth]
        x, e = math.log2(max(1, answer.characters)), answer.lean
        slopes[at, truth] += (1, x, x * x, e, x * e)
        thirds[at, truth, answer.third] += (1, e)
    return figure_of(slopes, _slope), figure_of(thirds, _difference)


def mean_of(values: Sequence[tuple[str, int]]) -> Figure:
    """Return the mean of (cluster, value) pairs."""
    clusters = {name: place for place, name in enumerate(sorted({name for name, _ in values}))}
    sums = np.zeros((len(clusters), 2))
    for cluster, value in values:
        sums[clusters[cluster]] += (1, value)
    return figure_of(sums, _mean)


def _slope(sums: Floats) -> Floats:
    """Return the common slope within truths: least squares with an intercept for each."""
    n, x, xx, e, xe = (sums[..., place] for place in range(5))
    with np.errstate(divide="ignore", invalid="ignore"):
        across = np.where(n > 0, xe - x * e / n, 0.0).sum(axis=-1)
        along = np.where(n > 0, xx - x * x / n, 0.0).sum(axis=-1)
        found: Floats = across / np.where(along > 1e-9, along, np.nan)
    return found


def _difference(sums: Floats) -> Floats:
    """Return longest less shortest third within each truth, weighted by the answers of each."""
    counts, leans = sums[..., 0], sums[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = leans / counts
        differences = means[..., 2] - means[..., 0]
        weights = np.where(np.isfinite(differences), counts.sum(axis=-1), 0.0)
        total = np.where(weights > 0, weights * np.nan_to_num(differences), 0.0).sum(axis=-1)
        found: Floats = total / weights.sum(axis=-1)
    return found


def _mean(sums: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = sums[..., 1] / sums[..., 0]
    return found
