"""What a decision costs: boundaries against the same policies in Cedar, on the same requests.

An agent with 20 tools, three boundaries for each, and 200 tool calls of which a quarter breaks one.
Both engines must give the same answers before either is timed. Charter's time is that of the whole
decision: gates, boundaries, reasons, citations. Cedar's policies and entities are parsed before,
and its requests are JSON already.

Usage: python bench/decide.py. Writes bench/results/decide.json.
"""

from __future__ import annotations

import json
import platform
import random
import statistics
import sys
import time
from pathlib import Path

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
REQUESTS, FIRING, ROUNDS = 200, 50, 40
LEVELS = ("root", "system", "developer")

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
HARMLESS = {AMOUNT: 1, PREFIX: "https://example.com/a", INSIDE: "a plain text", GIVEN: "b"}


def boundaries() -> tuple[Boundary, ...]:
    """Return the 60 boundaries, those of one tool in one section."""
    found = []
    for place, (tool, rows) in enumerate(TOOLS.items()):
        for number, (form, key, bound, effect, _) in enumerate(rows):
            when = f"tool == '{tool}' && " + form.format(key=key, bound=bound)
            nowhere = Span(0, 0)
            name = f"{tool}_{number}"
            written = Written(name, tool, "tool_call", when, effect, "No.", nowhere, nowhere)
            level = LEVELS[place % len(LEVELS)]
            made = compile_boundary(written, DEFAULT_LADDER.rank(level), None, 0)
            assert isinstance(made, Boundary), made
            found.append(made)
    return tuple(found)


def policy() -> Policy:
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
        boundaries(),
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


def times(one: list, ask: object) -> list[float]:
    """Return the microseconds of each request, the best of all rounds."""
    best = [float("inf")] * len(one)
    for _ in range(ROUNDS):
        for at, request in enumerate(one):
            before = time.perf_counter()
            ask(request)  # type: ignore[operator]
            best[at] = min(best[at], time.perf_counter() - before)
    return [value * 1e6 for value in best]


def main() -> None:
    made = policy()
    talk = Conversation("none", (), (), tools=tuple(TOOLS))
    resolution = resolve(made, talk)
    facts = requests()
    export = export_cedar(made.boundaries)
    assert not export.left_out, export.left_out
    policies = cedarpy.PolicySet.from_str(export.text)
    entities = cedarpy.Entities.from_json_str("[]")
    asked = cedar_requests(made, resolution, facts)

    def ours(fact: Facts) -> Decision:
        return decide(made, resolution, fact, talk)

    def theirs(request: dict) -> cedarpy.AuthzResult:
        return cedarpy.is_authorized(request, policies, entities)

    restricted = same_answers(made, list(map(ours, facts)), list(map(theirs, asked)))
    took, cedar = times(facts, ours), times(asked, theirs)
    median, other = statistics.median(took), statistics.median(cedar)
    result = {
        "python": platform.python_version(),
        "policies": len(made.boundaries),
        "requests": len(facts),
        "restricted": restricted,
        "equal_answers": True,
        "charter_us": {"median": round(median, 2), "p95": round(sorted(took)[189], 2)},
        "cedarpy_us": {"median": round(other, 2), "p95": round(sorted(cedar)[189], 2)},
        "ratio": round(other / median, 1),
        "limit_us": LIMIT_US,
        "limit_ratio": LIMIT_RATIO,
    }
    target = ROOT / "bench" / "results" / "decide.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    report = json.dumps(result, indent=2)
    target.write_text(report + "\n", encoding="utf-8")
    print(report)
    if median > LIMIT_US or other / median < LIMIT_RATIO:
        sys.exit("over the limit")


if __name__ == "__main__":
    main()
