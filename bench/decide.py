"""What a decision costs: boundaries against the same policies in Cedar, on the same requests.

An agent with 20 tools, three boundaries for each, and 200 tool calls with five arguments each.
Every fourth breaks one boundary; the bench prints how many boundaries are asked and how many fire.
Both engines must give the same answers, boundary by boundary, before either is timed.

Charter's time is that of the whole decision: gates, boundaries, reasons, citations. Cedar's
policies and entities are parsed before, and its requests are JSON already. Cedar is timed in three
forms: one request at a time, which is what a decision is; all 200 in one batch; and with the tool
as the action, not in a condition, as somebody would write it for Cedar.

The second set has the same 60 boundaries without their tool, so that each of them is asked about
every call. It has no limit.

Usage: python bench/decide.py. Writes bench/results/decide.json.
"""

from __future__ import annotations

import json
import platform
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cedarpy

from charter.policy.boundaries.boundary import Boundary, compile_boundary
from charter.policy.boundaries.cedar import PERMIT, cedar_context, export_cedar
from charter.policy.conversation import EMPTY, Conversation
from charter.policy.decision import STRICTNESS, Call, Decision, Facts, Label
from charter.policy.decisions.decide import decide
from charter.policy.decisions.fact_values import Values
from charter.policy.fates.resolve import resolve
from charter.policy.policy import Layer, Policy, Rule, RuleClause
from charter.policy.resolution import Resolution
from charter.source import Span
from charter.spec.ladder import DEFAULT_LADDER
from charter.spec.reading import choose
from charter.spec.spec import Boundary as Written

ROOT = Path(__file__).resolve().parent.parent
LIMIT_US, LIMIT_RATIO = 10.0, 8.0
REQUESTS, FIRING, ROUNDS, TURNS = 200, 50, 40, 4
LEVELS = ("root", "system", "developer")
ONE_TOOL = re.compile(
    r'action == Action::"tool_call", resource\)\nwhen \{ context\.tool == ("\w+") && '
)

AMOUNT = "has(args.{key}) && args.{key} > {bound}"
PREFIX = "has(args.{key}) && args.{key}.startsWith('{bound}')"
INSIDE = "has(args.{key}) && args.{key}.contains('{bound}')"
NOT_IN = "has(args.{key}) && !(args.{key} in [{bound}])"
GIVEN = "has(args.{key}) && has(labels.{key}) && labels.{key}.level < levels.{bound}"

