"""YAML from hostile text: what is taken, what is refused, and where the fault is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.syntax.mapping import MAX_CHARACTERS, MAX_DEPTH, load_mapping


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("# only a comment", {}),
        ("a: b\n", {"a": "b"}),
        ("on: no\noff: yes\n", {"on": "no", "off": "yes"}),
        ("v: 2025-12-18\nt: 12:30\n", {"v": "2025-12-18", "t": "12:30"}),
        ("a: 12\nb: -3\nc: 0x1F\nd: 0\n", {"a": 12, "b": -3, "c": 31, "d": 0}),
        ("a: 007\nb: 123456789012345678901\n", {"a": "007", "b": "123456789012345678901"}),
        ("a: 1.5\nb: .5\nc: 1e3\nd: 2.\n", {"a": 1.5, "b": 0.5, "c": 1000.0, "d": 2.0}),
        ("a: true\nb: FALSE\nc: ~\nd:\n", {"a": True, "b": False, "c": None, "d": None}),
        ("a: |\n  x\n  y\nb: >\n  x\n  y\n", {"a": "x\ny\n", "b": "x\ny\n".replace("\ny", " y")}),
        ("a: [1, {b: c}]\n", {"a": [1, {"b": "c"}]}),
        ("a: '1'\n", {"a": "1"}),
        ("<<: {a: b}\n", {"<<": {"a": "b"}}),
        ("a: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
    ],
)
def test_mapping_is_read(text: str, values: dict[str, object]) -> None:
    fields = load_mapping(text)
    assert fields.error is None
    assert fields.values == values


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("- a", "expected `key: value` lines", 0),
        ("text", "expected `key: value` lines", 0),
        ("a: b\na: c", "key 'a' is given twice", 5),
        ("é: b\n1: c", "keys are words, not 1", 5),
        ("? [a]\n: b", "keys are words", 2),
        ("a: &x b\nc: *x", "anchors and aliases are not accepted", 3),
        ("a: !!binary aGk=", "tags such as !!binary are not accepted", 3),
        ("a: !!python/object:os.system x", "tags", 3),
        ("a: [b", "did not find", 0),
        ("a: b\n---\nc: d", "another document", 5),
        ("a: \0", "control characters", 0),
        ("a: \ud800", "surrogates", 0),
        ("[" * 30, "nested deeper", MAX_DEPTH),
        ("x" * (MAX_CHARACTERS + 1), "longer than", 0),
    ],
)
def test_what_is_not_taken_is_named_and_placed(text: str, message: str, offset: int) -> None:
    fields = load_mapping(text, offset=100)
    assert fields.error is not None
    assert message in fields.error
    assert fields.values == {}
    if offset:
        assert fields.error_offset == 100 + offset
    assert 100 <= fields.error_offset <= 100 + len(text)


def test_alias_bomb_is_refused_before_it_grows() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    ]
    fields = load_mapping("\n".join(lines))
    assert fields.error == "YAML: anchors and aliases are not accepted"


def test_deep_nesting_is_refused() -> None:
    for opening in ("[", "{a: ", "- ", "? "):
        assert load_mapping(opening * 15_000).error is not None


def test_spans_are_those_of_the_values() -> None:
    text = "é: 'ü'\nb:  c d  # note\n"
    fields = load_mapping(text, offset=0)
    assert {key: span.of(text) for key, span in fields.spans.items()} == {"é": "'ü'", "b": "c d"}


@given(st.text())
def test_any_text_gives_fields(text: str) -> None:
    fields = load_mapping(text, offset=3)
    assert (fields.error is None) or not fields.values
    assert 0 <= fields.error_offset <= len(text) + 3
    for span in fields.spans.values():
        assert 3 <= span.start <= span.end <= len(text) + 3


def test_deep_spans_reach_into_values_from_their_keys_on():
    text = "scope:\n  max_cost: 3\ndirectives:\n  - {id: a}\n  - b\n"
    fields = load_mapping(text, deep=True)
    assert {path: span.of(text).strip() for path, span in fields.spans.items()} == {
        "scope": "scope:\n  max_cost: 3",
        "scope.max_cost": "max_cost: 3",
        "directives": "directives:\n  - {id: a}\n  - b",
        "directives.0": "{id: a}",
        "directives.0.id": "id: a",
        "directives.1": "b",
    }


def test_a_key_given_twice_inside_of_a_value_is_refused_where_asked():
    text = "scope: {max_cost: 1, max_cost: 100}\n"
    assert load_mapping(text).error is None
    fields = load_mapping(text, offset=5, deep=True)
    assert fields.error == "YAML: key 'max_cost' is given twice"
    assert fields.error_offset == 5 + text.rindex("max_cost")


def test_a_reader_may_take_longer_texts_than_usual() -> None:
    text = f"a: {'x' * MAX_CHARACTERS}"
    assert load_mapping(text).error == f"YAML longer than {MAX_CHARACTERS} characters"
    assert load_mapping(text, most=len(text)).error is None
    assert (
        load_mapping(text, most=len(text) - 1).error
        == f"YAML longer than {len(text) - 1} characters"
    )
