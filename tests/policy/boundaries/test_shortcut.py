"""Shortcuts say what the CEL runtime says, or nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.worlds import thorough

from charter.policy.boundaries.condition import Condition, compile_condition
from charter.policy.boundaries.plain import size_as_given
from charter.policy.boundaries.shortcut import shortcut

LEVELS = {"root": 5, "system": 4, "developer": 3, "user": 2, "guideline": 1}
KEYS = ("a", "b", "c", "if")
TEXTS = ("", "a", "b", "ab", "aé", "é", "e\u0301", "\U0001f600", "\ufffd", "A", "user", "1")
NUMBERS = (-(2**63), -(2**53) - 1, -1, 0, 1, 2, 2**53, 2**53 + 1, 2**63 - 1)
FRACTIONS = (-0.0, 0.0, 0.5, 1.0, 2.0, float(2**53), float(2**53 + 2), 1e300, -1e300, 5e-324)


def condition(text: str) -> Condition:
    found = compile_condition(text, "tool_call")
    assert isinstance(found, Condition), (text, found)
    return found


def answered(text: str, values: dict[str, object], tool: str | None = None) -> bool | None:
    found = shortcut(condition(text).root, tool)
    assert found is not None, text
    return found(values)


def agree(when: Condition, values: dict[str, object], tool: str | None) -> bool:
    """Assert that a shortcut is right. Returns whether it gave an answer."""
    short = shortcut(when.root, tool)
    found = short(values) if short and size_as_given(values) is not None else None
    try:
        expected: bool | None = when.holds(values)
    except ValueError:
        expected = None
    if found is not None:
        assert found is expected, (when.text, values, tool)
    return found is not None


class Any:
    """Conditions and values, sensible and not, from one source of choices."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.pick = chance, chance.choice

    def literal(self) -> str:
        number = self.pick(NUMBERS)
        text = self.pick(TEXTS)
        return self.pick((str(number), f"'{text}'", f"'{text}'", "true", "false", "1.0", "null"))

    def place(self) -> str:
        key = self.pick(KEYS[:3])
        return self.pick(
            (
                f"args.{key}",
                f"args.{key}",
                f"args.{key}",
                f"args['{self.pick(KEYS)}']",
                f"args.{key}.{self.pick(KEYS[:3])}",
                f"call.args.{key}",
                f"labels.{key}.level",
                f"labels.{key}.authority",
                f"levels.{self.pick(('root', 'user', 'none'))}",
                "tool",
                "call.tool",
                "words",
                "settings.a",
            )
        )

    def atom(self) -> str:
        one, other = self.place(), self.place()
        relation = self.pick(("==", "!=", "<", "<=", ">", ">="))
        text = f"'{self.pick(TEXTS)}'"
        listed = ", ".join(f"'{self.pick(TEXTS)}'" for _ in range(self.chance.randrange(4)))
        member = self.pick(("contains", "startsWith", "endsWith", "matches"))
        return self.pick(
            (
                f"has(args.{self.pick(KEYS[:3])})",
                f"has(args.{self.pick(KEYS[:3])}.{self.pick(KEYS[:3])})",
                f"has(labels.{self.pick(KEYS[:3])})",
                f"{one} {relation} {self.literal()}",
                f"{one} {relation} {self.literal()}",
                f"{self.literal()} {relation} {one}",
                f"{one} {relation} {other}",
                f"{one}.{member}({text})",
                f"{one}.{member}({text})",
                f"{text} in {self.pick(('args', 'settings', one))}",
                f"{one} in [{listed}]",
                f"{one} in {other}",
                self.pick((one, "true", "false")),
                f"dyn({one}) == {other}",
                f"[{text}].exists(x, x == {one})",
            )
        )

    def condition(self, depth: int = 2) -> Condition:
        """Return one that compiles."""
        while True:
            found = compile_condition(self.text(depth), "tool_call")
            if isinstance(found, Condition):
                return found

    def text(self, depth: int) -> str:
        if depth == 0 or self.chance.random() < 0.25:
            return self.atom()
        one, other = self.text(depth - 1), self.text(depth - 1)
        return self.pick(
            (
                f"({one}) && ({other})",
                f"({one}) && ({other})",
                f"({one}) || ({other})",
                f"!({one})",
                f"({one}) ? ({other}) : true",
            )
        )

    def value(self, depth: int = 2) -> object:
        kind = self.chance.randrange(12 if depth else 9)
        if kind < 4:
            return self.pick(TEXTS)
        if kind < 6:
            return self.pick(NUMBERS)
        if kind == 9:
            return [self.value(depth - 1) for _ in range(self.chance.randrange(3))]
        if kind > 9:
            return {key: self.value(depth - 1) for key in KEYS if self.chance.random() < 0.5}
        strange = ("a\0", "\ud800", 2**63, 2**64, -(2**63) - 1, float("nan"), float("inf"))
        fraction = self.pick(FRACTIONS)
        other = self.pick(strange) if self.chance.random() < 0.1 else fraction
        return self.pick((fraction, True, False, None, other))

    def values(self) -> dict[str, object]:
        args = {key: self.value() for key in KEYS if self.chance.random() < 0.6}
        label = {"authority": "user", "level": self.pick((0, 2)), "sources": ["user"]}
        tool = self.pick(("a", "b", "é"))
        return {
            "args": args,
            "call.args": args,
            "labels": {key: label for key in args if self.chance.random() < 0.9},
            "levels": LEVELS,
            "tool": tool,
            "call.tool": tool,
            "words": self.pick((0, 1, 2)),
            "settings": {"a": self.value(0)} if self.chance.random() < 0.8 else {},
        }


