"""Ledgers as a gateway writes them, small and quick."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from charter.ledger.ledger import Ledger
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.records.decision import CheckRan, DecisionRecorded, Ground
from charter.records.service import PolicyServed, ServiceCounted, ServiceStarted

POLICY = "sha256:" + "a" * 64
START = datetime(2026, 11, 1, tzinfo=UTC)
ORIGIN = "example.com/log"


def at(seconds: int) -> str:
    """Return a time some seconds after the start, as records write it."""
    text = (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def decided(run: str, sequence: int, **changed: object) -> DecisionRecorded:
    """Return decision number `sequence` of a service, two to an exchange."""
    exchange = f"x_{run}_{(sequence + 1) // 2}"
    values: dict[str, object] = {
        "run": run,
        "sequence": sequence,
        "decision": f"{exchange}.{2 - sequence % 2}",
        "at": at(sequence),
        "exchange": exchange,
        "stage": "request" if sequence % 2 else "output",
        "api": "chat",
        "streamed": False,
        "caller": "key-1",
        "application": "shop",
        "subject": "",
        "model": "m",
        "policy": POLICY,
        "readings": "a=b;c=d",
        "effect": "deny" if sequence % 5 == 0 else "allow",
        "done": "refused" if sequence % 5 == 0 else "forwarded",
        "citations": ("sect_one",),
        "grounds": (Ground("deny", "boundary_ä", "sect_one"),),
        "boundaries": ("b1 clear allow",),
        "checks": (CheckRan("secrets", "ran", "allow", "text", 12, 34),),
    }
    return DecisionRecorded(**{**values, **changed})  # type: ignore[arg-type]


def started(run: str) -> ServiceStarted:
    """Return the first record of a service."""
    return ServiceStarted(run, at(0), "1.0", "one", POLICY, "starter", "1", ("sha256:b",), "c")


def served(run: str, number: int, policy: str) -> PolicyServed:
    """Return the record of another policy."""
    return PolicyServed(run, at(0), number, policy, POLICY, None, ())


def counted(
    run: str, number: int, sequence: int, *, last: bool = False, **changed: int
) -> ServiceCounted:
    """Return the counters after `sequence` decisions, two to an answered request."""
    requests = (sequence + 1) // 2
    counters = {"received": requests, "answered": requests, "refused": 0, "failed": 0, **changed}
    return ServiceCounted(run, at(sequence), number, sequence, **counters, last=last)


def service(run: str, decisions: int, *, every: int = 50) -> list[object]:
    """Return the records of one service from its start to its orderly end."""
    records: list[object] = [started(run)]
    count = 0
    for sequence in range(1, decisions + 1):
        records.append(decided(run, sequence))
        if sequence % every == 0:
            count += 1
            records.append(counted(run, count, sequence))
    records.append(counted(run, count + 1, decisions, last=True))
    return records


def signed_ledger(folder: Path, decisions: int = 20) -> tuple[Path, LogKey]:
    """Write a ledger of one service with two checkpoints; return its file and key."""
    file = folder / "ledger.sqlite"
    key = LogKey.create(folder / "log.key", ORIGIN)
    records = service("s_one", decisions)
    with open_ledger(file) as ledger:
        half = len(records) // 2
        append(ledger, records[:half])
        checkpoint(ledger, key)
        append(ledger, records[half:])
        checkpoint(ledger, key)
    return file, key


def append(ledger: Ledger, records: list[object]) -> None:
    """Append many records at once."""
    ledger.append(*records)  # type: ignore[arg-type]
