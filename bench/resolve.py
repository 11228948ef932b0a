"""What resolving costs: sections and directives against time, trace included.

Usage: python bench/resolve.py. Writes bench/results/resolve.json.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from pathlib import Path

from charter.policy.directive import Act, Directive
from charter.policy.fates.resolve import resolve
from charter.policy.policy import Layer, Policy, Rule, RuleClause
from charter.spec.ladder import DEFAULT_LADDER
from charter.spec.reading import choose

ROOT = Path(__file__).resolve().parent.parent
LIMIT_US = 100.0
SECTIONS, DIRECTIVES, ROUNDS = 60, 200, 2000
CURVE = ((60, 200), (125, 625), (250, 1250), (500, 2500), (1000, 5000))
LEVELS = [level.name for level in DEFAULT_LADDER.levels]
SPEAKERS = ("system", *["developer"] * 4, *["user"] * 10, *["none"] * 5)


def policy(sections: int) -> Policy:
    """Return a policy whose sections are spread over the levels as in the Model Spec."""
    shares = (22, 3, 1, 15, 18)
    names = [name for name, share in zip(LEVELS, shares, strict=True) for _ in range(share)]
    rules = []
    for at in range(sections):
        name = names[at * len(names) // sections]
        clause = RuleClause(f"s{at}/aaaa", "The assistant should answer.", "should")
        rules.append(Rule(f"s{at}", f"S {at}", name, DEFAULT_LADDER.rank(name), (clause,)))
    layers = (Layer("bench", None, "sha256:0", None),)
    return Policy("bench", "", layers, DEFAULT_LADDER, choose(), tuple(rules), (), (), "sha256:1")


def directives(count: int, sections: int) -> tuple[Directive, ...]:
    """Return a long conversation's directives, four to a message.

    Of twenty: fifteen plain instructions, two on a subject (of as many subjects as there are tens
    of directives, three values each), one override, one softens a guideline, and one declares a
    conflict or sets a setting. A quarter stand in tool results and have no authority.
    """
    chance = random.Random(7)  # noqa: S311
    made = []
    for at in range(count):
        kind, fields = at % 20, {}
        act = Act.INSTRUCT
        if kind in (1, 11):
            fields = {"subject": f"about{chance.randrange(count // 10)}", "value": at % 3}
        elif kind == 3:
            act, fields = Act.OVERRIDE, {"targets": (f"s{chance.randrange(sections)}",)}
        elif kind == 5:
            act = Act.SOFTEN
            fields = {"targets": (f"s{chance.randrange(sections * 3 // 4, sections)}",)}
        elif at % 40 == 28:
            fields = {"conflicts": (f"d{chance.randrange(at)}",)}
        elif at % 40 == 8:
            act, fields = Act.SETTING, {"subject": f"max_words_{at}", "value": at}
        level = chance.choice(SPEAKERS)
        source = level if level != "none" else "tool:browser"
        made.append(Directive(f"d{at}", act, level, at // 4, source=source, **fields))
    return tuple(made)


def median_us(sections: int, count: int, rounds: int) -> dict[str, float]:
    """Time one size; the trace is part of every fate and so of the time."""
    compiled, given = policy(sections), directives(count, sections)
    taken = []
    for _ in range(rounds):
        before = time.perf_counter()
        found = resolve(compiled, directives=given)
        taken.append(time.perf_counter() - before)
    assert len(found.fates) >= sections + count
    return {
        "sections": sections,
        "directives": count,
        "median_us": statistics.median(taken) * 1e6,
        "best_us": min(taken) * 1e6,
        "set_aside": sum(fate.state != "in_force" for fate in found.fates),
    }


def main() -> None:
    main_size = median_us(SECTIONS, DIRECTIVES, ROUNDS)
    curve = [median_us(*size, max(20, ROUNDS * 200 // size[1] // 10)) for size in CURVE]
    first = curve[0]["median_us"] / sum(CURVE[0])
    for point in curve:
        each = point["median_us"] / (point["sections"] + point["directives"])
        point["growth"] = each / first
    found = {"limit_us": LIMIT_US, "resolve": main_size, "curve": curve}
    print(
        f"resolve, {SECTIONS} sections x {DIRECTIVES} directives: "
        f"{main_size['median_us']:.0f} us median (limit {LIMIT_US:.0f}, "
        f"ratio {main_size['median_us'] / LIMIT_US:.2f}), best {main_size['best_us']:.0f}"
    )
    for point in curve:
        print(
            f"  {point['sections']:>5} x {point['directives']:>5}: {point['median_us']:>8.0f} us, "
            f"per candidate {point['growth']:.2f} of the smallest size"
        )
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    (results / "resolve.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
