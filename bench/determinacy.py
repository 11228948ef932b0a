"""What it costs to look at every context of a spec, and what enumeration and z3 take for the same.

Times are of the whole report, examples included, best of several runs; z3 and enumeration are
compared on some events of the starter spec, on which both must count the same.

Usage: python bench/determinacy.py [SPEC...]. Writes bench/results/determinacy.json.
"""

from __future__ import annotations

import json
import platform
import resource
import sys
import time
from pathlib import Path
from typing import Any

from charter.load import load_effective
from charter.policy.compiled.compile import compile_policy
from charter.policy.compiled.moot import moot
from charter.policy.determinacy.counted import Counted
from charter.policy.determinacy.determine import determine
from charter.policy.determinacy.proved import Proved
from charter.policy.determinacy.tally import Tally
from charter.policy.determinacy.variant import variants_of
from charter.policy.determinacy.world import World

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, EVENTS = 3, 8


def whole(spec: str) -> dict[str, Any]:
    """Measure the report on one spec."""
    effective = load_effective(spec)
    policy = compile_policy(effective)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = determine(policy, moot(policy, effective), variants_of(policy, effective))
        times.append(time.perf_counter() - start)
    return {
        "spec": f"{policy.name} {policy.layers[0].version or ''}".strip(),
        "sections": len(policy.rules),
        "boundaries": len(policy.boundaries),
        "contexts": found.contexts,
        "readings": found.combinations,
        "one_outcome": round(found.share, 6),
        "one_decision": round(found.decided, 6),
        "seconds": round(min(times), 2),
    }


def both() -> dict[str, Any]:
    """Measure enumeration and z3 on the same events of the starter spec."""
    effective = load_effective("starter")
    policy = compile_policy(effective)
    world = World(policy, moot(policy, effective))
    cells = list(world.cells())
    cells = cells[:: len(cells) // EVENTS][:EVENTS]
    counted, proved = Counted(Tally()), Proved(Tally(), world.evaluator.axes)
    times = []
    for one in (counted, proved):
        start = time.perf_counter()
        for cell in cells:
            one.count(cell)
        times.append(time.perf_counter() - start)
    tally, other = counted.finish(), proved.tally
    if (tally.open, tally.hangs, tally.alone) != (other.open, other.hangs, other.alone):
        raise SystemExit("enumeration and z3 do not count the same")
    return {
        "events": len(cells),
        "combinations": sum(cell.size for cell in cells),
        "enumeration_seconds": round(times[0], 3),
        "z3_seconds": round(times[1], 2),
    }


def main() -> None:
    """Measure and write the result."""
    specs = sys.argv[1:] or ["starter"]
    result = {
        "python": platform.python_version(),
        "specs": [whole(spec) for spec in specs],
        "both": both(),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(result, indent=2))
    out = ROOT / "bench" / "results" / "determinacy.json"
    out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
