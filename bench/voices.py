"""How long a million people's votes on a thousand statements take to be factorised.

Votes are simulated: two sides of people, statements that both like, that both dislike and that
divide, 2 % of all cells filled. Every size is run in a process of its own, so that its peak of
memory is its own, with the making of the votes in it; times are of the factorisation alone. The
same goes over a Ray cluster on this machine, by shards; there, memory is that of all its processes
together (shared pages once), and figures are compared with those of one process.

Usage: python bench/voices.py [PEOPLE]. Writes bench/results/voices.json, and voices.png where
matplotlib is installed. With PEOPLE below 1,000,000 nothing is written.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from charter.evolve.opinion.bridging import Bridging, factorise
from charter.evolve.opinion.votes import Votes

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "voices.json"
PEOPLE, STATEMENTS, FILLED = 1_000_000, 1000, 0.02
SIZES = (10_000, 30_000, 100_000, 300_000)
LIMIT_S, LIMIT_MIB = 300, 4096
SHARDED = 200_000
SHARDS = (1, 2, 4, 8, 16, 32)
TOLERANCE = 1e-5
"""Between figures of other numbers of shards: additions in another order, and when it rests."""


def simulated(people: int, seed: int = 1) -> tuple[Votes, np.ndarray, np.ndarray]:
    """Return votes with the true intercepts and factors of the statements."""
    dice = np.random.default_rng(seed)
    liked = dice.normal(0, 0.22, STATEMENTS)
    dividing = np.where(dice.random(STATEMENTS) < 0.3, dice.normal(0, 0.3, STATEMENTS), 0.0)
    rows, columns, values = [], [], []
    for first in range(0, people, 10_000):
        number = min(10_000, people - first)
        side = dice.choice([-1.0, 1.0], number, p=[0.4, 0.6]) * dice.uniform(0.5, 1.2, number)
        own = dice.normal(0, 0.1, number)
        row, column = np.nonzero(dice.random((number, STATEMENTS), dtype=np.float32) < FILLED)
        chance = 0.5 + own[row] + liked[column] + side[row] * dividing[column]
        agreed = np.where(dice.random(len(row)) < chance, 1, -1)
        passed = dice.random(len(row)) < 0.1
        rows.append((row + first).astype(np.int32))
        columns.append(column.astype(np.int32))
        values.append(np.where(passed, 0, agreed).astype(np.int8))
    votes = Votes(
        tuple(f"p{n:07}" for n in range(people)),
        tuple(f"s{n:04}" for n in range(STATEMENTS)),
        np.concatenate(rows),
        np.concatenate(columns),
        np.concatenate(values),
    )
    return votes, liked, dividing


def one(people: int) -> dict[str, Any]:
    """Measure one size in this process."""
    votes, liked, dividing = simulated(people)
    clock, processor = time.perf_counter(), time.process_time()
    fit = factorise(votes)
    took = time.perf_counter() - clock
    return {
        "people": people,
        "votes": len(votes),
        "clock_s": round(took, 2),
        "processor_s": round(time.process_time() - processor, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **facts(fit, liked, dividing),
    }


def facts(fit: Bridging, liked: np.ndarray, dividing: np.ndarray) -> dict[str, Any]:
    """Return how a fit ended and how near it came to what was planted."""
    return {
        "sweeps": fit.sweeps,
        "converged": fit.converged,
        "loss": fit.loss,
        "gain": round(fit.gain, 4),
        "intercepts_correlation": round(float(np.corrcoef(fit.intercepts, liked)[0, 1]), 4),
        "factors_correlation": round(abs(float(np.corrcoef(fit.factors, dividing)[0, 1])), 4),
    }


def sharded(people: int, shards: int, workers: int) -> dict[str, Any]:
    """Measure one size over Ray, and by how much it differs from one process."""
    import ray  # noqa: PLC0415 - only where it is measured

    from charter.evolve.opinion.bridging_ray import factorise_over  # noqa: PLC0415

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    votes, liked, dividing = simulated(people)
    cells = -(-len(votes) // shards)
    ray.init(
        address="local", num_cpus=workers, include_dashboard=False, log_to_driver=False,
        object_store_memory=1 << 30,
    )  # fmt: skip
    try:
        clock = time.perf_counter()
        fit, peak, used = watched(lambda: factorise_over(votes, workers=workers, cells=cells))
        took = time.perf_counter() - clock
    finally:
        ray.shutdown()
    alone, same = factorise(votes), factorise(votes, cells=cells)
    return {
        "people": people,
        "votes": len(votes),
        "shards": shards,
        "workers": workers,
        "clock_s": round(took, 2),
        "processor_s": round(used, 2),
        "peak_mib": peak,
        "largest_difference": largest(fit, alone),
        "bit_for_bit_with_same_shards": bool(
            np.array_equal(fit.factors, same.factors)
            and np.array_equal(fit.intercepts, same.intercepts)
            and np.array_equal(fit.people_factors, same.people_factors)
        ),
        **facts(fit, liked, dividing),
    }


def largest(one_fit: Bridging, other: Bridging) -> float:
    """Return the largest difference between two fits in any figure of statements."""
    return max(
        float(np.abs(one_fit.intercepts - other.intercepts).max()),
        float(np.abs(one_fit.factors - other.factors).max()),
    )


def watched(work: Callable[[], Bridging]) -> tuple[Bridging, int, float]:
    """Do work; with it the peak of memory, in MiB, and the time of processors, in seconds.

    Both of this process and all below it, and of what these did for the work alone.
    """
    done, peaks = threading.Event(), [0]
    seen: dict[int, float] = {}
    begun = {each: _processor(each) for each in _below(os.getpid())}

    def look() -> None:
        while True:
            found = _below(os.getpid())
            peaks.append(sum(_kib(each) for each in found) // 1024)
            seen.update({each: _processor(each) for each in found})
            if done.wait(0.25):
                return

    thread = threading.Thread(target=look)
    thread.start()
    try:
        fit = work()
    finally:
        done.set()
        thread.join()
    return fit, max(peaks), sum(used - begun.get(each, 0.0) for each, used in seen.items())


def _processor(process: int) -> float:
    """Return the seconds of processors that a process has used."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _below(top: int) -> list[int]:
    """Return a process and all that it started, directly or not."""
    found = [top]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += [int(pid) for pid in task.read_text().split()]
            except OSError:
                continue
    return found


