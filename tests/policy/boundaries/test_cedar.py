"""Boundaries in Cedar: what is written, what is left out, and that both engines agree."""

from __future__ import annotations

import json
import random
import re
from collections import Counter

import cedarpy
import pytest

from charter.policy.boundaries.boundary import Boundary, compile_boundary
from charter.policy.boundaries.cedar import PERMIT, cedar_context, export_cedar
from charter.policy.boundaries.cedar_condition import (
    FORMS,
    Unwritten,
    Written,
    cedar_condition,
    cedar_string,
)
from charter.policy.boundaries.condition import (
    EFFECTS,
    STAGES,
    Condition,
    compile_condition,
    variables_of,
)
from charter.policy.boundaries.expression import Call, Const, Ident, Node, Select, walk
from charter.policy.boundaries.index import index_boundaries
from charter.policy.decision import STRICTNESS
from charter.source import Span
from charter.spec.spec import Boundary as Source

NOWHERE = Span(0, 0)
ALLOWED = "context.scope.allowed_tools"


def made(when: str, boundary_id: str, effect: str = "deny", on: str = "tool_call") -> Boundary:
    source = Source(boundary_id, "s", on, when, effect, None, NOWHERE, NOWHERE)
    found = compile_boundary(source, 3, None, 0)
    assert isinstance(found, Boundary), (when, found)
    return found