# tool: for each boundary, its form, the argument, the bound, the effect, what breaks it
TOOLS: dict[str, tuple[tuple[str, str, str, str, object], ...]] = {
    "pay": (
        (AMOUNT, "amount", "500", "require_approval", 900),
        (NOT_IN, "currency", "'EUR', 'USD'", "deny", "XAU"),
        (GIVEN, "to", "user", "deny", "DE00"),
    ),
    "refund": (
        (AMOUNT, "amount", "200", "require_approval", 201),
        (NOT_IN, "reason", "'damaged', 'late'", "flag", "other"),
        (GIVEN, "order", "user", "require_approval", "A1"),
    ),
    "send_email": (
        (INSIDE, "to", "@example.org", "deny", "eve@example.org"),
        (INSIDE, "body", "PRIVATE KEY", "deny", "-----BEGIN PRIVATE KEY-----"),
        (AMOUNT, "recipients", "20", "require_approval", 400),
    ),
    "fetch": (
        (PREFIX, "url", "http://", "deny", "http://10.0.0.1/"),
        (INSIDE, "url", "?token=", "require_approval", "https://x/?token=1"),
        (GIVEN, "url", "user", "flag", "https://evil.example/"),
    ),
    "read_file": (
        (PREFIX, "path", "/etc/", "deny", "/etc/shadow"),
        (INSIDE, "path", "/.ssh/", "deny", "/home/a/.ssh/id"),
        (AMOUNT, "bytes", "1000000", "flag", 9000000),
    ),
    "write_file": (
        (PREFIX, "path", "/etc/", "deny", "/etc/passwd"),
        (INSIDE, "path", "..", "deny", "/srv/../etc"),
        (NOT_IN, "mode", "'600', '644'", "require_approval", "777"),
    ),
    "delete_file": (
        (PREFIX, "path", "/", "require_approval", "/srv/a"),
        (INSIDE, "path", "*", "deny", "build/*"),
        (AMOUNT, "files", "10", "require_approval", 500),
    ),
    "run_command": (
        (INSIDE, "command", "rm -rf", "deny", "rm -rf /"),
        (INSIDE, "command", "sudo ", "require_approval", "sudo ls"),
        (AMOUNT, "timeout", "600", "flag", 7200),
    ),
    "search": (
        (AMOUNT, "pages", "10", "flag", 40),
        (NOT_IN, "region", "'eu', 'us'", "flag", "xx"),
        (INSIDE, "query", "password", "flag", "password list"),
    ),
    "book_flight": (
        (AMOUNT, "price", "800", "require_approval", 1900),
        (NOT_IN, "cabin", "'economy', 'premium'", "require_approval", "first"),
        (GIVEN, "passenger", "user", "deny", "Eve"),
    ),
    "book_hotel": (
        (AMOUNT, "price", "300", "require_approval", 900),
        (AMOUNT, "nights", "14", "require_approval", 60),
        (NOT_IN, "board", "'none', 'breakfast'", "flag", "all"),
    ),
    "calendar": (
        (AMOUNT, "guests", "30", "flag", 90),
        (INSIDE, "title", "confidential", "flag", "confidential"),
        (NOT_IN, "visibility", "'private', 'team'", "require_approval", "public"),
    ),
    "post_message": (
        (NOT_IN, "channel", "'team', 'support'", "require_approval", "press"),
        (INSIDE, "text", "@everyone", "require_approval", "@everyone hello"),
        (AMOUNT, "length", "4000", "flag", 90000),
    ),
    "query_database": (
        (INSIDE, "sql", "DROP ", "deny", "DROP TABLE a"),
        (INSIDE, "sql", "DELETE ", "require_approval", "DELETE FROM a"),
        (AMOUNT, "rows", "10000", "flag", 90000),
    ),
    "deploy": (
        (NOT_IN, "target", "'staging', 'test'", "require_approval", "production"),
        (AMOUNT, "replicas", "20", "require_approval", 200),
        (GIVEN, "version", "developer", "deny", "v9"),
    ),
    "grant_access": (
        (NOT_IN, "role", "'viewer'", "require_approval", "owner"),
        (AMOUNT, "days", "30", "require_approval", 365),
        (GIVEN, "user", "user", "deny", "eve"),
    ),
    "create_ticket": (
        (NOT_IN, "priority", "'low', 'normal'", "flag", "urgent"),
        (INSIDE, "text", "BEGIN RSA", "deny", "-----BEGIN RSA"),
        (AMOUNT, "watchers", "20", "flag", 80),
    ),
    "translate": (
        (AMOUNT, "characters", "50000", "flag", 90000),
        (NOT_IN, "to", "'de', 'en', 'fr'", "flag", "xx"),
        (INSIDE, "text", "CONFIDENTIAL", "require_approval", "CONFIDENTIAL"),
    ),
    "share_link": (
        (NOT_IN, "audience", "'team'", "require_approval", "anyone"),
        (AMOUNT, "days", "90", "flag", 365),
        (INSIDE, "path", "payroll", "deny", "/payroll/2026"),
    ),
    "call_api": (
        (PREFIX, "url", "http://", "deny", "http://internal/"),
        (NOT_IN, "method", "'GET', 'HEAD'", "require_approval", "POST"),
        (AMOUNT, "retries", "5", "flag", 50),
    ),
}
TEXT = "Dear Ms Okafor, thank you for your order of 14 March; it left the house today. " * 3
HARMLESS = {AMOUNT: 1, PREFIX: "https://example.com/a", INSIDE: TEXT, GIVEN: "b"}


def boundaries(*, of_a_tool: bool) -> tuple[Boundary, ...]:
    """Return the 60 boundaries, those of one tool in one section."""
    found = []
    for place, (tool, rows) in enumerate(TOOLS.items()):
        for number, (form, key, bound, effect, _) in enumerate(rows):
            when = form.format(key=key, bound=bound)
            if of_a_tool:
                when = f"tool == '{tool}' && {when}"
            nowhere = Span(0, 0)
            name = f"{tool}_{number}"
            written = Written(name, tool, "tool_call", when, effect, "No.", nowhere, nowhere)
            level = LEVELS[place % len(LEVELS)]
            made = compile_boundary(written, DEFAULT_LADDER.rank(level), None, 0)
            assert isinstance(made, Boundary), made
            found.append(made)
    return tuple(found)