def _kib(process: int) -> int:
    """Return a process's memory, pages that it shares counted in part, so that sums are true."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def apart(*arguments: object) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, __file__, "--one", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{found['people']:>9,} people {found['votes']:>11,} votes "
        f"{found.get('shards', '-'):>3} shards over Ray: {found['clock_s']:>7.2f} s, "
        f"{found['processor_s']:>7.2f} s of processors {found['peak_mib']:>5} MiB "
        f"{found['sweeps']} sweeps"
    )
    return found


def draw(result: dict[str, Any]) -> None:
    """Draw both curves, where matplotlib is there."""
    try:
        import matplotlib as mpl  # noqa: PLC0415

        mpl.use("Agg")
        from matplotlib import pyplot as plt  # noqa: PLC0415
    except ImportError:
        print("no matplotlib: no plot")
        return
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    people = [each["people"] for each in result["sizes"]]
    for axes, key, limit, unit in (
        (left, "clock_s", LIMIT_S, "seconds"),
        (middle, "peak_mib", LIMIT_MIB, "MiB"),
    ):
        axes.loglog(people, [each[key] for each in result["sizes"]], marker="o", label="clock")
        axes.axhline(limit, color="0.4", linestyle="--")
        axes.annotate("limit", (people[0], limit), va="bottom")
        axes.set(xlabel=f"people ({STATEMENTS} statements, {FILLED:.0%} filled)", ylabel=unit)
    used = [each["processor_s"] for each in result["sizes"]]
    left.loglog(people, used, marker="s", linestyle=":", label="processors")
    left.legend()
    shards = result["ray"]["shards"]
    for key, label, style in (("clock_s", "clock", "-"), ("processor_s", "processors", ":")):
        numbers = [each["shards"] for each in shards]
        right.plot(numbers, [each[key] for each in shards], style, marker="o", label=label)
    right.legend()
    right.set_xscale("log", base=2)
    right.set(xlabel=f"shards over Ray ({SHARDED:,} people, 2 workers)", ylabel="seconds")
    right.set_ylim(bottom=0)
    figure.savefig(RESULT.with_suffix(".png"), dpi=110)


def main() -> int:
    """Measure, print and keep."""
    if sys.argv[1:2] == ["--one"]:
        given = [int(each) for each in sys.argv[2:]]
        print(json.dumps(one(*given) if len(given) == 1 else sharded(*given)))
        return 0
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    sizes = [apart(size) for size in SIZES if size < people] + [apart(people)]
    part = min(SHARDED, people)
    shards = [apart(part, number, 2) for number in SHARDS]
    whole = apart(people, 16, 2)
    last = sizes[-1]
    result = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": round(os.getloadavg()[0], 2),
        "statements": STATEMENTS,
        "filled": FILLED,
        "limits": {"clock_s": LIMIT_S, "peak_mib": LIMIT_MIB, "difference": TOLERANCE},
        "ratios": {
            "clock": round(last["clock_s"] / LIMIT_S, 3),
            "processor": round(last["processor_s"] / LIMIT_S, 3),
            "memory": round(last["peak_mib"] / LIMIT_MIB, 3),
            "ray_processor": round(whole["processor_s"] / LIMIT_S, 3),
            "ray_clock": round(whole["clock_s"] / LIMIT_S, 3),
            "ray_memory": round(whole["peak_mib"] / LIMIT_MIB, 3),
        },
        "sizes": sizes,
        "ray": {"whole": whole, "shards": shards},
    }
    for name, ratio in result["ratios"].items():
        print(f"{name}: {ratio:.0%} of its limit")
    worst = max(each["largest_difference"] for each in [whole, *shards])
    print(f"largest difference between numbers of shards: {worst:.1e} (limit {TOLERANCE:g})")
    if people >= PEOPLE:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        draw(result)
    good = max(result["ratios"].values()) <= 1 and worst <= TOLERANCE
    return 0 if good and all(each["converged"] for each in [*sizes, whole, *shards]) else 1


if __name__ == "__main__":
    sys.exit(main())