def in_cedar(when: str, stage: str = "tool_call") -> Written | Unwritten:
    found = compile_condition(when, stage)
    assert isinstance(found, Condition), found
    return cedar_condition(found)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("tool == 'pay'", 'context.tool == "pay"'),
        ("call.tool != 'pay'", 'context.call.tool != "pay"'),
        ("words > 3 && !(words >= 9)", "context.words > 3 && !(context.words >= 9)"),
        (
            "has(args.amount) && args.amount > 500",
            "context.args has amount && context.args.amount > 500",
        ),
        (
            "has(args.m) && has(args.m.k) && args.m.k == 1",
            "context.args has m && context.args.m has k && context.args.m.k == 1",
        ),
        ("'x' in args && args['x'] == true", "context.args has x && context.args.x == true"),
        ("'a-b' in args", 'context.args has "a-b"'),
        ("'if' in args && args['if'] == 1", 'context.args has "if" && context.args["if"] == 1'),
        ("!has(args.x) || args.x == 'a'", '!(context.args has x) || context.args.x == "a"'),
        (
            "has(args.x) ? args.x < 3 : words == 0",
            "if context.args has x then context.args.x < 3 else context.words == 0",
        ),
        ("tool in ['a', 'b']", '["a", "b"].contains(context.tool)'),
        (
            "has(scope.allowed_tools) && !(tool in scope.allowed_tools)",
            f"context.scope has allowed_tools && !{ALLOWED}.contains(context.tool)",
        ),
        ("request.text.contains('a*b')", 'context.request.text like "*a\\*b*"'),
        ("tool.startsWith('fs_')", 'context.tool like "fs_*"'),
        ("tool.endsWith('')", 'context.tool like "*"'),
        ("words + 2 * -3 > -words", "context.words + 2 * -3 > -context.words"),
        ("words - (2 - 1) == 1", "context.words - (2 - 1) == 1"),
        ("tool == 'a\"\\\\\\n\\u00a0é'", 'context.tool == "a\\"\\\\\\u{a}\\u{a0}é"'),
        (
            "has(labels.url) && labels.url.level < levels.user",
            "context.labels has url && context.labels.url.level < context.levels.user",
        ),
        (
            "has(labels.url) && 'tool:web' in labels.url.sources",
            'context.labels has url && context.labels.url.sources.contains("tool:web")',
        ),
        (
            "(tool == 'a' || tool == 'b') && words > 1",
            '(context.tool == "a" || context.tool == "b") && context.words > 1',
        ),
        ("true", "true"),
    ],
)
def test_condition_in_cedar(when: str, text: str) -> None:
    found = in_cedar(when)
    assert isinstance(found, Written), found
    assert found.text == text
    cedarpy.PolicySet.from_str(f"forbid (principal, action, resource) when {{ {text} }};")


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("tool.matches('a+')", "matches a pattern"),
        ("size(tool) > 3", "calls size()"),
        ("tool.lowerAscii() == 'a'", "calls lowerAscii()"),
        ("string(args.x) == 'a'", "calls string()"),
        ("args.x > 5", "reads args.x without asking has(args.x) first"),
        ("args.x > 5 && has(args.x)", "reads args.x without asking"),
        ("has(args.x) || args.x > 5", "reads args.x without asking"),
        ("has(args.m.k)", "reads args.m without asking"),
        ("has(args.x) && args.y == 1", "reads args.y without asking"),
        ("!has(args.x) && args.x == 1", "reads args.x without asking"),
        ("(has(args.x) || has(args.y)) && args.x == 1", "reads args.x without asking"),
        ("labels.url.level > 1", "reads labels.url without asking"),
        ("levels.board > 1", "reads levels.board without asking"),
        ("['a'].exists(x, x == tool)", "loops over a list or map"),
        ("tool + 'a' == 'ba'", "adds other than whole numbers"),
        ("words / 2 > 1", "divides"),
        ("words % 2 == 1", "takes a remainder"),
        ("double(words) > 2.0", "orders what may be other"),
        ("has(args.x) && args.x > 1.5", "orders what may be other than whole numbers"),
        ("has(args.x) && args.x == 1.5", "compares what may be lists, maps, fractions or null"),
        ("has(args.x) && args.x == null", "compares what may be lists"),
        ("has(args.x) && args.x == [1]", "compares what may be lists"),
        ("has(args.x) && has(args.y) && args.x == args.y", "compares what may be lists"),
        ("has(args.x) && has(args.y) && args.x < args.y", "orders what may be other"),
        ("has(args.x) && args.x < 'b'", "orders what may be other"),
        ("tool.contains(request.text)", "searches for a text that is computed"),
        ("tool in args", "looks for a key that is computed"),
        ("has(args.x) && has(args.y) && args.x in args.y", "looks for what may be a list or map"),
        ("tool in ['a', request.text]", "has a list of other than texts and whole numbers"),
        ("args[tool] == 1", "reads a key that is computed"),
        ("has(args.m) && args.m[0] == 1", "reads a key that is computed"),
        ("dyn(words) == 1", "calls dyn()"),
        ("int(tool) == 1", "calls int()"),
        ("tool.split(',') == ['a']", "compares what may be lists"),
        ("tool.matches('a')", "matches a pattern"),
        ("tool > 'a'", "orders what may be other"),
        ("dyn(words) == 1u", "compares what may be lists, maps, fractions or null"),
        ("timestamp(tool) < timestamp('2026-01-01T00:00:00Z')", "orders what may be other"),
        ("[tool].all(x, x == 'a')", "loops over a list or map"),
        ("words in [1, 2] ? b'a' == b'b' : true", "compares what may be lists"),
        ("has(args.__entity)", "has a meaning of its own"),
        ("'__extn' in args", "has a meaning of its own"),
        ("has(args.m) && has(args.m.__expr)", "has a meaning of its own"),
        ("tool in args.map(k, k)", "looks into a list or map that is computed"),
        ("has(args.x) && args.x > 1 && args.x.contains('a')", "for two types"),
        ("{'a': 1} == args", "compares what may be lists"),
        ("type(args.x) == int", "compares what may be lists"),
    ],
)
def test_condition_that_cedar_cannot_express_says_why(when: str, reason: str) -> None:
    found = in_cedar(when)
    assert isinstance(found, Unwritten), found
    assert reason in found.reason


