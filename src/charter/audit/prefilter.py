"""The boundaries of a policy -> vectorised tests that no conversation passes which one restricts.

A condition is bounded from above: where the test says no, it is false, and no error either. What
cannot be bounded is yes. Tests are polars expressions; patterns on one text are searched together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import polars as pl

from charter.audit.regex import widened
from charter.policy.boundaries.boundary import Boundary
from charter.policy.boundaries.expression import Call, Const, Ident, ListOf, Node, free_names
from charter.policy.boundaries.shortcut import shortcut

Truth: TypeAlias = "pl.Expr | bool"

CONSTANT = frozenset(
    {"settings", "levels", "message.role", "message.authority", "message.level", "privileged"}
)
"""Variables that are the same for all plain conversations, where their value is known."""
_TEXTS = frozenset({"text", "output.text"})
_WORDS = frozenset({"words", "output.words"})
_FLIPPED = {
    "_<_": "_>_",
    "_<=_": "_>=_",
    "_>_": "_<_",
    "_>=_": "_<=_",
    "_==_": "_==_",
    "_!=_": "_!=_",
}
_LETTERS = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
_SPACES = "".join(f"\\x{{{code:X}}}" for code in range(0x3001) if chr(code).isspace())
_A_WORD = f"[^{_SPACES}]+"
"""What `str.split` of Python separates."""


class Bounds(NamedTuple):
    """Where a condition may be true, may be false, and may be an error."""

    true: Truth
    false: Truth
    error: Truth = False


class Columns(NamedTuple):
    """Where the texts of a stage are."""

    text: pl.Expr
    request: pl.Expr
    constants: Mapping[str, Any]


_OPEN = Bounds(true=True, false=True, error=True)


class Test(NamedTuple):
    """The tests of one stage. A conversation that may restrict passes both."""

    quick: Truth
    """Patterns that must occur, all in one search, and what needs no search."""
    exact: Truth
    """The conditions themselves, as far as they can be written; for the few that pass `quick`."""
    everywhere: tuple[str, ...]
    """Ids of boundaries that every conversation has to be asked about."""


def test_of(boundaries: Iterable[Boundary], columns: Columns) -> Test:
    """Return the tests of the boundaries of one stage."""
    patterns: dict[str, list[str]] = {"text": [], "request": []}
    quick: list[Truth] = []
    exact: list[Truth] = []
    everywhere = []
    for boundary in boundaries:
        bounds = _bounds(boundary.condition.root, columns)
        may = either(bounds.true, bounds.error)
        exact.append(may)
        if may is True:
            everywhere.append(boundary.id)
        needed = _pattern(boundary.condition.root) if not isinstance(may, bool) else None
        if needed is None:
            quick.append(may)
        else:
            patterns[needed[0]].append(needed[1])
    for name, found in patterns.items():
        if found:
            quick.append(_search(columns.text if name == "text" else columns.request, found))
    return Test(any_of(quick), any_of(exact), tuple(everywhere))


def _search(text: pl.Expr, patterns: list[str]) -> pl.Expr:
    together = "|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns))
    if compiles(together):
        return text.str.contains(together)
    found = any_of([text.str.contains(pattern) for pattern in patterns])
    return found if isinstance(found, pl.Expr) else pl.lit(found)


def compiles(pattern: str) -> bool:
    """Whether the vectorised engine takes a pattern: it bounds their size."""
    try:
        pl.select(pl.lit("a").str.contains(pattern))
    except pl.exceptions.PolarsError:
        return False
    return True


def either(one: Truth, other: Truth) -> Truth:
    """Return the disjunction."""
    if isinstance(one, bool):
        return True if one else other
    if isinstance(other, bool):
        return True if other else one
    return one | other


def both(one: Truth, other: Truth) -> Truth:
    """Return the conjunction."""
    if isinstance(one, bool):
        return other if one else False
    if isinstance(other, bool):
        return one if other else False
    return one & other


def any_of(parts: Iterable[Truth]) -> Truth:
    """Return the disjunction of many."""
    found: Truth = False
    for part in parts:
        found = either(found, part)
    return found


def _bounds(node: Node, columns: Columns) -> Bounds:
    if free_names(node) <= columns.constants.keys():
        return _constant(node, columns.constants)
    if not isinstance(node, Call):
        return _OPEN
    match node:
        case Call(function="_&&_", operands=(left, right)):
            return _and(_bounds(left, columns), _bounds(right, columns))
        case Call(function="_||_", operands=(left, right)):
            sides = [_negated(_bounds(side, columns)) for side in (left, right)]
            return _negated(_and(*sides))
        case Call(function="!_", operands=(inner,)):
            return _negated(_bounds(inner, columns))
        case Call(operands=(left, right)):
            found = _relation(node.function, left, right, columns)
            return _OPEN if found is None else found
    return _OPEN


def _constant(node: Node, constants: Mapping[str, Any]) -> Bounds:
    found = shortcut(node, None)
    known = found(constants) if found is not None else None
    return _OPEN if known is None else Bounds(known, not known)


def _and(one: Bounds, other: Bounds) -> Bounds:
    """CEL's own: false decides, whatever the other side, even an error."""
    error = both(
        either(one.error, other.error),
        both(either(one.true, one.error), either(other.true, other.error)),
    )
    return Bounds(both(one.true, other.true), either(one.false, other.false), error)


