"""Counts of many clauses -> rates drawn towards each other, for ranking only."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

STRONGEST = 1000.0
"""Prior scenarios at most: clauses that do not differ more than chance are all but the same."""
WEAKEST = 0.5


@dataclass(frozen=True, slots=True)
class Prior:
    """A beta distribution of the rates of clauses: what is expected of one not yet measured."""

    a: float
    """Scenarios that adhered, as it were, before any was asked."""
    b: float
    clauses: int
    """It was fitted on."""

    @property
    def mean(self) -> float:
        """The rate expected of an unmeasured clause."""
        return self.a / (self.a + self.b)


def fit_beta(counts: Sequence[tuple[float, float]]) -> Prior:
    """Fit the prior to (adhered, scenarios) of each clause, by marginal likelihood.

    The sum of log B(a + k, b + n - k) - log B(a, b) is maximised over the mean and a + b, the
    latter between `WEAKEST` and `STRONGEST`, the former within what half a failure and half
    a success more allow: so that all clauses passing, or all rates equal, give a prior too. Without
    any scenario it is Beta(1, 1). Raises ValueError for counts that are none.
    Source: Skellam 1948, J. R. Stat. Soc. B 10, 257-261; as empirical Bayes: Casella 1985, Am.
    Stat. 39, 83-87.
    """
    if not all(0 <= k <= n for k, n in counts):
        raise ValueError("successes lie between 0 and the number of scenarios")
    used = Counter((k, n) for k, n in counts if n > 0)
    total = math.fsum(n * times for (_, n), times in used.items())
    if not total:
        return Prior(1.0, 1.0, 0)
    margin = 0.5 / (total + 1)
    low, high = (margin, WEAKEST), (1 - margin, STRONGEST)
    mean, size = _highest(used, low, high)
    return Prior(mean * size, (1 - mean) * size, sum(used.values()))


def shrunk(adhered: float, scenarios: float, prior: Prior) -> float:
    """Return the posterior mean `(a + k) / (a + b + n)`: 3 of 3 under Beta(9, 1) is 0.923077.

    Use it to rank clauses, never to state or gate on a rate: it is biased towards the others.
    """
    return (prior.a + adhered) / (prior.a + prior.b + scenarios)


def _highest(
    counts: Counter[tuple[float, float]], low: tuple[float, float], high: tuple[float, float]
) -> tuple[float, float]:
    """Return mean and size of the largest likelihood, by a grid that closes in on it."""
    import numpy as np  # noqa: PLC0415 - slow to import, and not all verbs need it
    from scipy import special  # noqa: PLC0415 - the same

    k, n, times = (
        np.array(part) for part in zip(*((*c, t) for c, t in counts.items()), strict=True)
    )

    def to_logit(p: float) -> float:
        return math.log(p / (1 - p))

    box = [(to_logit(low[0]), to_logit(high[0])), (math.log(low[1]), math.log(high[1]))]
    mean, size = 0.5, 1.0
    for _ in range(6):
        axes = [np.linspace(start, end, 25) for start, end in box]
        means = 1 / (1 + np.exp(-axes[0]))[:, None, None]
        sizes = np.exp(axes[1])[None, :, None]
        a, b = means * sizes, (1 - means) * sizes
        likelihood = (times * (special.betaln(a + k, b + n - k) - special.betaln(a, b))).sum(-1)
        at = np.unravel_index(likelihood.argmax(), likelihood.shape)
        mean, size = float(means[at[0], 0, 0]), float(sizes[0, at[1], 0])
        box = [
            (float(axis[max(0, i - 2)]), float(axis[min(len(axis) - 1, i + 2)]))
            for axis, i in zip(axes, at, strict=True)
        ]
    return mean, size
