"""The factorisation over the workers of a Ray cluster; needs the extra `ray`.

People are sharded. Votes go into Ray's object store once, each shard to one worker, which keeps it
ready; a sweep sends the statements' figures out and each shard's sums back, and these are added in
the order of the shards. With the same `cells` the result is bit for bit that of `factorise`; with
another number of shards only the order of additions differs, and figures agree to about 1e-6 once
both came to rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import numpy as np
import ray

from charter.evolve.opinion.bridging import Bridging, Choices, assembled, checked, solved_on
from charter.evolve.opinion.bridging_sweep import (
    CELLS,
    Floats,
    Part,
    Statements,
    Sums,
    added,
    parts_of,
    people_of,
    shard_of,
    swept,
    turned,
)
from charter.evolve.opinion.votes import Votes
from charter.ray_cluster import LOCAL, joined


class Worker:
    """One process with some of the shards; made on the cluster."""

    def __init__(self, *parts: Part) -> None:
        self.shards = [shard_of(part) for part in parts]

    def facts(self) -> list[tuple[Floats, float]]:
        """Return tallies and weight of people of each shard."""
        return [(shard.tallies, float(shard.weights.sum())) for shard in self.shards]

    def sweep(self, known: Statements, ridge: tuple[float, float]) -> list[Sums]:
        """Solve people and add up, shard by shard."""
        return [swept(shard, known, ridge) for shard in self.shards]

    def turn(self, known: Statements, ridge: tuple[float, float], of: Floats) -> list[Floats]:
        """Turn directions, shard by shard."""
        return [turned(shard, known, ridge, of) for shard in self.shards]

    def people(self, known: Statements, ridge: tuple[float, float]) -> list[tuple[Floats, Floats]]:
        """Return intercepts and factors of people, shard by shard."""
        return [people_of(shard, known, ridge)[:2] for shard in self.shards]


class Spread:
    """Votes on the workers of a cluster."""

    def __init__(self, parts: Sequence[Part], workers: int) -> None:
        stored = [ray.put(part) for part in parts]
        remote: Any = ray.remote(num_cpus=1)(Worker)
        number = max(1, min(workers, len(parts)))
        self.workers = [remote.remote(*stored[at::number]) for at in range(number)]
        facts = self._all("facts")
        self._tallies: Floats = np.asarray(sum(tallies for tallies, _ in facts))
        self._people = float(sum(weight for _, weight in facts))

    @property
    def tallies(self) -> Floats:
        """Return tallies of all shards."""
        return self._tallies

    @property
    def people(self) -> float:
        """Return the weight of all people who voted."""
        return self._people

    def sweep(self, known: Statements, ridge: tuple[float, float]) -> Sums:
        """Solve all people and add up what statements need of them."""
        return added(self._all("sweep", known, ridge))

    def turn(self, known: Statements, ridge: tuple[float, float], of: Floats) -> Floats:
        """Turn directions on all shards."""
        return np.asarray(sum(self._all("turn", known, ridge, of)))

    def each(self, known: Statements, ridge: tuple[float, float]) -> tuple[Floats, Floats]:
        """Return intercepts and factors of all people."""
        found = self._all("people", known, ridge)
        x, y = (np.concatenate([each[at] for each in found]) for at in (0, 1))
        return x, y

    def _all(self, method: str, *given: Any) -> list[Any]:
        """Call all workers; what they say of their shards, in the order of the shards."""
        said = ray.get([getattr(worker, method).remote(*given) for worker in self.workers])
        number = len(said)
        total = sum(map(len, said))
        return [said[at % number][at // number] for at in range(total)]


def factorise_over(
    votes: Votes,
    *,
    address: str = LOCAL,
    workers: int | None = None,
    weights: Floats | None = None,
    cells: int = CELLS,
    **choices: Unpack[Choices],
) -> Bridging:
    """Factorise votes over a cluster; `workers` defaults to its processors.

    A Ray that runs in this process already is used, and left running. Raises ConfigError where
    there is no such cluster, and what `factorise` raises.
    """
    checked(votes, weights)
    with joined(address, workers) as number:
        spread = Spread(parts_of(votes, weights, cells=cells), number)
        problem, solved = solved_on(spread, **choices)
        return assembled(votes, solved, problem, spread.each(solved.known, problem.ridge))
