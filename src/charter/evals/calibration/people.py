"""Whether those who labelled agree among themselves: no judge can be held to more than that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charter.evals.calibration.agree import NOTHING, Measured
from charter.evals.calibration.rate import Rate, rate
from charter.evals.calibration.resample import Floats, percentiles

SEPARATOR = "|"
"""Stands between the labels of several raters in a record."""


@dataclass(frozen=True, slots=True)
class People:
    """How far raters agree, on the answers that at least two labelled."""

    raters: int
    answers: int
    """Labelled by two or more."""
    unanimous: Rate
    """Answers on which all who labelled them agree."""
    alpha: Measured
    """Krippendorff's, labels without order, over all raters."""


def people(labels: Sequence[Sequence[str | None]], clusters: Sequence[str]) -> People | None:
    """Return the agreement of raters; a row of labels for each answer, a place for each rater.

    None where no answer was labelled twice. Raters who left an answer out are no disagreement.
    Source: Krippendorff 2019, Content Analysis, 4th edition, chapter 12.
    """
    rows = [
        (Counter(label for label in row if label), cluster)
        for row, cluster in zip(labels, clusters, strict=True)
    ]
    twice = [(said, cluster) for said, cluster in rows if said.total() > 1]
    if not twice:
        return None
    names = sorted({label for said, _ in twice for label in said})
    places = {name: place for place, name in enumerate(sorted({c for _, c in twice}))}
    sums = np.zeros((len(places), len(names) ** 2))
    for said, cluster in twice:
        counts = np.array([float(said[name]) for name in names])
        pairs = np.outer(counts, counts) - np.diag(counts)
        sums[places[cluster]] += (pairs / (said.total() - 1)).ravel()

    def alpha(totals: Floats) -> Floats:
        return _alpha(totals.reshape(-1, len(names), len(names)))[:, None]

    value = float(alpha(sums.sum(axis=0)[None])[0, 0])
    unanimous = rate([len(said) == 1 for said, _ in twice], [cluster for _, cluster in twice])
    found = Measured(value, percentiles(sums, alpha)[0]) if np.isfinite(value) else NOTHING
    return People(max(map(len, labels)), len(twice), unanimous, found)


def raters_of(grade: str) -> tuple[str | None, ...]:
    """Return what each rater said, from the grade of a record; one place for each rater."""
    return tuple(label or None for label in grade.split(SEPARATOR))


def _alpha(coincidences: Floats) -> Floats:
    used = coincidences.sum(axis=-1)
    total = used.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = total - np.trace(coincidences, axis1=-2, axis2=-1)
        expected = (total**2 - (used**2).sum(axis=-1)) / (total - 1)
        found: Floats = 1 - observed / expected
    return np.where(expected > 1e-12, found, np.nan)
