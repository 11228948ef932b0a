"""How far two raters of the same items agree, beyond what chance would give."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from charter.estimates.interval import Interval

Metric: TypeAlias = Literal["nominal", "ordinal", "interval"]
"""How far two labels lie apart: any two equally, by ranks in use, or by squared difference."""

_Item = TypeVar("_Item")

DRAWS = 2000
"""Of a bootstrap: enough for bounds that move by less than the last digit shown."""


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


def krippendorff_alpha(
    ratings: Sequence[Sequence[str | float | None]], metric: Metric = "nominal"
) -> float:
    """Return Krippendorff's alpha: one row for each item, one label for each rater, None for none.

    `1 - Do/De`: what pairs of labels of one item differ, over what any two labels differ. Items
    with fewer than two labels tell nothing. Ordinal and interval labels are numbers, or
    texts of numbers. NaN when there is no pair, or only one label throughout.
    Raises ValueError for a label that is no number where one is needed.
    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability.
    """
    rows = [[label for label in row if label is not None] for row in ratings]
    rows = [row for row in rows if len(row) > 1]
    values = sorted({_label(label, metric) for row in rows for label in row})
    together: dict[tuple[_Value, _Value], float] = {}
    for row in rows:
        labels = [_label(label, metric) for label in row]
        for i, one in enumerate(labels):
            for j, other in enumerate(labels):
                if i != j:
                    weight = together.get((one, other), 0.0) + 1 / (len(labels) - 1)
                    together[one, other] = weight
    totals = {
        value: math.fsum(together.get((value, other), 0.0) for other in values) for value in values
    }
    n = math.fsum(totals.values())
    apart = _apart(values, totals, metric)
    observed = math.fsum(count * apart(*pair) for pair, count in together.items()) / n if n else 0
    expected = math.fsum(
        totals[one] * totals[other] * apart(one, other) for one in values for other in values
    )
    if n <= 1 or expected <= 0:
        return math.nan
    return 1 - observed / (expected / (n * (n - 1)))


def gwet_ac1(first: Sequence[str], second: Sequence[str]) -> float:
    """Return Gwet's AC1 of two raters: steady where nearly all labels are the same.

    `(po - pe) / (1 - pe)` with `pe = sum of pi_k (1 - pi_k) / (K - 1)` and pi_k the mean share of
    label k. 1 where both use one and the same label throughout, unlike kappa.
    Raises ValueError when the lengths differ or there are no items.
    Source: Gwet 2008, Br. J. Math. Stat. Psychol. 61, 29-48.
    """
    if len(first) != len(second) or not first:
        raise ValueError("two raters need the same, non-zero number of labels")
    n = len(first)
    used = Counter(first) + Counter(second)
    if len(used) < 2:
        return 1.0
    observed = sum(one == other for one, other in zip(first, second, strict=True)) / n
    shares = [count / (2 * n) for count in used.values()]
    expected = math.fsum(share * (1 - share) for share in shares) / (len(used) - 1)
    return (observed - expected) / (1 - expected)


def bootstrap(  # noqa: PLR0913 - what is drawn, and how
    items: Sequence[_Item],
    statistic: Callable[[Sequence[_Item]], float],
    *,
    clusters: Sequence[Hashable] | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = 0.95,
) -> Interval:
    """Return the percentile interval of a statistic over items drawn again with replacement.

    With `clusters`, whole clusters are drawn. Draws in which the statistic is NaN are left out; the
    bounds are NaN when all are. The same seed gives the same interval on every machine.
    Raises ValueError without items, or where one has no cluster.
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    if not items or (clusters is not None and len(clusters) != len(items)):
        raise ValueError("there must be items, and every one needs its cluster")
    import numpy as np  # noqa: PLC0415 - slow to import, and not all verbs need it

    groups: dict[Hashable, list[_Item]] = {}
    for place, item in enumerate(items):
        groups.setdefault(place if clusters is None else clusters[place], []).append(item)
    drawn_from = list(groups.values())
    random = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        drawn = random.integers(0, len(drawn_from), len(drawn_from)).tolist()
        value = statistic([item for place in drawn for item in drawn_from[place]])
        if not math.isnan(value):
            found.append(value)
    if not found:
        return Interval(math.nan, math.nan)
    tail = (1 - confidence) / 2
    low, high = np.quantile(found, [tail, 1 - tail]).tolist()
    return Interval(low, high)


_Value: TypeAlias = str | float


def _label(label: str | float, metric: Metric) -> _Value:
    if metric == "nominal":
        return str(label)
    number = float(label)
    if not math.isfinite(number):
        raise ValueError(f"{label!r} is no number to measure a distance with")
    return number


def _apart(
    values: Sequence[_Value], totals: dict[_Value, float], metric: Metric
) -> Callable[[_Value, _Value], float]:
    """Return the squared distance of two labels."""
    if metric == "nominal":
        return lambda one, other: float(one != other)
    if metric == "interval":
        return lambda one, other: (float(str(one)) - float(str(other))) ** 2
    places: dict[_Value, float] = {}
    below = 0.0
    for value in values:  # the middle of each label's ranks
        places[value] = below + totals[value] / 2
        below += totals[value]
    return lambda one, other: (places[one] - places[other]) ** 2


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
