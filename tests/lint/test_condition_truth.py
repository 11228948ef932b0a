from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.lint.condition_truth import tokens, truth_of
from charter.policy.boundaries.condition import Condition, compile_condition


@pytest.mark.parametrize(
    "condition",
    [
        "false",
        "!(true)",
        "words > 3 && !(words > 3)",
        "words > 3 && words <= 3",
        "words < 0",
        "size(text) < 0",
        "tool == 'a' && 'b' == tool",
        "tool in ['a', 'b'] && tool != 'a' && tool != 'b'",
        "settings.x == true && settings.x == false",
        "text.contains('k') && (words > 2 && !text.contains('k'))",
        "!text.startsWith('')",
        "args.n > 5 && args.n < 5",
        "(words == 1 || words == 2) && words > 2",
        "words == 2.5",
    ],
)
def test_condition_that_cannot_hold_is_found(condition):
    truth = truth_of(condition)
    assert truth is not None
    assert truth.when_true is None
    assert truth.when_false is not None


@pytest.mark.parametrize(
    "condition",
    [
        "true",
        "words >= 0",
        "words < 5 || words > 4",
        "tool != 'a' || tool != 'b'",
        "text.matches('.*')",
        "has(args.x) || !has(args.x)",
    ],
)
def test_condition_that_always_holds_is_found(condition):
    truth = truth_of(condition)
    assert truth is not None
    assert truth.when_false is None


@pytest.mark.parametrize(
    "condition",
    [
        "words > 4 && words < 6",
        "args.n > 5 && args.n < 6",
        "args.n < 5 || args.n >= 5",
        "text == 'a' && words == 1",
        "size(text) - 5 < 0",
        "tool.startsWith('a') && tool == 'b'",
        "text == 'a' && text == '\\x61'",
        "!(tool == 'a') && tool == 'b'",
        "[1, 2].exists(x, x > 3) && words > 1",
    ],
)
def test_condition_that_may_go_either_way_is_left_alone(condition):
    truth = truth_of(condition)
    assert truth is not None
    assert truth.when_true is not None
    assert truth.when_false is not None


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "words > 1 ? true : false",
        "words > 1 // && false",
        "text == '''a'''",
        "(words > 1",
        "words > 1)",
        "(" * 100 + "true" + ")" * 100,
        " && ".join(f"text.contains('{n}')" for n in range(30)),
    ],
)
def test_condition_of_another_form_is_not_decided(condition):
    assert truth_of(condition) is None


def test_facts_are_said_in_words():
    truth = truth_of("words > 3 && tool != 'a'")
    assert truth is not None
    assert truth.when_true == "tool is anything else and words is 4"
    assert truth.tried == "tool = 'a', anything else; words = 0, 2, 3, 4"


def test_tokens_ignore_space_outside_of_quotes():
    assert tokens("a  ==  'b  c'") == tokens("a=='b  c'")
    assert tokens("a == 'b c'") != tokens("a == 'b  c'")


_PARTS = st.sampled_from(
    [
        "words > 3",
        "words <= 3",
        "words == 7",
        "5 > words",
        "tool == 'a'",
        "tool != 'b'",
        "tool in ['a', 'c']",
        "text.contains('a')",
        "text == ''",
        "size(text) >= 1",
        "true",
        "false",
    ]
)
_CONDITIONS = st.recursive(
    _PARTS,
    lambda inner: st.one_of(
        inner.map(lambda part: f"!({part})"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(
            lambda three: f"({three[0]}) {three[1]} ({three[2]})"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(_CONDITIONS, st.sampled_from(["", "a", "abc"]), st.sampled_from(["a", "b", "c", "d"]))
def test_runtime_never_contradicts_what_was_decided(condition, text, tool):
    truth = truth_of(condition)
    assert truth is not None
    compiled = compile_condition(condition, "tool_result")
    assert isinstance(compiled, Condition)
    for words in (0, 3, 4, 7):
        facts = {"text": text, "words": words, "tool": tool, "settings": {}, "scope": {}}
        outcome = compiled.holds(facts)
        assert (truth.when_true if outcome else truth.when_false) is not None
