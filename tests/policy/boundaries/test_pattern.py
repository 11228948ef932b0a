"""Patterns are compiled once, and are the runtime's own."""

import pytest
from cel_expr_python import cel
from hypothesis import given
from hypothesis import strategies as st

from charter.policy.boundaries.condition import Condition, compile_condition
from charter.policy.boundaries.pattern import matched, steps

PATTERNS = (
    "a",
    "^a*$",
    "(?i)pass(word)?",
    "\\bcall\\b",
    "[^a-c]{2,}",
    "é+|ß",
    "(a|b)*c",
    "(?s)a.b",
    "(?m)^b$",
    "\\pL\\d",
    "x{0,3}",
    "",
)
alphabet = st.text(alphabet="abcxABé ß1\nword", max_size=30) | st.text(max_size=30).map(
    lambda text: text.replace("\0", "")  # see test_plain
)


def test_what_is_no_pattern_is_a_value_error() -> None:
    for text in ("(", "[a", "a**", "a{2000}", "\\1"):
        with pytest.raises(ValueError, match=r"\S"):
            matched("a", text)
        with pytest.raises(ValueError, match=r"\S"):
            steps(text)


def test_steps_grow_with_the_pattern() -> None:
    assert 0 < steps("a") < steps("(?i)[a-z]{40}x") < steps("(?i)[a-z]{400}x")


@given(st.sampled_from(PATTERNS), alphabet)
def test_kept_pattern_gives_what_the_runtime_gives(pattern: str, text: str) -> None:
    literal = "r'''" + pattern + "'''"
    plain = cel.NewEnv(variables={"text": cel.Type.STRING})
    for form in (f"text.matches({literal})", f"matches(text, {literal})"):
        expected = plain.compile(form).eval(data={"text": text}).value()
        found = compile_condition(form, "request")
        assert isinstance(found, Condition)
        assert found.holds({"text": text}) is expected is matched(text, pattern)


def test_text_that_spells_the_name_of_the_function_stays() -> None:
    found = compile_condition("text == '\\x12\\x07matches' && text.matches('m')", "request")
    assert isinstance(found, Condition)
    assert found.holds({"text": "\x12\x07matches"})
    assert not found.holds({"text": "\x12\x07matched"})


def test_pattern_from_the_values_is_not_kept() -> None:
    found = compile_condition("args.text.matches(args.pattern)", "tool_call")
    assert isinstance(found, Condition)
    assert found.holds({"args": {"text": "aab", "pattern": "a+b"}})
    with pytest.raises(ValueError, match="pattern"):
        found.holds({"args": {"text": "aab", "pattern": "("}})