def _negated(inner: Bounds) -> Bounds:
    return Bounds(inner.false, inner.true, inner.error)


def _exactly(test: pl.Expr) -> Bounds:
    return Bounds(test, ~test)


def _relation(function: str, left: Node, right: Node, columns: Columns) -> Bounds | None:
    if isinstance(left, Const) and function in _FLIPPED:
        function, left, right = _FLIPPED[function], right, left
    text, other = _text(left, columns), _text(right, columns)
    if text is not None and other is not None and function in {"_==_", "_!=_"}:
        return _exactly(text == other if function == "_==_" else text != other)
    if text is not None:
        return _textual(function, text, right)
    number = _number(left, columns)
    if number is not None and isinstance(right, Const) and type(right.value) is int:
        return _numeric(function, number, right.value)
    return None


def _textual(function: str, text: pl.Expr, right: Node) -> Bounds | None:
    if function == "@in" and isinstance(right, ListOf):
        known = [each.value for each in right.elements if isinstance(each, Const)]
        wanted = [each for each in known if isinstance(each, str)]
        return _exactly(text.is_in(wanted)) if len(wanted) == len(right.elements) else None
    if not (isinstance(right, Const) and isinstance(right.value, str)):
        return None
    value = right.value
    if function == "matches":
        pattern = widened(value)
        if pattern is None or not compiles(pattern):
            return None
        return Bounds(text.str.contains(pattern), false=True)
    tests = {
        "contains": lambda: text.str.contains(value, literal=True),
        "startsWith": lambda: text.str.starts_with(value),
        "endsWith": lambda: text.str.ends_with(value),
        "_==_": lambda: text == value,
        "_!=_": lambda: text != value,
    }
    return _exactly(tests[function]()) if function in tests else None


def _numeric(function: str, number: pl.Expr, value: int) -> Bounds | None:
    if not -(2**62) < value < 2**62:
        return None
    tests = {
        "_<_": lambda: number < value,
        "_<=_": lambda: number <= value,
        "_>_": lambda: number > value,
        "_>=_": lambda: number >= value,
        "_==_": lambda: number == value,
        "_!=_": lambda: number != value,
    }
    return _exactly(tests[function]()) if function in tests else None


def _text(node: Node, columns: Columns) -> pl.Expr | None:
    match node:
        case Ident(name=name):
            if name in _TEXTS:
                return columns.text
            return columns.request if name == "request.text" else None
        case Call(function="lowerAscii" | "upperAscii" as function, operands=(inner,)):
            text = _text(inner, columns)
            if text is None:
                return None
            lower = [letter.lower() for letter in _LETTERS]
            pair = (_LETTERS, lower) if function == "lowerAscii" else (lower, _LETTERS)
            return text.str.replace_many(*pair)
    return None


def _number(node: Node, columns: Columns) -> pl.Expr | None:
    match node:
        case Ident(name=name):
            if name in _WORDS:
                return _words(columns.text)
            return _words(columns.request) if name == "request.words" else None
        case Call(function="size", operands=(inner,)):
            text = _text(inner, columns)
            return None if text is None else text.str.len_chars().cast(pl.Int64)
    return None


def _words(text: pl.Expr) -> pl.Expr:
    return text.str.count_matches(_A_WORD).cast(pl.Int64)


def _pattern(node: Node) -> tuple[str, str] | None:
    """Return a pattern without which a condition is false, and the text that it is searched in.

    `false && x` is false whatever x, even an error.
    """
    match node:
        case Call(function="matches", operands=(Ident(name=name), Const(value=str(value)))):
            where = "text" if name in _TEXTS else "request" if name == "request.text" else None
            found = widened(value) if where else None
            return (where, found) if where and found and compiles(found) else None
        case Call(function="_&&_", operands=(left, right)):
            return _pattern(left) or _pattern(right)
        case Call(function="_||_", operands=(left, right)):
            one, other = _pattern(left), _pattern(right)
            if one and other and one[0] == other[0]:
                return one[0], f"(?:{one[1]})|(?:{other[1]})"
    return None
