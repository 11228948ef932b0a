"""Values reach a condition whole, or not at all."""

from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.policy.boundaries.condition import Condition, compile_condition, environment
from charter.policy.boundaries.plain import MAX_NESTING, MAX_SIZE, plain, size_as_given
from charter.policy.boundaries.program import answer

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def shown(value: object) -> object:
    """Return a value with U+FFFD for every zero character."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, list):
        return [shown(part) for part in value]
    if isinstance(value, dict):
        return {shown(key): shown(part) for key, part in value.items()}
    return value


def test_size_counts_characters_and_entries() -> None:
    assert plain({"text": "abc"}).size == 1 + 4 + 3
    inside = {"key": "text", "l": [1, "ab", None, True, 2.5]}
    assert plain(inside).size == 2 + 4 + 4 + 5 + 2
    assert plain({}).size == 0


def test_other_mappings_and_tuples_become_dicts_and_lists() -> None:
    given_values = MappingProxyType({"args": MappingProxyType({"to": ("a", ["b"])})})
    assert plain(given_values).values == {"args": {"to": ["a", ["b"]]}}


def test_given_values_stay_as_they_are() -> None:
    given_values = {"args": {"text": "a\0", "list": ["\0"]}}
    assert plain(given_values).values == {"args": {"text": "a\ufffd", "list": ["\ufffd"]}}
    assert given_values == {"args": {"text": "a\0", "list": ["\0"]}}


@pytest.mark.parametrize(
    "value",
    [
        {"a\0": 1},
        {"\ud800": 1},
        {1: 2},
        "a\0",
        "\ud800",
        2**63,
        -(2**63) - 1,
        float("nan"),
        float("inf"),
        (1,),
        MappingProxyType({}),
        b"",
        "x" * MAX_SIZE,
    ],
)
def test_what_is_not_plain_as_given_is_looked_at_again(value: object) -> None:
    assert size_as_given({"args": value}) is None
    assert size_as_given({"args": [value]}) is None


def test_a_zero_character_of_a_key_is_shown() -> None:
    assert plain({"args": {"a\0b": 1}}).values == {"args": {"a\ufffdb": 1}}


def nested(depth: int) -> dict[str, object]:
    value: object = 1
    for at in range(depth):
        value = {"a": value} if at % 2 else [value]
    return {"args": value}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"text": "x" * (MAX_SIZE + 1)}, "more than 1,000,000"),
        ({"args": {"l": ["x" * 1000] * 1000}}, "more than 1,000,000"),
        ({"args": {"l": [1] * (MAX_SIZE + 1)}}, "more than 1,000,000"),
        ({"args": {"k" * MAX_SIZE: 1}}, "more than 1,000,000"),
        (nested(MAX_NESTING + 1), "nested more than 64"),
        (nested(100_000), "nested more than 64"),
        ({"args": {1: 2}}, "no texts"),
        ({"args": {"x": float("nan")}}, "a number that JSON does not have"),
        ({"args": [float("-inf")]}, "a number that JSON does not have"),
        ({"args": {"x": b"bytes"}}, "a value that JSON does not have: bytes"),
        ({"args": {"x": {1, 2}}}, "a value that JSON does not have: set"),
        ({"args": {"a\0": 1, "a\ufffd": 2}}, "differ in a zero character"),
    ],
)
def test_what_cannot_be_asked_about_is_a_value_error(
    values: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        plain(values)


def test_values_at_the_limits_are_asked_about() -> None:
    assert plain({"text": "x" * (MAX_SIZE - 5)}).size == MAX_SIZE
    assert plain(nested(MAX_NESTING)).size


@pytest.mark.parametrize("text", ["ok\0 secret", "\0secret", "secret\0"])
def test_nothing_hides_behind_a_zero_character(text: str) -> None:
    for condition in (
        "args.text.contains('secret')",
        "args.text.matches('secret')",
        "call.tool.endsWith('secret')",
        "args.list.exists(x, x.matches('^..*secret|secret'))",
        "'key\ufffdsecret' in args",
    ):
        found = compile_condition(condition, "tool_call")
        assert isinstance(found, Condition)
        args = {"text": text, "list": [text], "key\0secret": 1}
        assert found.holds({"args": args, "call.args": args, "call.tool": "\0secret"}), condition


@given(json_values)
def test_runtime_sees_what_was_given(value: object) -> None:
    try:
        values, _ = plain({"args": {"value": value}})
    except ValueError:
        assert "\0" in repr(value).replace("\\x00", "\0")
        return
    used = environment("tool_call")
    seen = answer(used.checks.compile("args.value"), used.checks.Activation(values))
    assert seen == shown(value)
    assert type(seen) is type(value)