def test_open_types_are_named() -> None:
    found = in_cedar(
        "has(args.n) && args.n > 1 && has(args.t) && args.t.contains('a') && has(args.m) "
        "&& has(args.m.b) && args.m.b && has(scope.allowed_tools) && tool in scope.allowed_tools"
    )
    assert isinstance(found, Written)
    assert sorted(found.takes) == [
        "context.args.m is a map",
        "context.args.m.b is true or false",
        "context.args.n is a whole number",
        "context.args.t is a text",
        "context.scope.allowed_tools is a list",
    ]


def test_export_has_policies_reasons_and_ids_as_they_are() -> None:
    hostile = 'a"b\n// c'
    found = export_cedar(
        [made("true", hostile, "flag"), made("tool.matches('a')", "left\nout"), made("true", "c")],
        of="A\nspec",
    )
    assert found.written == (hostile, "c")
    assert [(out.id, out.section) for out in found.left_out] == [("left\nout", "s")]
    assert "// Not in Cedar: left out (matches a pattern).\n" in found.text
    assert "// Boundaries of A spec.\n" in found.text
    answer = asked(cedarpy.PolicySet.from_str(found.text), "tool_call", {})
    assert set(answer.diagnostics.id_annotations_by_reason.values()) == {hostile, "c"}


def test_only_partial_permits_where_something_is_left_out() -> None:
    given = [made("tool == 'a'", "kept"), made("tool.matches('b')", "left_out")]
    for partial in (False, True):
        found = export_cedar(given, partial=partial)
        answer = asked(cedarpy.PolicySet.from_str(found.text), "tool_call", {"tool": "b"})
        assert answer.allowed is found.permits is partial
    assert export_cedar(given[:1]).permits


def test_export_without_boundaries_permits() -> None:
    found = export_cedar([])
    answer = asked(cedarpy.PolicySet.from_str(found.text), "output", {})
    assert answer.allowed
    assert set(answer.diagnostics.id_annotations_by_reason.values()) == {PERMIT}


def test_context_nests_dotted_names() -> None:
    values = {"text": "a", "call.args": {"x": 1}, "call.tool": "t", "request.words": 3}
    assert cedar_context(values) == {
        "text": "a",
        "call": {"args": {"x": 1}, "tool": "t"},
        "request": {"words": 3},
    }
    with pytest.raises(ValueError, match="cannot be inside"):
        cedar_context({"text": "a", "text.words": 3})


def asked(policies: object, stage: str, values: dict[str, object]) -> cedarpy.AuthzResult:
    request = {
        "principal": 'Agent::"a"',
        "action": f'Action::"{stage}"',
        "resource": 'Conversation::"c"',
        "context": json.dumps(cedar_context(values)),
    }
    return cedarpy.is_authorized(request, policies, "[]")


KINDS = {
    "amount": "int",
    "to": "string",
    "flag": "bool",
    "tags": "list",
    "meta": "map",
    "if": "string",
    "a-b": "int",
}


STRINGS = {
    stage: tuple(v.name for v in variables_of(stage) if v.type == "string") for stage in STAGES
}
WHOLE = {stage: tuple(v.name for v in variables_of(stage) if v.type == "int") for stage in STAGES}


