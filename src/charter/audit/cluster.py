"""Logs under a policy -> totals, over the workers of a Ray cluster; needs the extra `ray`.

A Parquet file is read by the workers themselves, each its own ranges of rows, so it must lie where
all of them see it. Other files are read here, and the rows are sent. The totals are put together in
the order of the rows, and are those that one machine would give.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import ray
from ray.util import ActorPool

from charter.audit.auditor import Auditor
from charter.audit.logs import Logs
from charter.audit.row import Terms
from charter.audit.run import chosen, total
from charter.audit.totals import LISTED, Totals
from charter.policy.compiled.export import export_policy
from charter.policy.compiled.restore import load_policy_json
from charter.policy.policy import Policy
from charter.ray_cluster import LOCAL, joined

SHARD = 500_000
"""Rows of one range of a Parquet file."""
MOST_WORKERS = 10_000


class Worker:
    """One process that decides; made on the cluster."""

    def __init__(self, policy: str, terms: Terms) -> None:
        self.auditor = Auditor(load_policy_json(policy), terms)

    def rows(
        self, logs: Logs, start: int, stop: int, listed: int, sample: frozenset[int] | None
    ) -> Totals:
        """Decide on a range of rows of a file."""
        frames = logs.frames(self.auditor.flagged, start, stop)
        return total(self.auditor, chosen(frames, sample), listed=listed)

    def frame(self, frame: pl.DataFrame, listed: int) -> Totals:
        """Decide on rows that were sent."""
        return total(self.auditor, [frame], listed=listed)


def audit_over(  # noqa: PLR0913 - what is decided, by what, where
    policy: Policy,
    terms: Terms,
    logs: Logs,
    *,
    address: str = LOCAL,
    workers: int | None = None,
    listed: int = LISTED,
    sample: frozenset[int] | None = None,
    shard: int = SHARD,
) -> Totals:
    """Decide on every row of a log, over a cluster; `workers` defaults to its processors.

    Raises ConfigError where there is no such cluster, ParseError and StorageError.
    """
    with joined(address, workers) as number:
        remote: Any = ray.remote(num_cpus=1)(Worker)
        given = ray.put(json.dumps(export_policy(policy)))
        pool = ActorPool([remote.remote(given, terms) for _ in range(min(number, MOST_WORKERS))])
        found = Totals(listed)
        for part in _parts(pool, logs, listed, sample, shard, 2 * number):
            found.join(part)
        return found


def _parts(  # noqa: PLR0913, PLR0917 - the same
    pool: Any, logs: Logs, listed: int, sample: frozenset[int] | None, shard: int, ahead: int
) -> Iterator[Totals]:
    """Yield the totals of all parts in order; so many at most are under way."""
    under_way = 0
    for task in _tasks(logs, listed, sample, shard):
        pool.submit(_call, task)
        under_way += 1
        if under_way >= ahead:
            yield pool.get_next()
            under_way -= 1
    while pool.has_next():
        yield pool.get_next()


def _call(worker: Any, task: tuple[str, tuple[Any, ...]]) -> Any:
    method, given = task
    return getattr(worker, method).remote(*given)


def _tasks(
    logs: Logs, listed: int, sample: frozenset[int] | None, shard: int
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if logs.form != "parquet":
        for frame in chosen(logs.frames(), sample):
            yield "frame", (frame, listed)
        return
    rows = logs.count()
    for start in range(0, rows, shard):
        stop = min(start + shard, rows)
        part = None if sample is None else frozenset(n for n in sample if start <= n < stop)
        yield "rows", (logs, start, stop, listed, part)
