"""Reading a compiled program: every form of the language, and bytes that are none."""

from contextlib import suppress

import pytest
from cel_expr_python import cel
from hypothesis import given
from hypothesis import strategies as st

from charter.policy.boundaries.condition import STAGES, environment
from charter.policy.boundaries.expression import Call, Ident, Node, walk
from charter.policy.boundaries.program import Program
from charter.policy.boundaries.protobuf import fields
from charter.policy.boundaries.read_expression import read_expression

OPERATORS = ("&&", "||", "==", "!=", "<", "<=", ">", ">=")


def serialized(text: str) -> bytes:
    data: bytes = environment("tool_call").checks.compile(text).serialize()
    return data


def test_function_names_stand_where_they_are_said_to() -> None:
    data = serialized("text.matches('a') && matches(tool, 'b') && 'matches' == tool")
    calls = [node for node in walk(read_expression(data)) if isinstance(node, Call)]
    assert len(calls) == 5
    for call in calls:
        named = call.function.encode()
        assert data[call.name_at : call.name_at + len(named)] == named


numbers = st.sampled_from(["words", "1", "-7", "size(text)", "args.n", "labels.a.level"])
texts = st.sampled_from(["text", "tool", "'a'", "args.t", "request.text", "text.lowerAscii()"])


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> str:
    """Return a condition of random shape that type-checks."""
    kind = draw(st.integers(0, 8 if depth else 4))
    if kind <= 1:
        return f"{draw(numbers)} {draw(st.sampled_from(OPERATORS[2:]))} {draw(numbers)}"
    if kind == 2:
        function = draw(st.sampled_from(["contains", "matches", "startsWith"]))
        return f"{draw(texts)}.{function}({draw(texts)})"
    if kind == 3:
        return draw(st.sampled_from(["has(args.x)", "'x' in args", "tool in ['a', 'b']", "true"]))
    if kind == 4:
        return f"{draw(texts)} == {draw(texts)}"
    inner = draw(conditions(depth=depth - 1))
    if kind == 5:
        return f"!({inner})"
    if kind == 6:
        macro = draw(st.sampled_from(["all", "exists", "exists_one"]))
        return f"args.l.{macro}(v{depth}, {inner} && v{depth} == 1)"
    other = draw(conditions(depth=depth - 1))
    if kind == 7:
        return f"({inner}) {draw(st.sampled_from(OPERATORS[:2]))} ({other})"
    return f"({inner}) ? ({other}) : {draw(st.sampled_from(['true', 'words > 1']))}"


def spelled(node: Node) -> str:
    """Return the functions and names of a tree in order: what its shape is."""
    return " ".join(
        part.function if isinstance(part, Call) else part.name
        for part in walk(node)
        if isinstance(part, Call | Ident)
    )


@given(conditions())
def test_tree_survives_the_runtime_reading_its_own_program(text: str) -> None:
    found = environment("tool_call").compile(text)
    assert isinstance(found, Program), found
    data = serialized(text)
    root = read_expression(data)
    assert root == found.root
    again = read_expression(environment("tool_call").checks.deserialize(data).serialize())
    assert spelled(again) == spelled(root)


@given(conditions(), st.data())
def test_cut_program_is_a_value_error(text: str, data: st.DataObject) -> None:
    whole = serialized(text)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(ValueError, match="not a serialized CEL program"):
        read_expression(cut)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ValueError):
        read_expression(data)


@given(conditions(), st.data())
def test_changed_bytes_are_read_or_refused(text: str, data: st.DataObject) -> None:
    whole = bytearray(serialized(text))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ValueError):
        read_expression(bytes(whole))


def test_deep_tree_is_refused() -> None:
    body = b"\x22\x00"
    for _ in range(400):
        body = b"\x2a" + _length(len(body) + 2) + b"\x0a" + _length(len(body)) + body
    checked = b"\x22" + _length(len(body)) + body
    with pytest.raises(ValueError, match="not a serialized CEL program"):
        read_expression(b"\x12" + _length(len(checked)) + checked)


def _length(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


@pytest.mark.parametrize(
    "data", [b"\x0b", b"\x08", b"\x12\x05ab", b"\x08" + b"\xff" * 11, b"\x0d1"]
)
def test_malformed_wire_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        fields(data, 0, len(data))


def test_every_stage_compiles_its_runtime() -> None:
    for stage in STAGES:
        assert isinstance(environment(stage).activation({}), cel.Activation)
