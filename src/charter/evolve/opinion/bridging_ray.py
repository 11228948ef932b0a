"""The factorisation over the workers of a Ray cluster; needs the extra `ray`.

People are sharded. Votes go into Ray's object store once, each shard to one worker, which keeps it
ready; a sweep sends the statements' figures out and each shard's sums back, and these are added in
the order of the shards. With the same `cells` the result is bit for bit that of `factorise`; with
another number of shards only the order of additions differs, and figures agree to about 1e-6 once
both came to rest.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import ray

from charter.errors import ConfigError
from charter.evolve.opinion.bridging import Bridging, assembled, checked
from charter.evolve.opinion.bridging_solve import (
    ENOUGH,
    FACTORS,
    INTERCEPTS,
    MOST_SWEEPS,
    problem_of,
    solve,
)
from charter.evolve.opinion.bridging_start import starts_of
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

LOCAL = "local"
CONNECT_SECONDS = 10.0


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


def factorise_over(  # noqa: PLR0913 - each is one choice of the method, or where it runs
    votes: Votes,
    *,
    address: str = LOCAL,
    workers: int | None = None,
    weights: Floats | None = None,
    intercepts: float = INTERCEPTS,
    factors: float = FACTORS,
    mean: float = 0.0,
    seed: int = 0,
    random: int = 4,
    enough: float = ENOUGH,
    most: int = MOST_SWEEPS,
    cells: int = CELLS,
) -> Bridging:
    """Factorise votes over a cluster; `workers` defaults to its processors.

    A Ray that runs in this process already is used, and left running. Raises ConfigError where
    there is no such cluster, and what `factorise` raises.
    """
    checked(votes, weights)
    mine = not ray.is_initialized()
    if mine:
        _join(address, workers)
    try:
        there: Any = ray.cluster_resources
        number = workers or max(int(there().get("CPU", 1)), 1)
        spread = Spread(parts_of(votes, weights, cells=cells), number)
        problem = problem_of(spread, intercepts=intercepts, factors=factors, mean=mean)
        solved = solve(
            problem, partial(starts_of, seed=seed, random=random), enough=enough, most=most
        )
        return assembled(votes, solved, problem, spread.each(solved.known, problem.ridge))
    finally:
        if mine:
            ray.shutdown()


def _join(address: str, workers: int | None) -> None:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anybody
    options: dict[str, Any] = {"address": address, "log_to_driver": False}
    if address == LOCAL:
        options |= {"include_dashboard": False, "num_cpus": workers}
    try:
        _answers(address)
        ray.init(**options)
    except (ValueError, RuntimeError, OSError, OverflowError) as cause:
        first = (str(cause).splitlines() or [type(cause).__name__])[0][:200]
        raise ConfigError(
            f"{address}: no Ray cluster answers: {first}",
            hint="give the address of a cluster, or `local` for this machine",
        ) from cause


def _answers(address: str) -> None:
    """Raise OSError where nothing listens at an address: Ray itself tries for many minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
