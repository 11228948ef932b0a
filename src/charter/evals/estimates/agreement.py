"""How far two raters of the same items agree, beyond what chance would give."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cohen's kappa of two raters with its standard error."""

    items: int
    agreements: int
    """Items on which both gave the same label."""
    kappa: float
    """1 is perfect, 0 what chance gives; NaN when both use one and the same label throughout."""
    standard_error: float
    """Large-sample error of `kappa`; NaN where `kappa` is."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts of a yes-or-no test against the truth."""

    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int

    @property
    def sensitivity(self) -> float:
        """Share of true positives that were found; NaN when there are none."""
        return _share(self.true_positive, self.true_positive + self.false_negative)

    @property
    def specificity(self) -> float:
        """Share of true negatives that were left alone; NaN when there are none."""
        return _share(self.true_negative, self.true_negative + self.false_positive)


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Return the agreement of two raters who labelled the same items in the same order.

    `kappa = (po - pe) / (1 - pe)` with `pe = sum of p_k * q_k` over the labels.
    Raises ValueError when the lengths differ or there are no items.
    Source: Cohen 1960, Educ. Psychol. Meas. 20, 37-46; standard error: Fleiss, Cohen and
    Everitt 1969, Psychol. Bull. 72, 323-327.
    """
    if len(first) != len(second) or not first:
        raise ValueError("two raters need the same, non-zero number of labels")
    n = len(first)
    cells = Counter(zip(first, second, strict=True))
    rows, columns = Counter(first), Counter(second)
    labels = sorted(rows | columns)
    agreements = sum(cells[label, label] for label in labels)
    observed = agreements / n
    expected = sum(rows[label] * columns[label] for label in labels) / (n * n)
    if expected >= 1:
        return Agreement(n, agreements, math.nan, math.nan)
    kappa = (observed - expected) / (1 - expected)
    on_diagonal = sum(
        cells[label, label] / n * (1 - (rows[label] + columns[label]) / n * (1 - kappa)) ** 2
        for label in labels
    )
    off_diagonal = (1 - kappa) ** 2 * sum(
        count / n * ((columns[one] + rows[other]) / n) ** 2
        for (one, other), count in cells.items()
        if one != other
    )
    rest = (kappa - expected * (1 - kappa)) ** 2
    variance = max(0.0, on_diagonal + off_diagonal - rest) / (n * (1 - expected) ** 2)
    return Agreement(n, agreements, kappa, math.sqrt(variance))


def confusion(truth: Sequence[bool], found: Sequence[bool]) -> Confusion:
    """Count how a test did against the truth. Raises ValueError when the lengths differ."""
    pairs = Counter(zip(truth, found, strict=True))
    return Confusion(pairs[True, True], pairs[True, False], pairs[False, True], pairs[False, False])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
