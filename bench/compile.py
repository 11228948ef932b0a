"""What compiling a policy costs: text to policy, and from the cache, with two overlays.

Usage: python bench/compile.py [spec.md]. Writes bench/results/compile.json. One process; every
round makes fresh objects, and the memo of compiled conditions is emptied before each.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from charter.load import load, load_policy
from charter.policy.boundaries import condition
from charter.policy.decision import Call, Facts
from charter.spec.spec import Section, Spec

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 30
TEXT_LIMIT_MS = 100.0
CACHE_LIMIT_MS = 5.0

_HEAD = """---
spec: {name}
version: "1"
extends: {{name: {base}, version: null, digest: "{digest}"}}
level: {level}
{more}---

"""
_BOUNDARY = """
~~~boundary
id: {name}_{at}
on: tool_call
when: tool in ['send_email', 'pay_{at}'] && has(args.to) && !string(args.to).endsWith('@a.org')
effect: require_approval
say: A person has to approve this.
~~~
"""


def overlay(folder: Path, base: Spec, known: Section, name: str, level: str) -> Path:
    """Write an overlay of five sections with five boundaries each, and tighten a known one."""
    more = "readings: {defeat: any_higher}\n" if level == "system" else ""
    parts = [_HEAD.format(name=name, base=base.name, digest=base.digest, level=level, more=more)]
    for at in range(5):
        parts.append(f"## Rule {at} of {name} {{#{name}_{at} authority={level}}}\n\n")
        parts.append(f"The assistant must name the product[^{name[0]}{at}aa]. ")
        parts.append("It should not speak of prices.\n")
        parts += [_BOUNDARY.format(name=f"{name}_{at}", at=number) for number in range(5)]
    parts.append(f"\n{'#' * known.depth} {known.title} {{#{known.id}}}\n\n")
    parts.append(f"The assistant must not speak for the maker of {name}.\n")
    file = folder / f"{name}.md"
    file.write_text("".join(parts), encoding="utf-8")
    return file


def milliseconds(work: Callable[[], object]) -> dict[str, float]:
    found, spent = [], []
    for _ in range(ROUNDS):
        condition._compile.cache_clear()  # noqa: SLF001 - nothing may be left from the round before
        before = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - before[0]) * 1e3)
        spent.append((time.process_time() - before[1]) * 1e3)
    return {
        "best": min(found),
        "median": statistics.median(found),
        "worst": max(found),
        "median_of_this_process_alone": statistics.median(spent),
    }


def main() -> None:
    data = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data"))
    default = data / "model_spec" / "2025-12-18" / "model_spec.md"
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    if not path.is_file():
        sys.exit(f"{path}: no such file (set CHARTER_DATA, or name a spec)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["CHARTER_CACHE"] = str(folder)
        base = load(path)
        known = next(each for each in base.sections if each.authority == "root")
        company = overlay(folder, base, known, "company", "system")
        product = overlay(folder, load(company), known, "product", "developer")
        stack = [company, product]
        policy = load_policy(path, stack)
        kept = load_policy(path, stack)
        assert kept == policy
        result = {
            "spec": path.name,
            "python": sys.version.split()[0],
            "rules": len(policy.rules),
            "boundaries": len(policy.boundaries),
            "text_to_policy_ms": milliseconds(lambda: load_policy(path, stack, cache=False)),
            "text_limit_ms": TEXT_LIMIT_MS,
            "from_cache_ms": milliseconds(lambda: load_policy(path, stack)),
            "cache_limit_ms": CACHE_LIMIT_MS,
            "first_decision_after_ms": milliseconds(lambda: first_question(path, stack)),
        }
    target = ROOT / "bench" / "results" / "compile.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"{path.name} with two overlays, {len(policy.rules)} sections:")
    line("text to policy", result["text_to_policy_ms"], TEXT_LIMIT_MS)
    line("from the cache", result["from_cache_ms"], CACHE_LIMIT_MS)
    line("from the cache, with a first question", result["first_decision_after_ms"])


def line(what: str, taken: dict[str, float], limit: float | None = None) -> None:
    median = taken["median"]
    against = f" (limit {limit:.0f}, ratio {median / limit:.2f})" if limit else ""
    print(f"  {what}: {median:.1f} ms median{against}, best {taken['best']:.1f}")


def first_question(path: Path, stack: list[Path]) -> None:
    """Load from the cache and ask about one call: conditions are compiled when first asked for."""
    policy = load_policy(path, stack)
    facts = Facts("tool_call", call=Call("send_email", {"to": "a@example.org"}))
    policy.index.needs(facts.stage, facts.call.tool if facts.call else None)


if __name__ == "__main__":
    main()