class Generator:
    """Boundaries and requests, of every form that Cedar has, from one seed."""

    TOOLS = ("pay", "send_email", "read_file", "é\"*\\'")
    TEXTS = ("", "a", "b", "*", "a*b", "é\n\"\\'", "https://evil.example/x", "\u2028😀", "aab")
    NUMBERS = (-(2**63), -5, 0, 1, 3, 499, 500, 2**63 - 1)
    KEYS = tuple(KINDS)

    def __init__(self, seed: int, stage: str = "tool_call") -> None:
        self.random = random.Random(seed)
        self.pick = self.random.choice
        self.stage = stage

    def literal(self, kind: str) -> str:
        if kind == "int":
            return str(self.pick(self.NUMBERS))
        if kind == "bool":
            return self.pick(("true", "false"))
        return json.dumps(self.pick(self.TEXTS + self.TOOLS), ensure_ascii=False)

    def number(self) -> str:
        simple = (*WHOLE[self.stage], self.literal("int"))
        one, other = self.pick(simple), self.pick(simple)
        return self.pick((one, one, f"{one} {self.pick('+-*')} {other}", f"-({one})"))

    def argument(self) -> str:
        """Return a test of one argument, guarded in one of the usual ways."""
        key = self.pick(self.KEYS)
        root = self.pick(("args", "call.args"))
        path = f"{root}.{key}" if key.isidentifier() and key != "if" else f"{root}['{key}']"
        there = f"has({path})" if "[" not in path else f"'{key}' in {root}"
        test = self.test(path, KINDS[key])
        return self.pick(
            (
                f"{there} && {test}",
                f"(!({there}) || {test})",
                f"({there} ? {test} : {self.pick(('true', 'false'))})",
                f"!({there} && {test})",
                there,
            )
        )

    def test(self, path: str, kind: str) -> str:
        relation = self.pick(("==", "!=", "<", "<=", ">", ">="))
        if kind == "int":
            return f"{path} {relation} {self.number()}"
        if kind == "bool":
            return self.pick((f"({path} && true)", f"!{path}", f"{path} == {self.literal('bool')}"))
        if kind == "list":
            return f"{self.pick((self.literal('string'), 'tool'))} in {path}"
        if kind == "map":
            inner = self.string(f"{path}.k")
            return f"has({path}.k) && {inner}" if self.random.random() < 0.8 else f"has({path}.k)"
        return self.string(path)

    def string(self, path: str) -> str:
        function = self.pick(("contains", "startsWith", "endsWith"))
        listed = ", ".join(self.literal("string") for _ in range(self.random.randrange(3)))
        return self.pick(
            (
                f"{path}.{function}({self.literal('string')})",
                f"{path} {self.pick(('==', '!='))} {self.literal('string')}",
                f"{path} in [{listed}]",
                f"{path} == {self.pick(STRINGS[self.stage])}",
            )
        )

    def atom(self) -> str:
        choice = self.random.randrange(8 if self.stage == "tool_call" else 4)
        if choice == 0:
            return (
                f"{self.number()} {self.pick(('<', '<=', '>', '>=', '==', '!='))} {self.number()}"
            )
        if choice == 1:
            return self.string(self.pick(STRINGS[self.stage]))
        if choice == 2:
            return self.setting()
        if choice == 3 and self.stage in ("tool_call", "tool_result"):
            return self.tool()
        if choice == 3:
            return f"message.level {self.pick(('<', '>='))} levels.{self.pick(('user', 'system'))}"
        if choice < 6:
            return self.argument()
        key = self.pick(("to", "amount"))
        return f"(has(labels.{key}) && {self.label(f'labels.{key}')})"

    def setting(self) -> str:
        return self.pick(
            (
                "(has(settings.under_18) && settings.under_18)",
                "('max_words' in settings && words > settings.max_words)",
                "(has(settings.tone) && settings.tone in ['a', 'b*'])",
                "!has(settings.under_18)",
            )
        )

    def tool(self) -> str:
        if self.random.random() < 0.3:
            return "(has(scope.allowed_tools) && !(tool in scope.allowed_tools))"
        tools = ", ".join(
            json.dumps(tool, ensure_ascii=False) for tool in self.random.sample(self.TOOLS, 2)
        )
        return self.pick(
            (
                f"tool in [{tools}]",
                f"tool == {json.dumps(self.pick(self.TOOLS), ensure_ascii=False)}",
            )
        )

    def label(self, path: str) -> str:
        return self.pick(
            (
                f"{path}.level {self.pick(('<', '>='))} levels.{self.pick(('user', 'root'))}",
                f"{path}.authority == {self.pick(('asked_by', repr('user')))}",
                f"'tool:web' in {path}.sources",
                f"{path}.level > {path}.level - 1",
            )
        )

    def condition(self, depth: int = 2) -> str:
        if depth == 0 or self.random.random() < 0.3:
            return self.atom()
        one, other = self.condition(depth - 1), self.condition(depth - 1)
        return self.pick(
            (
                f"({one}) && ({other})",
                f"({one}) || ({other})",
                f"!({one})",
                f"({one}) ? ({other}) : ({self.condition(depth - 1)})",
            )
        )

    def value(self, kind: str) -> object:
        if kind == "int":
            return self.pick(self.NUMBERS)
        if kind == "bool":
            return self.pick((True, False))
        if kind == "list":
            return self.random.sample(self.TEXTS + self.TOOLS, self.random.randrange(4))
        if kind == "map":
            return self.pick(({}, {"k": self.value("string")}, {"z": 1}))
        return self.pick(self.TEXTS)

    def request(self, *, right: bool = True) -> dict[str, object]:
        """Return values of all variables; of other types than conditions take, unless `right`."""
        kinds = tuple(KINDS.values())
        keys = self.random.sample(self.KEYS, self.random.randrange(len(self.KEYS) + 1))
        args = {
            key: self.value(KINDS[key] if right or self.random.random() < 0.5 else kind)
            for key, kind in zip(keys, self.random.choices(kinds, k=len(keys)), strict=True)
        }
        labels = {
            key: {
                "authority": self.pick(("none", "user", "root")),
                "level": self.pick((0, 2, 5)),
                "sources": self.pick(([], ["user"], ["user", "tool:web"])),
                "sensitivity": "private",
            }
            for key in args
        }
        tool = self.pick(self.TOOLS)
        text, asked_for = self.pick(self.TEXTS), self.pick(self.TEXTS)
        known = {
            "text": text,
            "output.text": text,
            "result.text": text,
            "words": self.pick((0, 1, 3, 500)),
            "output.words": self.pick((0, 3)),
            "result.words": self.pick((0, 3)),
            "result.tool": tool,
            "message.role": self.pick(("user", "tool")),
            "message.authority": self.pick(("user", "none")),
            "message.level": self.pick((0, 2)),
            "request.text": asked_for,
            "request.words": self.pick((0, 3)),
            "tool": tool,
            "call.tool": tool,
            "args": args,
            "call.args": args,
            "labels": labels,
            "asked_by": self.pick(("", "user")),
            "privileged": self.pick((0, 12)),
            "settings": self.pick(
                ({}, {"under_18": True}, {"under_18": False, "max_words": 2, "tone": "b*"})
            ),
            "scope": self.pick(({}, {"allowed_tools": []}, {"allowed_tools": [*self.TOOLS[:2]]})),
            "levels": {"root": 5, "system": 4, "developer": 3, "user": 2, "guideline": 1},
        }
        return {variable.name: known[variable.name] for variable in variables_of(self.stage)}


