"""Counters of one replica, as Prometheus text.

Counting is an addition to a dictionary on the event loop's thread; families are put together only
when somebody asks for the page. Labels are bounded: what a deployment did not name is `other`, and
beyond so many names everything is, so no client can make the page grow.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from time import perf_counter

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect, Ran
from charter.records.decision import DecisionRecorded
from charter.records.record import Record
from charter.version import VERSION

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MAX_NAMES = 200
"""Values of one label: more applications or checks than that share `other`."""
OTHER = "other"

SECONDS = (
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0, 30.0, 60.0,
)  # fmt: skip
RECORDS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

_APIS = frozenset(Api)
_EFFECTS = frozenset(Effect)
_STATUSES = frozenset(Ran)
_DONE = frozenset({"forwarded", "edited", "held", "refused", "cut", "failed"})
_STAGES = frozenset({"offer", "request", "output", "tool_call", "tool_result"})


class Spread:
    """A histogram: how many values lie up to each bound."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count one value; a negative one, as of a clock that went back, counts as 0."""
        value = max(value, 0.0)
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def family(self, name: str, says: str) -> HistogramMetricFamily:
        """Return it as Prometheus has it: cumulated, the last bucket without bound."""
        cumulated, buckets = 0, []
        names = [*(f"{float(bound)}" for bound in self.bounds), "+Inf"]
        for shown, count in zip(names, self.counts, strict=True):
            cumulated += count
            buckets.append((shown, float(cumulated)))
        return HistogramMetricFamily(name, says, buckets=buckets, sum_value=self.total)


class Metrics(Collector):
    """What one replica counts. All methods but `text` are for the event loop's thread."""

    def __init__(self, *, applications: Collection[str] = ()) -> None:
        """`applications` are those of the configuration; they never become `other`."""
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)
        self.requests: Counter[tuple[str, str, str, str]] = Counter()
        self.decisions: Counter[tuple[str, str]] = Counter()
        self.checks: Counter[tuple[str, str]] = Counter()
        self.reloads = Counter({"swapped": 0, "kept": 0})
        self.gone = 0
        self.in_flight = 0
        self.released = 0
        self.seconds = Spread(SECONDS)
        self.upstream = Spread(SECONDS)
        self.commit = Spread(SECONDS)
        self.batch = Spread(RECORDS)
        self.loop_delay = Spread(SECONDS)
        self._applications = set(applications)
        self._checks: set[str] = set()
        self._policy: dict[str, str] = {}
        self._gauges: dict[str, tuple[str, Callable[[], float]]] = {}

    def request(  # noqa: PLR0913 - the labels of one request, and its times
        self,
        api: str,
        application: str,
        effect: str,
        done: str,
        *,
        seconds: float,
        upstream: float = 0.0,
    ) -> None:
        """Count one exchange that ended.

        `seconds` are all of it; `upstream` those of them in which the upstream was waited for.
        """
        key = (
            api if api in _APIS else OTHER,
            self._known(application, self._applications),
            effect if effect in _EFFECTS else OTHER,
            done if done in _DONE else OTHER,
        )
        self.requests[key] += 1
        self.seconds.add(seconds)
        if upstream:
            self.upstream.add(upstream)

    def wrote(self, records: Iterable[Record], seconds: float = 0.0) -> None:
        """Count records that became durable, `seconds` after they were handed over."""
        number = 0
        for record in records:
            number += 1
            if type(record) is DecisionRecorded:
                self._decided(record)
        if number:
            self.commit.add(seconds)
            self.batch.add(number)

    def _decided(self, record: DecisionRecorded) -> None:
        stage = record.stage if record.stage in _STAGES else OTHER
        self.decisions[stage, record.effect if record.effect in _EFFECTS else OTHER] += 1
        self.released += record.released
        for check in record.checks:
            status = check.status if check.status in _STATUSES else OTHER
            self.checks[self._known(check.id, self._checks), status] += 1

    def policy(self, digest: str, version: str | None, outcome: str = "swapped") -> None:
        """Say which policy is in force; `outcome` of a reload: swapped or kept."""
        self.reloads[outcome] += 1
        if outcome == "swapped":
            self._policy = {"digest": digest[:80], "version": (version or "")[:80]}

    def watch(self, name: str, says: str, read: Callable[[], float]) -> None:
        """Ask `read` for a gauge whenever the page is made: queue, approvals, stops.

        It must be quick and thread-safe; where it fails, the gauge is left out of the page.
        """
        self._gauges[name] = (says, read)

    def text(self) -> bytes:
        """Return the page."""
        return generate_latest(self.registry)

    def _known(self, name: str, known: set[str]) -> str:
        if name in known:
            return name
        if len(known) >= MAX_NAMES:
            return OTHER
        known.add(name[:80])
        return name[:80]

    def collect(self) -> Iterator[Metric]:
        """Yield every family. Called by the registry."""
        yield from self._counted()
        for name, says, spread in (
            ("request_seconds", "From the head of a request to the last byte of its answer.",
             self.seconds),
            ("upstream_seconds", "Waiting for the upstream, in one exchange.", self.upstream),
            ("ledger_commit_seconds", "From handing records over until they were durable.",
             self.commit),
            ("ledger_batch_records", "Records of one hand-over.", self.batch),
            ("loop_delay_seconds", "How late the event loop came back to a timer.",
             self.loop_delay),
        ):  # fmt: skip
            yield spread.family(f"charter_{name}", says)
        yield from self._read()
        info = {"charter": VERSION, **self._policy}
        yield InfoMetricFamily("charter_policy", "The policy in force.", value=info)

    def _counted(self) -> Iterator[Metric]:
        for name, says, labels, counts in (
            ("requests", "Exchanges that ended.", ("api", "application", "effect", "done"),
             self.requests),
            ("decisions", "Decisions recorded.", ("stage", "effect"), self.decisions),
            ("checks", "Checks by what became of them.", ("check", "status"), self.checks),
        ):  # fmt: skip
            family = CounterMetricFamily(f"charter_{name}", says, labels=labels)
            for key, count in list(counts.items()):
                family.add_metric(key, count)
            yield family
        reloads = CounterMetricFamily("charter_reloads", "Policies loaded.", labels=("outcome",))
        for outcome, count in list(self.reloads.items()):
            reloads.add_metric((outcome,), count)
        yield reloads
        gone = "Clients that left before their answer was complete."
        yield CounterMetricFamily("charter_clients_gone", gone, value=self.gone)
        said = "Characters of model output that left."
        yield CounterMetricFamily("charter_released_characters", said, value=self.released)

    def _read(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("charter_in_flight", "Exchanges under way.", value=self.in_flight)
        for name, (says, read) in list(self._gauges.items()):
            try:
                value = float(read())
            except Exception:  # noqa: BLE001, S112 - a page without one figure is better than none
                continue
            yield GaugeMetricFamily(f"charter_{name}", says, value=value)


async def watch_loop(metrics: Metrics, every: float = 0.25) -> None:
    """Measure how late the event loop is, until cancelled: what handlers themselves cannot see."""
    while True:
        before = perf_counter()
        await asyncio.sleep(every)
        metrics.loop_delay.add(perf_counter() - before - every)
