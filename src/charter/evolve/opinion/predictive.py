"""How well groups foretell votes that they were not fitted on: the gain over one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from charter.evolve.opinion.mixture import decided, fit, predicted
from charter.evolve.opinion.votes import Votes

Array: TypeAlias = NDArray[np.float64]

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Foretold:
    """Log probability of each vote for or against when it was held out."""

    rows: NDArray[np.int32]
    """Whose vote."""
    people: int
    logs: dict[int, Array]
    """By number of groups: one entry for each vote."""

    def gain(self, k: int, over: int = 1) -> tuple[float, float]:
        """Return the mean gain per vote of `k` groups over `over`, and its standard error.

        In units of the natural logarithm; votes of one person are taken together for the error.
        """
        apart = self.logs[k] - self.logs[over]
        if not apart.size:
            return 0.0, 0.0
        mean = float(apart.mean())
        sums = np.bincount(self.rows, apart - mean, minlength=self.people)
        return mean, float(np.sqrt((sums**2).sum()) / apart.size)

    def best(self, among: list[int]) -> int:
        """Return the smallest of `among` that is within one standard error of the best of them.

        The error is that of the difference to the best, over people.
        Source: Breiman, Friedman, Olshen and Stone 1984, section 3.4.3 (one standard error).
        """
        top = max(among, key=lambda k: (self.gain(k)[0], -k))
        for k in sorted(among):
            less, error = self.gain(top, k)
            if less <= error:
                return k
        return top


def foretold(votes: Votes, most: int, *, seed: int) -> Foretold:
    """Hold out one vote of five in turn, fit 1 to `most` groups on the rest, foretell what is out.

    Each vote is held out once; whoever cast it is placed by their other votes.
    Source: cross-validated likelihood for mixtures, Smyth 2000, Stat. Comput. 10, 63-72; by cells,
    as Owen and Perry 2009, Ann. Appl. Stat. 3, 564-594.
    """
    given = decided(votes)
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(given))
    logs = {k: np.zeros(len(given)) for k in range(1, most + 1)}
    for each in range(FOLDS):
        out = fold == each
        kept, unseen = _part(given, ~out), _part(given, out)
        for k, found in logs.items():
            found[out] = predicted(kept, unseen, fit(kept, k, seed=seed))
    return Foretold(given.rows, len(given.people), logs)


def _part(votes: Votes, kept: NDArray[np.bool_]) -> Votes:
    return Votes(
        votes.people, votes.items, votes.rows[kept], votes.columns[kept], votes.values[kept]
    )