EXPORTABLE = FORMS | {"has", "_[_]", "read", "literal"}
"""Every form of a condition that can be written for Cedar."""


def forms(node: Node) -> set[str]:
    """Return the forms a condition is made of."""
    found = set()
    for part in walk(node):
        match part:
            case Call(function=name):
                found.add(name)
            case Select(test_only=True):
                found.add("has")
            case Select() | Ident():
                found.add("read")
            case Const():
                found.add("literal")
    return found


def joined(effects: list[str]) -> str:
    return max(effects, key=STRICTNESS.__getitem__, default="allow")


def compare(seed: int, requests: int, *, right: bool, seen: Counter[str]) -> tuple[int, int, int]:
    """Compare both engines on one set. Returns how many requests, boundaries fired and errors.

    Counts in `seen` the forms, stages and effects that met.
    """
    stage = STAGES[seed % 5 % 4] if right else "tool_call"  # calls twice as often
    generator = Generator(seed, stage)
    conditions = [generator.condition() for _ in range(generator.pick((1, 5, 20, 60)))]
    every = [
        made(when, f"b{at}", generator.pick(EFFECTS), stage) for at, when in enumerate(conditions)
    ]
    export = export_cedar(every, partial=True)
    boundaries = tuple(b for b in every if b.id in export.written)
    index, effect = index_boundaries(boundaries), {b.id: b.effect for b in boundaries}
    policies = cedarpy.PolicySet.from_str(export.text)
    for boundary in boundaries:
        seen.update({stage, *forms(boundary.condition.root)})
    fired_count = error_count = 0
    for _ in range(requests):
        values = generator.request(right=right)
        ours = index.ask(stage, str(values["tool"]) if "tool" in values else None, values)
        fired = {boundaries[at].id for at in ours.fired}
        seen.update(effect[i] for i in fired)
        errored = {boundaries[at].id for at in ours.errored}
        theirs = asked(policies, stage, values)
        found = set(theirs.diagnostics.id_annotations_by_reason.values()) - {PERMIT}
        failed = {
            export.written[int(number) - 1]
            for error in theirs.diagnostics.errors
            for number in re.findall(r"`policy(\d+)`", error)
        }
        error_count += len(failed)
        fired_count += len(fired)
        context = (seed, values, [(b.id, b.when) for b in boundaries])
        overflows = {b.id for b in boundaries if re.search(r" [-+*] |-\(", b.when)}
        if right:  # a calculation may overflow, which is an error to both
            assert errored <= overflows, context
            assert failed <= overflows, context
        # false && error is false in CEL, and an error in Cedar: never the other way round
        assert found <= fired, context
        assert fired <= found | failed, context
        assert errored <= failed, context
        assert theirs.allowed is not bool(found), context
        if not failed:
            assert found == fired, context
            assert joined([effect[i] for i in found]) == joined([effect[i] for i in fired])
    return requests, fired_count, error_count


