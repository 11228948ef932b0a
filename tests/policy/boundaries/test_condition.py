"""Conditions: what compiles, where the fault is, and what happens when they run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.policy.boundaries.condition import (
    EFFECTS,
    MAX_LENGTH,
    STAGES,
    VARIABLES,
    Condition,
    compile_condition,
    variables_of,
)
from charter.policy.boundaries.program import Rejected

REQUEST = {"text": "call me, please", "words": 3, "settings": {"under_18": True}}


def compiled(text: str, stage: str = "request") -> Condition:
    found = compile_condition(text, stage)
    assert isinstance(found, Condition), found
    return found


def rejected(text: str, stage: str = "request") -> Rejected:
    found = compile_condition(text, stage)
    assert isinstance(found, Rejected), found
    return found


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("text.contains('please')", True),
        ("words > 3", False),
        ("settings.under_18 == true", True),
        ("has(settings.absent) && settings.absent == 1", False),
        ("text.matches(r'\\bcall\\b')", True),
        ("text.lowerAscii().startsWith('call')", True),
        ("'under_18' in settings", True),
        ("true", True),
        ("size(text) == 15\n  && words == 3", True),
        ("text == 'ü'", False),
    ],
)
def test_condition_holds_on_the_facts(text: str, holds: bool) -> None:
    assert compiled(text).holds(REQUEST) is holds


def test_condition_on_a_tool_call_sees_its_arguments() -> None:
    facts = {
        "text": "",
        "words": 0,
        "settings": {},
        "tool": "pay",
        "args": {"amount": 12.5, "to": ["a"]},
        "scope": {"max_cost": 10, "allowed_tools": ["pay"]},
    }
    condition = compiled("tool == 'pay' && args.amount > scope.max_cost", "tool_call")
    assert condition.holds(facts)
    assert not compiled("!(tool in scope.allowed_tools)", "tool_call").holds(facts)


@pytest.mark.parametrize("stage", STAGES)
def test_stage_has_its_own_variables(stage: str) -> None:
    names = {variable.name for variable in variables_of(stage)}
    for variable in VARIABLES:
        test = {"string": f"{variable.name} == ''", "int": f"{variable.name} == 0"}.get(
            variable.type, f"size({variable.name}) == 0"
        )
        found = compile_condition(test, stage)
        assert isinstance(found, Condition) == (variable.name in names)


CALL = {
    "text": "",
    "words": 0,
    "request.text": "Send it to Ana.",
    "request.words": 4,
    "tool": "send",
    "call.tool": "send",
    "args": {"url": "http://x", "to": "ana"},
    "call.args": {"url": "http://x", "to": "ana"},
    "labels": {
        "url": {"authority": "none", "level": 0, "sources": ["tool:web"], "sensitivity": "private"},
        "to": {"authority": "user", "level": 2, "sources": ["user"], "sensitivity": "private"},
    },
    "asked_by": "user",
    "privileged": 0,
    "settings": {},
    "scope": {},
    "levels": {"root": 5, "system": 4, "developer": 3, "user": 2, "guideline": 1},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("call.tool == tool && call.args == args", True),
        ("labels.url.level >= levels.user", False),
        ("labels.to.level >= levels.user && labels.to.authority == asked_by", True),
        ("labels.url.sources.exists(s, s.startsWith('tool:'))", True),
        ("has(labels.body) && labels.body.level > 0", False),
        ("privileged >= 12", False),
        ("request.text.contains('Ana') && request.words == 4", True),
        ("args.all(name, labels[name].level >= levels.user)", False),
    ],
)
def test_condition_on_a_call_sees_where_its_arguments_come_from(text: str, holds: bool) -> None:
    assert compiled(text, "tool_call").holds(CALL) is holds


def test_argument_without_a_label_is_an_error_never_an_authority() -> None:
    with pytest.raises(ValueError, match="Key not found"):
        compiled("labels.body.level >= levels.user", "tool_call").holds(CALL)


def test_condition_knows_what_it_uses() -> None:
    found = compiled("tool == 'a' && type(args.x) == int && call.args.y == 1", "tool_call")
    assert found.uses == {"tool", "args", "call.args"}


def test_unknown_stage_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        compile_condition("true", "response")


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("nope", "undeclared reference to 'nope'", 0),
        ("text == 'é' && nope", "undeclared reference", 15),
        ("text\n== 'a' &&\n nope", "undeclared reference", 16),
        ("words + 1", "condition is int", 0),
        ("settings.under_18", "of unknown type", 0),
        ("words == 'a'", "no matching overload", 6),
        ("", "Syntax error", 0),
        ("'", "Syntax error", 0),
        ("text.matches('(')", "pattern does not compile: missing )", 13),
        ('words > 1 && text.matches("[a")', "pattern does not compile", 26),
        ("text.matches(r'''(''')", "pattern does not compile", 13),
        ('text.matches("""(""")', "pattern does not compile", 13),
        ("text == '\ud800'", "not Unicode", 0),
        ("(" * 2000, "recursion", 0),
        ("x" * (MAX_LENGTH + 1), "longer than", MAX_LENGTH),
        ("tool == 'a'", "undeclared reference to 'tool'", 0),
    ],
)
def test_what_does_not_compile_is_named_and_placed(text: str, message: str, offset: int) -> None:
    found = rejected(text)
    assert message in found.message
    assert "<input>" not in found.message
    assert found.offset == offset


@pytest.mark.parametrize(
    "text", ["text.matches('(' + 'a)')", "text.matches('a)'.replace(')', ''))"]
)
def test_pattern_made_at_run_time_is_left_alone(text: str) -> None:
    assert compiled(text)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("settings.absent == 1", REQUEST),
        ("words > 3", {}),
        ("words > 3", {**REQUEST, "words": "many"}),
        ("text.contains('a')", {**REQUEST, "text": "\ud800"}),
        ("settings.a == 1", {**REQUEST, "settings": {"a": object()}}),
        ("settings.a == 1", {**REQUEST, "settings": None}),
        ("words > 3", {**REQUEST, "words": 2**80}),
        ("1 / (words - 3) == 1", REQUEST),
        ("text.matches('(' + text)", REQUEST),
    ],
)
def test_failing_evaluation_is_a_value_error(text: str, facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="condition"):
        compiled(text).holds(facts)


def test_loops_end_with_the_budget() -> None:
    numbers = f"[{','.join(['1'] * 150)}]"
    text = f"{numbers}.all(a, {numbers}.all(b, true))"
    with pytest.raises(ValueError, match="budget"):
        compiled(text).holds(REQUEST)


@pytest.mark.parametrize("macro", ["exists", "all", "exists_one"])
def test_loop_over_loop_over_hostile_list_ends(macro: str) -> None:
    condition = compiled(f"args.l.{macro}(x, args.l.{macro}(y, x == y + 1))", "tool_call")
    assert condition.limit < 100_000
    with pytest.raises(ValueError, match=r"budget|too long"):
        condition.holds({"args": {"l": list(range(20_000))}})
    with pytest.raises(ValueError, match="budget"):
        compiled("args.l.all(x, x >= 0)", "tool_call").holds({"args": {"l": list(range(20_000))}})


def test_hostile_pattern_ends() -> None:
    condition = compiled("text.matches('(a*)*b')")
    assert condition.holds({**REQUEST, "text": "a" * 100_000}) is False


@given(st.text(max_size=40), st.sampled_from(STAGES))
def test_any_text_compiles_or_is_rejected_at_a_place(text: str, stage: str) -> None:
    found = compile_condition(text, stage)
    if isinstance(found, Rejected):
        assert found.message
        assert 0 <= found.offset <= max(len(text), 0)


@given(
    st.text(),
    st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.floats() | st.text()),
)
def test_any_facts_hold_or_fail_with_a_value_error(text: str, values: dict[str, object]) -> None:
    condition = compiled("text.contains('a') || 'b' in settings")
    try:
        assert condition.holds({"text": text, "words": 0, "settings": values}) in (True, False)
    except ValueError:
        assert not text.isascii() or values


def test_effects_are_ordered_from_strict_to_lenient() -> None:
    assert EFFECTS == ("deny", "require_approval", "redact", "flag")
