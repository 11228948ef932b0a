"""Conditions answered without the runtime, where the answer is beyond doubt.

Most conditions compare a key of a map with a literal. Handing values to the runtime costs more than
comparing them, so these are compared here. A shortcut says true or false exactly where the runtime
says so, and None wherever it cannot be sure: a missing key, values of two types, fractions close to
the limits of whole numbers. Then the runtime is asked; a shortcut never gives an error.

It relies on values that `plain.size_as_given` accepts.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeAlias

from charter.policy.boundaries.expression import Call, Const, Ident, ListOf, Node, Select
from charter.policy.boundaries.pattern import literal, matched

Values: TypeAlias = Mapping[str, Any]
Shortcut: TypeAlias = Callable[[Values], bool | None]
_Reader: TypeAlias = Callable[[Values], Any]
"""Returns `_OPEN` where there is no value."""

_OPEN = object()
_EXACT = 2**53
"""Whole numbers up to here are fractions too, exactly."""
_COMPARED = {"_<_": operator.lt, "_<=_": operator.le, "_>_": operator.gt, "_>=_": operator.ge}
_TEXTUAL: Mapping[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "matches": matched,
}
_TOOL = frozenset({"tool", "call.tool", "result.tool"})


def shortcut(root: Node, tool: str | None) -> Shortcut | None:
    """Return the shortcut of a condition; None where it has none.

    `tool` is the one tool that it will be asked about, if that is known.
    """
    try:
        return _truth(root, tool)
    except _NoShortcutError:
        return None


def needed_key(root: Node) -> tuple[str, str] | None:
    """Return a variable and a key without which a condition is false; None where there is none.

    `false && x` is false whatever x, even an error.
    """
    match root:
        case Select(operand=Ident(name=name), field=key, test_only=True):
            return name, key
        case Call(function="@in", operands=(Const(value=str(key)), Ident(name=name, type="map"))):
            return name, key
        case Call(function="_&&_", operands=(left, right)):
            return needed_key(left) or needed_key(right)
    return None


def needed_pattern(root: Node) -> tuple[str, str] | None:
    """Return a variable and a pattern without a match of which a condition is false.

    None where there is none. As with `needed_key`, errors beside a false side do not count.
    """
    match root:
        case Call(
            function="matches", operands=(Ident(name=name, type="string"), Const(value=str(text)))
        ):
            return name, text
        case Call(
            function="contains", operands=(Ident(name=name, type="string"), Const(value=str(text)))
        ):
            return name, literal(text)
        case Call(function="_&&_", operands=(left, right)):
            return needed_pattern(left) or needed_pattern(right)
    return None


class _NoShortcutError(Exception):
    """A part that only the runtime can answer."""


def _truth(node: Node, tool: str | None) -> Shortcut:
    match node:
        case Const(value=bool(value)):
            return partial(_always, value)
        case Select(operand=Ident(name=name), field=key, test_only=True):
            return partial(_has_variable, name, key)
        case Select(test_only=True):
            return partial(_has, node.field, _reader(node.operand, tool))
        case Ident() | Select():
            return partial(_read_truth, _reader(node, tool))
        case Call(function="_&&_"):
            return _joined(node, tool, decisive=False)
        case Call(function="_||_"):
            return _joined(node, tool, decisive=True)
        case Call(function="!_"):
            return partial(_negated, _truth(node.operands[0], tool))
        case Call(operands=(_, _)):
            return _known(_related(node, tool))
    raise _NoShortcutError


def _known(found: Shortcut) -> Shortcut:
    """Answer now what does not hang on the values: `tool == 'pay'`, where the tool is known."""
    answer = found({})
    return found if answer is None else partial(_always, answer)


def _related(node: Call, tool: str | None) -> Shortcut:
    """Return the shortcut of a relation of two values."""
    left, right = node.operands
    if node.function == "@in":
        return _contained(left, right, tool)
    if node.function in _TEXTUAL:
        if not (isinstance(right, Const) and isinstance(right.value, str)):
            raise _NoShortcutError
        return partial(_textual, _TEXTUAL[node.function], _reader(left, tool), right.value)
    one, other = _reader(left, tool), _reader(right, tool)
    if node.function in ("_==_", "_!=_"):
        alike = partial(_equal, one, other)
        return alike if node.function == "_==_" else partial(_negated, alike)
    compared = _COMPARED.get(node.function)
    if compared is None:
        raise _NoShortcutError
    return partial(_ordered, compared, one, other)


def _contained(left: Node, right: Node, tool: str | None) -> Shortcut:
    wanted = _reader(left, tool)
    if isinstance(right, ListOf):
        entries = [entry.value for entry in right.elements if isinstance(entry, Const)]
        texts = [entry for entry in entries if isinstance(entry, str)]
        if len(texts) < len(right.elements):
            raise _NoShortcutError
        return partial(_among, frozenset(texts), wanted)
    return partial(_inside, _reader(right, tool), wanted)


def _reader(node: Node, tool: str | None) -> _Reader:
    match node:
        case Const(value=bool() | str() as value):
            return partial(_always, value)
        case Const(value=int(value), type="int"):
            return partial(_always, value)
        case Ident(name=name) if name in _TOOL and tool is not None:
            return partial(_always, tool)
        case Ident(name=name):
            return partial(_variable, name)
        case Select(operand=Ident(name=name), field=key, test_only=False):
            return partial(_key_of_variable, name, key)
        case Select(operand=operand, field=key, test_only=False):
            return partial(_key, _reader(operand, tool), key)
        case Call(function="_[_]", operands=(operand, Const(value=str(key)))):
            return partial(_key, _reader(operand, tool), key)
    raise _NoShortcutError


def _joined(node: Call, tool: str | None, *, decisive: bool) -> Shortcut:
    """Join the sides of `&&` (decided by a false one) or `||` (by a true one)."""
    parts = [_truth(side, tool) for side in _sides(node, node.function)]
    open_parts = [part for part in parts if not _is(part, not decisive)]
    if not open_parts or any(_is(part, decisive) for part in parts):
        return partial(_always, decisive if open_parts else not decisive)
    return open_parts[0] if len(open_parts) == 1 else partial(_any_is, decisive, tuple(open_parts))


def _is(part: Shortcut, value: bool) -> bool:  # noqa: FBT001
    return isinstance(part, partial) and part.func is _always and part.args == (value,)


def _sides(node: Node, function: str) -> list[Node]:
    if isinstance(node, Call) and node.function == function:
        return [side for operand in node.operands for side in _sides(operand, function)]
    return [node]


# --- what is left when it runs


def _always(value: Any, _: Values) -> Any:
    return value


def _variable(name: str, values: Values) -> Any:
    return values.get(name, _OPEN)


def _key_of_variable(name: str, key: str, values: Values) -> Any:
    found = values.get(name)
    return found.get(key, _OPEN) if type(found) is dict else _OPEN


def _key(reader: _Reader, key: str, values: Values) -> Any:
    found = reader(values)
    return found.get(key, _OPEN) if type(found) is dict else _OPEN


def _has(key: str, reader: _Reader, values: Values) -> bool | None:
    found = reader(values)
    return key in found if type(found) is dict else None


def _has_variable(name: str, key: str, values: Values) -> bool | None:
    found = values.get(name)
    return key in found if type(found) is dict else None


def _read_truth(reader: _Reader, values: Values) -> bool | None:
    found = reader(values)
    return found if type(found) is bool else None


def _negated(inner: Shortcut, values: Values) -> bool | None:
    found = inner(values)
    return None if found is None else not found


def _any_is(decisive: bool, parts: tuple[Shortcut, ...], values: Values) -> bool | None:  # noqa: FBT001
    unsure = False
    for part in parts:
        found = part(values)
        if found is decisive:
            return decisive
        if found is None:
            unsure = True
    return None if unsure else not decisive


def _equal(left: _Reader, right: _Reader, values: Values) -> bool | None:
    one, other = left(values), right(values)
    kind = type(one)
    if kind is type(other) and (kind is str or kind is int or kind is bool):
        return bool(one == other)
    return None


def _ordered(
    compared: Callable[[Any, Any], bool], left: _Reader, right: _Reader, values: Values
) -> bool | None:
    one, other = left(values), right(values)
    if type(one) is int and type(other) is int:
        return compared(one, other)
    if type(one) is float and type(other) is int and -_EXACT <= other <= _EXACT:
        return compared(one, other)
    return None


def _textual(
    test: Callable[[str, str], bool], reader: _Reader, wanted: str, values: Values
) -> bool | None:
    found = reader(values)
    return test(found, wanted) if type(found) is str else None


def _among(entries: frozenset[str], reader: _Reader, values: Values) -> bool | None:
    found = reader(values)
    return found in entries if type(found) is str else None


def _inside(container: _Reader, reader: _Reader, values: Values) -> bool | None:
    """Look for a text among the keys of a map, or the entries of a list."""
    found, wanted = container(values), reader(values)
    if type(wanted) is not str:
        return None
    return wanted in found if type(found) is dict or type(found) is list else None
