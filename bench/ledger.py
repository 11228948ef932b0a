"""How many records a ledger file keeps durably in a second, and how long a proof takes.

A record is a decision with three checks, about 1.2 KB of JSON. Its time counts whole: canonical
JSON, digest, tree, indexes, and a commit with a sync for each batch. Through the writer, 32 and
500 requests wait for their records at once. Proofs are of records drawn by chance from a log of
a million; each reads its tiles from the file anew.

Usage: python bench/ledger.py. Writes bench/results/ledger.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from charter.ledger.body import body_of, entry_of
from charter.ledger.ledger import Ledger
from charter.ledger.open import open_ledger
from charter.ledger.tlog.merkle import verify_inclusion
from charter.ledger.writer import Writer
from charter.records.decision import CheckRan, DecisionRecorded, Ground
from charter.records.record import Record
from charter.records.service import ServiceCounted

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "ledger.json"
LIMIT = 25_000
"""Durable records of a second in batches."""
PROOF_LIMIT_MS = 1.0
BODY_LIMIT_US = 8.0
ROUNDS = 7
BATCHES = {1: 300, 10: 2_000, 100: 10_000, 1000: 20_000}
"""Records in a batch, and in a round."""
WAITING = {1: 300, 32: 6_400, 500: 15_000}
"""Requests at once, and in a round."""
LOG = 1_000_000
PROOFS = 2_000
AT = "2026-11-22T02:00:00.000Z"


def decision(sequence: int, run: str) -> DecisionRecorded:
    exchange = f"x_{sequence:026d}"
    return DecisionRecorded(
        run=run,
        sequence=sequence,
        decision=f"{exchange}.1",
        at=AT,
        exchange=exchange,
        stage="request",
        api="chat",
        streamed=False,
        caller="key-1",
        application="shop",
        subject="",
        model="a-model-of-some-maker",
        policy="sha256:" + "a" * 64,
        readings="R1=a;R2=b;R3=c",
        effect="allow",
        done="forwarded",
        citations=("greet/hello", "no_refunds/amounts"),
        grounds=(Ground("allow", "no_refunds", "greet"),),
        boundaries=tuple(f"boundary_{at} quiet allow" for at in range(6)),
        checks=tuple(CheckRan(f"check_{at}", "ran", "allow", "text", 120, 13) for at in range(3)),
        conversation="b" * 64,
    )


def decisions(run: str) -> Iterator[DecisionRecorded]:
    """Yield decisions of a run, each with its own exchange."""
    base = decision(0, run)
    sequence = 0
    while True:
        sequence += 1
        exchange = f"x_{sequence:026d}"
        yield replace(base, sequence=sequence, exchange=exchange, decision=f"{exchange}.1")


def batched(ledger: Ledger, size: int, count: int, run: str) -> float:
    """Return the records kept in a second, `size` in a commit."""
    made = list(islice(decisions(run), count))
    started = time.perf_counter()
    for first in range(0, count, size):
        ledger.append(*made[first : first + size])
    return count / (time.perf_counter() - started)


def written(ledger: Ledger, waiting: int, count: int, run: str) -> float:
    """Return the records kept in a second for as many requests that wait for them."""
    each = count // waiting
    base = decision(0, run)

    async def request(writer: Writer) -> None:
        for _ in range(each):
            await writer.write([base])

    async def job() -> float:
        writer = Writer(ledger, run)
        started = time.perf_counter()
        await asyncio.gather(*(request(writer) for _ in range(waiting)))
        took = time.perf_counter() - started
        await writer.close()
        return each * waiting / took

    return asyncio.run(job())


def best(rates: Iterator[float]) -> int:
    return round(max(rates))


def sync_ms(folder: Path) -> float:
    """Return milliseconds for a sync of one page, the least that any commit here takes."""
    times = []
    with (folder / "page").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(bytes(4096))
            started = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - started)
    return round(median(times) * 1e3, 2)


def body_us() -> float:
    """Return microseconds for the canonical JSON of a decision."""
    record = decision(12345, "s_bench")
    times = []
    for _ in range(20):
        started = time.perf_counter()
        for _ in range(2_000):
            body_of(record)
        times.append((time.perf_counter() - started) / 2_000 * 1e6)
    return round(min(times), 2)


def fill(ledger: Ledger, count: int) -> None:
    """Make a long log of small records: a proof does not depend on what they say."""
    for first in range(0, count, 5_000):
        records: Sequence[Record] = [
            ServiceCounted("s_long", AT, number, 0, 1, 1, 0, 0)
            for number in range(first + 1, first + 5_001)
        ]
        ledger.append(*records)


def proofs(ledger: Ledger) -> dict[str, Any]:
    """Return milliseconds for proofs of records drawn by chance; each proof is verified."""
    size, root = ledger.head()
    chance = random.Random(7)  # noqa: S311 - no secret
    times = []
    for _ in range(PROOFS):
        index = chance.randint(1, size)
        started = time.perf_counter()
        proof = ledger.inclusion(index, size)
        times.append((time.perf_counter() - started) * 1e3)
        (leaf,) = ledger.store.digests(index - 1, index)
        assert verify_inclusion(leaf.hash, index - 1, size, proof, root)
    times.sort()
    return {
        "median_ms": round(median(times), 3),
        "p99_ms": round(times[int(PROOFS * 0.99)], 3),
        "limit_ms": PROOF_LIMIT_MS,
    }


def memory_mib() -> int:
    """Return the most memory the process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def long_log(folder: Path) -> dict[str, Any]:
    """Measure proofs, opening and memory on a log of a million records."""
    before = memory_mib()
    with open_ledger(folder / "long.sqlite") as ledger:
        started = time.perf_counter()
        fill(ledger, LOG)
        filling = time.perf_counter() - started
        consistency = _ms(lambda: ledger.consistency(LOG // 3, LOG))
    started = time.perf_counter()
    with open_ledger(folder / "long.sqlite") as ledger:
        opening = time.perf_counter() - started
        found = proofs(ledger)
    return {
        "records": LOG,
        "filled_per_s": round(LOG / filling),
        "open_ms": round(opening * 1e3, 1),
        "proof": found,
        "consistency_ms": consistency,
        "memory_mib": memory_mib(),
        "memory_before_mib": before,
        "file_mib": (folder / "long.sqlite").stat().st_size // 2**20,
    }


def _ms(job: Any) -> float:
    times = []
    for _ in range(20):
        started = time.perf_counter()
        job()
        times.append(time.perf_counter() - started)
    return round(min(times) * 1e3, 3)


def main() -> int:
    """Measure, print, write."""
    found: dict[str, Any] = {
        "limit": LIMIT,
        "record_bytes": len(entry_of(decision(1, "s")).body),
        "body_us": body_us(),
        "body_limit_us": BODY_LIMIT_US,
        "batches": {},
        "waiting": {},
    }
    with TemporaryDirectory() as folder:
        found["sync_ms"] = sync_ms(Path(folder))
        with open_ledger(Path(folder) / "short.sqlite") as ledger:
            for size, count in BATCHES.items():
                rates = (batched(ledger, size, count, f"s_{size}_{n}") for n in range(ROUNDS))
                found["batches"][size] = best(rates)
            for waiting, count in WAITING.items():
                rates = (written(ledger, waiting, count, f"w_{waiting}_{n}") for n in range(ROUNDS))
                found["waiting"][waiting] = best(rates)
        found["long"] = long_log(Path(folder))
    report(found)
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def report(found: dict[str, Any]) -> None:
    print(f"canonical JSON of a decision   {found['body_us']:8} us   limit {BODY_LIMIT_US}")
    print(f"a sync of the disk             {found['sync_ms']:8} ms")
    for size, rate in found["batches"].items():
        print(f"records/s, {size:4} in a commit     {rate:8,}      {rate / LIMIT:.2f} of {LIMIT:,}")
    for waiting, rate in found["waiting"].items():
        print(f"records/s, {waiting:4} requests wait    {rate:8,}")
    long = found["long"]
    proof = long["proof"]
    print(f"proof in {long['records']:,} records    {proof['median_ms']:8} ms   limit 1.0")
    print(f"  99th of 100                  {proof['p99_ms']:8} ms")
    print(f"  consistency, opening         {long['consistency_ms']:8} ms   {long['open_ms']} ms")
    print(f"  memory                       {long['memory_mib']:8} MiB  file {long['file_mib']} MiB")


if __name__ == "__main__":
    sys.exit(main())