def test_many_questions_get_the_runtime_s_answer() -> None:
    any_of = Any(random.Random(5))
    asked = sure = 0
    while asked < 12_000:
        when = any_of.condition()
        if shortcut(when.root, None) is None:
            continue
        for _ in range(30):
            values = any_of.values()
            tool = values["tool"] if any_of.chance.random() < 0.5 else None
            sure += agree(when, values, tool)  # type: ignore[arg-type]
            asked += 1
    assert sure > 4_000


@thorough
@given(st.randoms(use_true_random=False), st.booleans())
def test_a_shortcut_gives_the_runtime_s_answer_or_none(chance: random.Random, known: bool) -> None:
    any_of = Any(chance)
    values = any_of.values()
    agree(any_of.condition(), values, str(values["tool"]) if known else None)


ARGS = {"n": 5, "t": "x é", "f": 1.5, "y": True, "z": None, "l": ["a", "b"], "m": {"k": "v"}}
CALL = {"args": ARGS, "tool": "pay", "call.tool": "pay", "words": 0, "levels": LEVELS}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("has(args.n) && args.n > 4", True),
        ("has(args.q) && args.q > 4", False),
        ("args.q > 4", None),
        ("args.q > 4 && words == 1", False),
        ("args.q > 4 || words == 0", True),
        ("args.f > 1", True),
        ("args.f > 9007199254740993", None),
        ("args.n == 5.0 || args.n == 1", None),
        ("args.n == '5'", None),
        ("args.y == 1", None),
        ("args.y && !(!args.y)", True),
        ("!args.n || args.n", None),
        ("args.t.contains('é') && !args.t.startsWith('é')", True),
        ("args.t.matches('^x.é$')", True),
        ("args.n.contains('5')", None),
        ("args.t in ['a', 'x é']", True),
        ("args.n in ['a']", None),
        ("'a' in args.l && !('c' in args.l)", True),
        ("'k' in args.m && has(args.m.k) && args.m.k == 'v'", True),
        ("has(args.n.k)", None),
        ("args.z == 'a'", None),
        ("levels.user < levels.root", True),
        ("tool == 'pay' && args.n == 5", True),
    ],
)
def test_what_a_shortcut_is_sure_of(text: str, expected: bool | None) -> None:
    when = condition(text)
    short = shortcut(when.root, None)
    assert (short(CALL) if short else None) is expected


@pytest.mark.parametrize(
    "text",
    [
        "args.l.exists(x, x == 'a')",
        "size(args.t) > 3",
        "words + 1 == 2",
        "args.t.contains(tool)",
        "args.t in ['a', tool]",
        "args.n in [1, 2]",
        "has(args.n) ? true : false",
        "args.z == null",
        "args.f == 1.5",
    ],
)
def test_what_has_no_shortcut(text: str) -> None:
    assert shortcut(condition(text).root, None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tool == 'pay'", True),
        ("'pay' != call.tool", False),
        ("tool in ['a', 'pay'] || args.q == 1", True),
        ("tool.startsWith('p') && tool != 'pay' && args.q == 1", False),
    ],
)
def test_what_hangs_on_the_tool_only_is_known_beforehand(text: str, expected: bool) -> None:
    assert answered(text, {}, "pay") is expected


def test_a_shortcut_looks_at_what_is_left_when_the_tool_is_known() -> None:
    short = shortcut(condition("tool == 'pay' && has(args.n) && args.n > 4").root, "pay")
    assert short is not None
    assert short({"args": {"n": 5}}) is True
    assert short({"args": {}}) is False
    assert short({}) is None
