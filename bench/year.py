"""How long a year of 200,000 decisions takes: to check, to count, to report on, to answer for.

The year is the generated one of tests/govern/year: 12 releases, 3 applications, 40 incidents, 15
reviewers. The report is whole: releases, decisions, incidents, reviews, objectives, obligations.
Its pages are counted too. The limit of the report is 20 seconds; once with the counts of
objectives kept beside the ledger, as whoever watches alerts has them, once with them counted from
nothing. Seconds on the clock and of the processor: on a busy machine only the latter tell of this
program.

Usage: python bench/year.py [DECISIONS]. Writes bench/results/year.json.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.govern.year.counted import counted  # noqa: E402 - beside the package
from tests.govern.year.generate import generate  # noqa: E402
from tests.govern.year.plan import Plan  # noqa: E402
from tests.govern.year.promises import write  # noqa: E402
from tests.govern.year.reporting import promised, reported  # noqa: E402

from charter.cli.governance_page import governance_page  # noqa: E402
from charter.govern.obligations.facts import gather  # noqa: E402
from charter.govern.reports.pdf import pdf  # noqa: E402
from charter.ledger.open import open_ledger  # noqa: E402

RESULT = ROOT / "bench" / "results" / "year.json"
REPORT_LIMIT_S = 20.0
ROUNDS = 3
"""Of the report: the quickest counts."""
Made = TypeVar("Made")


class Took(NamedTuple):
    """Seconds."""

    clock: float
    processor: float


def timed(job: Callable[[], Made]) -> tuple[Took, Made]:
    """Return how long a job takes, and what it made."""
    started, busy = time.perf_counter(), time.process_time()
    made = job()
    return Took(time.perf_counter() - started, time.process_time() - busy), made


def measure(folder: Path, decisions: int) -> tuple[dict[str, Took], dict[str, int]]:
    """Make the year and do with it what people do; return seconds, and sizes."""
    plan, file = Plan(decisions=decisions), folder / "ledger.sqlite"
    took: dict[str, Took] = {}
    took["generate"], _ = timed(lambda: generate(file, plan))
    took["counts"], rollup = timed(lambda: counted(file, folder))
    objectives, organisation = promised(folder), write(folder)
    with open_ledger(file, create=False) as ledger:
        size = ledger.size()
        took["check"], _ = timed(ledger.check)
        took["obligations"], _ = timed(lambda: gather(ledger, at=plan.end))
        runs = [
            timed(
                lambda: reported(ledger, plan, rollup, file=objectives, organisation=organisation)
            )
            for _ in range(ROUNDS)
        ]
    rollup.close()
    took["report"], report = min(runs, key=lambda run: run[0].clock)
    took["page"], page = timed(lambda: governance_page(report))
    took["pdf"], _ = timed(lambda: pdf(report))
    sizes = {
        "records": size,
        "file_mib": file.stat().st_size // 2**20,
        "page_kb": len(page.encode()) // 1000,
        "figures": len(report.figures),
    }
    return took, sizes


def ratios(took: dict[str, Took]) -> dict[str, float]:
    """Return how much of the limit a report takes, with its page and its PDF."""
    found = {}
    for name, parts in (
        ("counts_kept", ("report", "page", "pdf")),
        ("counts_from_nothing", ("counts", "report", "page", "pdf")),
    ):
        for kind in Took._fields:
            whole = sum(getattr(took[part], kind) for part in parts)
            found[f"{name}_{kind}"] = round(whole / REPORT_LIMIT_S, 3)
    return found


def main() -> int:
    """Measure, print and keep."""
    decisions = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with TemporaryDirectory() as folder:
        took, sizes = measure(Path(folder), decisions)
    found = ratios(took)
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": round(os.getloadavg()[0], 2),
        "decisions": decisions,
        "rounds": ROUNDS,
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **sizes,
        "clock_s": {name: round(each.clock, 2) for name, each in took.items()},
        "processor_s": {name: round(each.processor, 2) for name, each in took.items()},
        "report_limit_s": REPORT_LIMIT_S,
        "ratios": found,
    }
    print(json.dumps(result, indent=2))
    for name, ratio in found.items():
        print(f"{name}: {ratio:.0%} of {REPORT_LIMIT_S:g} s")
    if decisions >= 200_000:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if found["counts_from_nothing_clock"] <= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
