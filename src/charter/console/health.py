"""How the services are: who counts, who has fallen silent, how far the ledger is signed."""

from __future__ import annotations

from dataclasses import dataclass

from charter.console.moment import seconds_of
from charter.ledger.ledger import Ledger
from charter.records.service import PolicyServed, ServiceCounted, ServiceStarted

MOST_SERVICES = 20
"""Newest starts that are shown."""
SILENT = 180.0
"""Seconds without counters after which a service counts as silent, at the least."""


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One start of one replica."""

    started: ServiceStarted
    counted: ServiceCounted | None
    """Its last counters."""
    policy: str
    """Digest of what it serves now."""
    state: str
    """counting, silent, ended or new."""
    at: str
    """Of its last sign of life."""


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The ledger's head, and what of it is signed."""

    size: int
    root: str
    signed: int | None
    """Records under the latest checkpoint; None: there is none."""
    origin: str
    """Who signed, as the checkpoint says."""


def services(ledger: Ledger, now: float) -> tuple[ServiceView, ...]:
    """Return the newest services, the newest first."""
    started = ledger.read(ServiceStarted, newest=True, limit=MOST_SERVICES)
    return tuple(_service(ledger, each, now) for each in started)


def head(ledger: Ledger) -> LedgerView:
    """Return the head of the ledger and its latest checkpoint."""
    size, root = ledger.head()
    known = ledger.store.checkpoint()
    origin = known[1].split(b"\n", 1)[0].decode("utf-8", "replace")[:200] if known else ""
    return LedgerView(size, root.hex(), known[0] if known else None, origin)


def _service(ledger: Ledger, started: ServiceStarted, now: float) -> ServiceView:
    counts = list(ledger.read(ServiceCounted, run=started.run, newest=True, limit=2))
    served = next(iter(ledger.read(PolicyServed, run=started.run, newest=True, limit=1)), None)
    last = counts[0] if counts else None
    at = last.at if last else started.at
    return ServiceView(
        started=started,
        counted=last,
        policy=served.policy if served else started.policy,
        state=_state(counts, at, now),
        at=at,
    )


def _state(counts: list[ServiceCounted], at: str, now: float) -> str:
    if counts and counts[0].last:
        return "ended"
    times = [seconds_of(each.at) for each in counts]
    step = 0.0
    if len(times) == 2 and times[0] is not None and times[1] is not None:
        step = times[0] - times[1]
    last = seconds_of(at)
    if last is None or now - last > max(SILENT, 3 * step):
        return "silent"
    return "counting" if counts else "new"
