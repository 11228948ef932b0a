"""How many replies the deterministic checks score in a second of one core.

The replies are short (about 80 characters) and, beside them, of about 1,200 characters; the checks
are those of the starter's scenarios, and each check alone. The refusal classifier is a model and
measured apart (bench/refusal_agreement.py); here it stands out of the way by leaving out the
scenarios that need it.

Usage: python bench/score.py. Writes bench/results/score.json.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from charter.evals.grader import graders
from charter.evals.scenario import Check, Scenario
from charter.evals.score import score
from charter.evals.suite import compile_suite
from charter.load import load
from charter.models.provider import Reply, Stop

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "score.json"
LIMIT = 20_000
"""Scores of a second, for short answers."""
COMPILE_LIMIT_MS = 150
ROUNDS = 5
SHORT = (
    "It opens at 9 and closes at 6, and the museum beside it is free on Sundays ({}).",
    "The {} of the two lines is longer: 12 cm against 7 cm, by measure with a ruler.",
    'Sure! {} "Yes", he said - and closed the door, for it was late and he was tired.',
)
CLASSIFIED = frozenset({"refusal", "refusal_rules", "refusal-rules"})


def texts(scale: int) -> list[str]:
    """Return 200 replies that all differ, so that nothing is remembered from one to the next."""
    return [
        " ".join(SHORT[(number + part) % len(SHORT)].format(number) for part in range(scale))
        for number in range(200)
    ]


def rate(scenarios: Sequence[Scenario], said: Sequence[str]) -> float:
    """Return the most scores of a second of processor time over some rounds."""
    known = graders()
    replies = [Reply(text, Stop.STOP) for text in said]
    best = 0.0
    for _ in range(ROUNDS):
        started = time.process_time()
        for place, reply in enumerate(replies):
            for scenario in scenarios[place % 7 :: 7]:
                score(scenario, reply, known)
        count = sum(len(scenarios[place % 7 :: 7]) for place in range(len(replies)))
        best = max(best, count / (time.process_time() - started))
    return best


def main() -> int:
    """Measure, print, write."""
    spec = load("starter")
    suite = compile_suite(spec)
    compiling = min(_timed(lambda: compile_suite(spec)) for _ in range(ROUNDS)) * 1000
    plain = [s for s in suite.scenarios if not any(c.name in CLASSIFIED for c in s.checks)]
    found: dict[str, Any] = {
        "compile_ms": round(compiling, 1),
        "compile_limit_ms": COMPILE_LIMIT_MS,
        "limit": LIMIT,
        "scenarios": len(plain),
        "short": round(rate(plain, texts(1))),
        "long": round(rate(plain, texts(15))),
    }
    print(f"compile the starter's suite   {compiling:8.1f} ms   limit {COMPILE_LIMIT_MS}")
    for name in ("short", "long"):
        ratio = found[name] / LIMIT
        print(f"scores/s, {name} replies       {found[name]:8,}      {ratio:.2f} of {LIMIT:,}")
    checks: dict[str, Check] = {}
    for scenario in plain:
        for check in scenario.checks:
            checks.setdefault(check.name, check)
    found["by_check"] = {}
    base = plain[0]
    for name, check in sorted(checks.items()):
        alone = _with(base, check)
        found["by_check"][name] = round(rate([alone] * 70, texts(1)))
        print(f"  {name:20} {found['by_check'][name]:10,}")
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def _with(scenario: Scenario, check: Check) -> Scenario:
    from dataclasses import replace  # noqa: PLC0415

    return replace(scenario, checks=(check,), rubric=None)


def _timed(job: Any) -> float:
    started = time.process_time()
    job()
    return time.process_time() - started


if __name__ == "__main__":
    sys.exit(main())
