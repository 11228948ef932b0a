"""How often people and the spec are said to part, where they do and where they do not.

Simulated people whose truth is known, and a ranker with noise: planted reversals must be found;
where nothing is planted a section may be said to part in at most `alpha` of all analyses, and a
single test may be wrong in about 5 % where people are of no mind at all, its hardest case.

Usage: python bench/choices.py [SIMULATIONS]. Writes bench/results/choices.json.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.evolve.choices.simulated import simulated  # noqa: E402 - the repository is no package

from charter.evolve.choices.choices import choices_of  # noqa: E402

RESULT = ROOT / "bench" / "results" / "choices.json"
SIMULATIONS = 300
ALPHA = 0.05
SIZE = {"people": 20, "items": 3, "sections": 6}
KINDS: dict[str, dict[str, Any]] = {
    "of one mind": {},
    "of one mind, two repeats": {"repeats": 2, "spec_noise": 0.3},
    "of one mind, ranker unsure": {"spec_noise": 0.5},
    "of one mind, spec level but for the best": {"level": True},
    "of no mind": {"indifferent": True},
    "of no mind, spec level but for the best": {"indifferent": True, "level": True},
    "of no mind, ranker sure": {"indifferent": True, "spec_noise": 0.0},
    "two sections reversed": {"opposed": (1, 4)},
    "two sections reversed, spec level but for the best": {"opposed": (1, 4), "level": True},
    "two sections reversed, ranker unsure": {"opposed": (1, 4), "spec_noise": 0.4},
    "two sections reversed, people unsure": {"opposed": (1, 4), "people_noise": 0.45},
}


def measured(kind: dict[str, Any], simulations: int) -> dict[str, Any]:
    """Return rates over simulations of one kind."""
    planted = {f"section_{each}" for each in kind.get("opposed", ())}
    tests: dict[str, list[bool]] = {"against": [], "apart": []}
    wrong, false, found = 0, 0, 0
    for seed in range(simulations):
        voices, rankings = simulated(seed=10_000 + seed, **SIZE, **kind)
        choices = choices_of(voices, rankings, alpha=ALPHA)
        said = [row.section not in planted for row in choices.parted]
        wrong += any(said)
        false += sum(said)
        found += len(said) - sum(said)
        for row in choices.rows:
            if row.over_all or row.section in planted:
                continue
            for name, results in tests.items():
                p = getattr(row, name)
                if p is not None:
                    results.append(p <= ALPHA)
    possible = simulations * 2 * len(planted)
    return {
        "analyses_with_a_false_alarm": round(wrong / simulations, 4),
        "false_among_said": round(false / max(false + found, 1), 4),
        "single_test_wrong": {
            name: round(sum(each) / len(each), 4) if each else None for name, each in tests.items()
        },
        "planted_found": round(found / possible, 4) if possible else None,
    }


def main() -> int:
    """Measure, print and keep."""
    simulations = int(sys.argv[1]) if len(sys.argv) > 1 else SIMULATIONS
    before = time.process_time()
    found = {}
    for name, kind in KINDS.items():
        found[name] = measured(kind, simulations)
        print(f"{name}: {json.dumps(found[name])}")
    result = {
        "simulations_of_each": simulations,
        "alpha": ALPHA,
        **SIZE,
        "processor_s": round(time.process_time() - before, 1),
        "kinds": found,
    }
    if simulations >= SIMULATIONS:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    rates = [
        each["analyses_with_a_false_alarm"]
        for each in found.values()
        if each["planted_found"] is None
    ]
    return 0 if max(rates) <= ALPHA + 2 * (ALPHA / simulations) ** 0.5 else 1


if __name__ == "__main__":
    sys.exit(main())