def policy(*, of_a_tool: bool = True) -> Policy:
    """Return a policy of twenty sections with these boundaries."""
    rules = []
    for place, tool in enumerate(TOOLS):
        level = LEVELS[place % len(LEVELS)]
        clause = RuleClause(f"{tool}/aaaa", "The assistant must ask first.", "must")
        rules.append(Rule(tool, tool, level, DEFAULT_LADDER.rank(level), (clause,)))
    layers = (Layer("bench", None, "sha256:0", None),)
    return Policy(
        "bench",
        "",
        layers,
        DEFAULT_LADDER,
        choose(),
        tuple(rules),
        boundaries(of_a_tool=of_a_tool),
        (),
        "sha256:1",
    )


def requests() -> list[Facts]:
    """Return 200 tool calls; every fourth breaks one boundary of its tool."""
    chance = random.Random(11)  # noqa: S311 - a repeatable choice, no secret
    found = []
    for at in range(REQUESTS):
        tool = chance.choice(list(TOOLS))
        rows = TOOLS[tool]
        args: dict[str, object] = {"note": "as agreed", "dry_run": False}
        sources = {}
        for form, key, bound, _, _ in rows:
            args[key] = bound.split("'")[1] if form == NOT_IN else HARMLESS[form]
        if tool == "delete_file":
            args["path"] = "build/a.o"
        if at % (REQUESTS // FIRING) == 0:
            form, key, _, _, breaking = chance.choice(rows)
            args[key] = breaking
            if form == GIVEN:
                sources[key] = Label("none", 0, ("tool:mail",))
        labels = {key: sources.get(key, Label("developer", 3, ("developer",))) for key in args}
        found.append(Facts("tool_call", call=Call(tool, args, labels=labels)))
    chance.shuffle(found)
    return found


def cedar_requests(made: Policy, resolution: Resolution, facts: list[Facts]) -> list[dict]:
    """Return the same requests for Cedar, with the variables that the call's boundaries read."""
    always = frozenset({"tool", "args"})  # other policies look at the tool, and go no further

    def names(fact: Facts) -> frozenset[str]:
        return always | made.index.needs(fact.stage, fact.call.tool if fact.call else None)

    return [
        {
            "principal": 'Agent::"bench"',
            "action": 'Action::"tool_call"',
            "resource": 'Conversation::"bench"',
            "context": json.dumps(
                cedar_context(Values(made, resolution, fact, EMPTY).of(names(fact)))
            ),
        }
        for fact in facts
    ]


def same_answers(
    made: Policy, decisions: list[Decision], answers: list[cedarpy.AuthzResult]
) -> int:
    """Assert that both engines agree on every request. Returns how many restrict."""
    effects = {boundary.id: boundary.effect for boundary in made.boundaries}
    restricted = 0
    for decision, answer in zip(decisions, answers, strict=True):
        assert not answer.diagnostics.errors, answer.diagnostics.errors
        theirs = set(answer.diagnostics.id_annotations_by_reason.values()) - {PERMIT}
        ours = {reason.check for reason in decision.reasons}
        assert ours == theirs, (ours, theirs)
        joined = max(
            (effects[name] for name in theirs), key=STRICTNESS.__getitem__, default="allow"
        )
        assert decision.effect == joined, (decision.effect, joined)
        restricted += bool(theirs)
    return restricted


def by_action(text: str) -> str:
    """Return exported policies with the tool as the action."""
    found, count = ONE_TOOL.subn(r"action == Action::\1, resource)\nwhen { ", text)
    assert count == len(TOOLS) * 3, count
    return found


def described(made: Policy, facts: list[Facts], decisions: list[Decision]) -> dict[str, object]:
    """Return how much of a policy the requests are about."""
    about = [len(made.index.bucket("tool_call", fact.call.tool).members) for fact in facts]
    fired = Counter(len(decision.reasons) for decision in decisions)
    return {
        "boundaries": len(made.boundaries),
        "requests": len(facts),
        "asked_per_request": {"median": statistics.median(about), "most": max(about)},
        "requests_by_number_that_fires": dict(sorted(fired.items())),
        "equal_answers": True,
    }


def spread(best: list[float]) -> dict[str, float]:
    """Return median and 95th percentile in microseconds."""
    return {
        "median": round(statistics.median(best) * 1e6, 2),
        "p95": round(sorted(best)[len(best) * 95 // 100 - 1] * 1e6, 2),
    }


def measured(asks: dict[str, tuple[Callable[[Any], object], list]]) -> dict[str, dict[str, float]]:
    """Return the time of each request, the best of all rounds; the engines take turns."""
    best = {name: [float("inf")] * len(given) for name, (_, given) in asks.items()}
    for _ in range(TURNS):
        for name, (ask, given) in asks.items():
            kept = best[name]
            for at, request in [*enumerate(given)] * (ROUNDS // TURNS):
                before = time.perf_counter()
                ask(request)
                kept[at] = min(kept[at], time.perf_counter() - before)
    return {name: spread(kept) for name, kept in best.items()}


def compared(made: Policy, facts: list[Facts], *, of_a_tool: bool) -> dict[str, object]:
    """Time both engines on one set of boundaries."""
    talk = Conversation("none", (), (), tools=tuple(TOOLS))
    resolution = resolve(made, talk)
    export = export_cedar(made.boundaries)
    assert not export.left_out, export.left_out
    policies = cedarpy.PolicySet.from_str(export.text)
    entities = cedarpy.Entities.from_json_str("[]")
    asked = cedar_requests(made, resolution, facts)

    def ours(fact: Facts) -> Decision:
        return decide(made, resolution, fact, talk)

    def theirs(request: dict) -> cedarpy.AuthzResult:
        return cedarpy.is_authorized(request, policies, entities)

    def batch(requests: list[dict]) -> list[cedarpy.AuthzResult]:
        return cedarpy.is_authorized_batch(requests, policies, entities)

    decisions = list(map(ours, facts))
    same_answers(made, decisions, list(map(theirs, asked)))
    same_answers(made, decisions, batch(asked))
    asks = {"charter": (ours, facts), "cedarpy": (theirs, asked), "cedarpy_batch": (batch, [asked])}
    if of_a_tool:
        by_tool = cedarpy.PolicySet.from_str(by_action(export.text))
        acting = [
            {**request, "action": f'Action::"{fact.call.tool}"'}
            for request, fact in zip(asked, facts, strict=True)
        ]

        def written_for_cedar(request: dict) -> cedarpy.AuthzResult:
            return cedarpy.is_authorized(request, by_tool, entities)

        same_answers(made, decisions, list(map(written_for_cedar, acting)))
        asks["cedarpy_by_action"] = (written_for_cedar, acting)
    found = measured(asks)
    each = found.pop("cedarpy_batch")["median"] / len(asked)
    microseconds: dict[str, object] = {**found, "cedarpy_batch": {"mean": round(each, 2)}}
    ratios = {
        name: round(cedar["median"] / found["charter"]["median"], 1)
        for name, cedar in found.items()
        if name != "charter"
    }
    ratios["cedarpy_batch"] = round(each / found["charter"]["median"], 1)
    return {
        **described(made, facts, decisions),
        "microseconds": microseconds,
        "times_faster_than": ratios,
    }


def main() -> None:
    facts = requests()
    one = compared(policy(), facts, of_a_tool=True)
    result = {
        "python": platform.python_version(),
        "limit_us": LIMIT_US,
        "limit_ratio": LIMIT_RATIO,
        "boundaries_of_tools": one,
        "boundaries_of_every_call": compared(policy(of_a_tool=False), facts, of_a_tool=False),
    }
    target = ROOT / "bench" / "results" / "decide.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"60 boundaries, 200 calls, equal answers (limit {LIMIT_US:.0f} us, {LIMIT_RATIO:.0f}x):")
    for what in ("boundaries_of_tools", "boundaries_of_every_call"):
        found = result[what]
        median = found["microseconds"]["charter"]["median"]
        factors = ", ".join(f"{n:.1f}x {peer}" for peer, n in found["times_faster_than"].items())
        print(f"  {what}: {median:.1f} us median; as fast as {factors}")


if __name__ == "__main__":
    main()
