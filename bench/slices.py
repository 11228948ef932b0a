"""How many tokens a judge is sent: slices of the Model Spec against the whole of it.

Lengths are estimated from above, so the ratio to the published whole-spec grading (counted by the
provider) is what is saved at least. With the embedded model's weights on the machine, the real
tokens of some slices are counted beside it.

Usage: python bench/slices.py. Needs the Model Spec under CHARTER_DATA or ../shared/data. Writes
bench/results/slices.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from charter.evals.judge import Item
from charter.evals.judging.distribution import WHOLE_SPEC_TOKENS, distribution
from charter.evals.judging.prompt import tokens_beside_rules, write
from charter.evals.judging.rules import SpecRules
from charter.load import load_effective
from charter.models.catalogue import DEFAULT, find
from charter.models.open import open_model
from charter.models.provider import ChatMessage, Request
from charter.models.weights import is_present
from charter.spec.overlays.effective import Effective

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data"))
VERSIONS = ("2025-02-12", "2025-10-27", "2025-12-18")
MEDIAN_LIMIT, P95_LIMIT = 3_500, 6_000
EVERY = 8
"""Of so many sections one has its real tokens counted."""
SERIES = 5


def item(section: str) -> Item:
    """Return a small answer to judge."""
    said = (ChatMessage("user", "Hello there, what can you do for me today?"),)
    return Item("i", section, None, "any", said, (), "A good day to you! " * 10, (), None)


def measured(effective: Effective) -> dict[str, Any]:
    """Return the lengths of all slices of one version, and the largest first."""
    rules = SpecRules(effective)
    found = distribution(effective, rules)
    sections = [each.id for each in effective.spec.sections if each.clauses]
    longest = sorted(sections, key=lambda name: -rules.page(name).tokens)[:5]
    return {
        **asdict(found),
        "histogram": [list(row) for row in found.histogram],
        "cut": sum(bool(rules.page(name).left_out) for name in sections),
        "longest": {name: rules.page(name).tokens for name in longest},
        "whole_spec_per_median_section_slice": round(WHOLE_SPEC_TOKENS / found.sections.median, 1),
        "whole_spec_per_median_clause_slice": round(WHOLE_SPEC_TOKENS / found.clauses.median, 1),
    }


def speed(effective: Effective) -> dict[str, float]:
    """Return milliseconds, the best of a few series."""
    slices, requests = [], []
    sections = [each.id for each in effective.spec.sections if each.clauses]
    for _ in range(SERIES):
        before = time.perf_counter()
        rules = SpecRules(effective)
        for name in sections:
            rules.slice(name)
        slices.append((time.perf_counter() - before) * 1e3)
        before = time.perf_counter()
        for name in sections:
            write(item(name), rules.slice(name), sample=0)
        requests.append((time.perf_counter() - before) * 1e3 / len(sections))
    return {"all_slices_ms": round(min(slices), 1), "one_request_ms": round(min(requests), 3)}


def counted(effective: Effective) -> dict[str, Any] | None:
    """Return estimates and real tokens of some slices; None without the embedded model."""
    if not is_present(find(DEFAULT)):
        return None
    rules = SpecRules(effective)
    sections = [each.id for each in effective.spec.sections if each.clauses][::EVERY]
    model = open_model("embedded", {"context": "8192", "parallel": "1"})

    def tokens(text: str) -> int:
        turns = (ChatMessage("system", text), ChatMessage("user", "hi"))
        return asyncio.run(model.reply(Request(turns, max_tokens=1))).input_tokens

    frame = tokens("")
    real = [tokens(rules.slice(name)) - frame for name in sections]
    asyncio.run(model.close())
    estimates = [rules.page(name).tokens for name in sections]
    return {
        "model": DEFAULT,
        "slices": len(sections),
        "real": sum(real),
        "estimated": sum(estimates),
        "estimate_per_real": round(sum(estimates) / sum(real), 3),
        "least_estimate_per_real": round(
            min(one / other for one, other in zip(estimates, real, strict=True)), 3
        ),
    }


def main() -> int:
    if not (DATA / "model_spec").is_dir():
        print("the Model Spec is not there (set CHARTER_DATA)")
        return 3
    specs = {version: load_effective(DATA / "model_spec" / version) for version in VERSIONS}
    newest = specs[VERSIONS[-1]]
    result = {
        "whole_spec_grading": WHOLE_SPEC_TOKENS,
        "limits": {"median": MEDIAN_LIMIT, "p95": P95_LIMIT},
        "versions": {version: measured(effective) for version, effective in specs.items()},
        "prompt_beside_rules_tokens": tokens_beside_rules(item("overview")),
        "real_tokens": counted(newest),
        "speed": speed(newest),
        "python": sys.version.split()[0],
    }
    target = ROOT / "bench" / "results" / "slices.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    good = True
    for version, found in result["versions"].items():
        for what in ("sections", "clauses"):
            part = found[what]
            good &= part["median"] <= MEDIAN_LIMIT and part["p95"] <= P95_LIMIT
            print(
                f"{version} {what:>8}: {part['count']} slices, median {part['median']:,}, 95 % "
                f"{part['p95']:,}, longest {part['most']:,}; whole spec is "
                f"{WHOLE_SPEC_TOKENS / part['median']:.0f} times the median"
            )
    print(f"prompt beside the rules: about {result['prompt_beside_rules_tokens']} tokens")
    print(f"real tokens: {result['real_tokens']}")
    print(f"speed: {result['speed']}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