def test_both_engines_give_the_same_answer() -> None:
    seen: Counter[str] = Counter()
    counts = [compare(seed, 60, right=True, seen=seen) for seed in range(30)]
    assert sum(count[0] for count in counts) == 1800
    assert sum(count[1] for count in counts) > 1800
    assert set(STAGES) | set(EFFECTS) | EXPORTABLE <= set(seen)


@pytest.mark.slow
def test_both_engines_give_the_same_answer_on_many_requests() -> None:
    seen: Counter[str] = Counter()
    counts = [compare(seed, 50, right=True, seen=seen) for seed in range(1000, 1210)]
    assert sum(count[0] for count in counts) > 10_000
    assert min(seen[form] for form in EXPORTABLE) > 50


def test_on_other_types_cedar_gives_an_error_or_the_same() -> None:
    seen: Counter[str] = Counter()
    counts = [compare(seed, 50, right=False, seen=seen) for seed in range(2000, 2012)]
    assert sum(count[2] for count in counts) > 100


def test_generated_conditions_can_nearly_all_be_written() -> None:
    generator = Generator(7)
    found = [in_cedar(generator.condition()) for _ in range(400)]
    assert sum(isinstance(each, Written) for each in found) > 350


def test_strings_are_what_cedar_reads() -> None:
    generator = Generator(11)
    for text in (*Generator.TEXTS, *Generator.TOOLS, "\x00\x7f\u200b\u2028", "{}", "${x}"):
        policy = (
            f"forbid (principal, action, resource) when {{ context.t == {cedar_string(text)} }};"
        )
        policies = cedarpy.PolicySet.from_str(policy)
        for other in (text, generator.pick(Generator.TEXTS)):
            fired = bool(asked(policies, "output", {"t": other}).diagnostics.reasons)
            assert fired is (other == text)
