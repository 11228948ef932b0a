"""A CEL condition -> the same condition in Cedar, or why there is none.

Cedar evaluates from left to right and skips a policy that gives an error; CEL lets `false && error`
be false, and Charter lets every error deny. A condition is therefore written only where it cannot
give an error on values of the types it takes: every key that may be missing is asked for first.
Source: https://docs.cedarpolicy.com, sections on operators and data types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from charter.policy.boundaries.condition import Condition
from charter.policy.boundaries.expression import (
    Call,
    Comprehension,
    Const,
    Ident,
    ListOf,
    Node,
    Select,
)
from charter.spec.spec import AUTHORITIES

Path: TypeAlias = tuple[str, ...]
"""A variable and keys in it: `("args", "url")`."""

_OR, _AND, _RELATION, _SUM, _PRODUCT, _UNARY, _MEMBER = range(1, 8)
"""How tightly the parts of Cedar's grammar bind."""
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset({"true", "false", "if", "then", "else", "in", "is", "like", "has"})
_ESCAPES = frozenset({"__entity", "__extn", "__expr"})
"""A map with one of these keys only is no record in the JSON of a request."""
_COMPARED = {"_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
_CALCULATED = {"_+_": ("+", _SUM), "_-_": ("-", _SUM), "_*_": ("*", _PRODUCT)}
_LIKE = {"contains": "*{}*", "startsWith": "{}*", "endsWith": "*{}"}
_SCALARS = frozenset({"string", "int", "bool"})
_LABEL = {"authority": "string", "level": "int", "sources": "list", "sensitivity": "string"}
_SPOKEN = {
    "int": "a whole number",
    "string": "a text",
    "bool": "true or false",
    "list": "a list",
    "map": "a map",
}
_OTHERS = {
    "matches": "matches a pattern",
    "_/_": "divides",
    "_%_": "takes a remainder",
    "_+_": "adds other than whole numbers",
    "_-_": "subtracts other than whole numbers",
    "_*_": "multiplies other than whole numbers",
    "_[_]": "reads a key that is computed",
}


class Written(NamedTuple):
    """A condition in Cedar."""

    text: str
    takes: tuple[str, ...]
    """What is taken for granted of values whose type is open, in words."""


class Unwritten(NamedTuple):
    """Why a condition has no equal in Cedar."""

    reason: str


def cedar_condition(condition: Condition) -> Written | Unwritten:
    """Write a condition for Cedar. Variables are attributes of `context`."""
    writer = _Writer()
    try:
        text, _ = writer.write(condition.root, frozenset())
    except _NoEqualError as cause:
        return Unwritten(str(cause))
    return Written(text, tuple(f"{path} is {_SPOKEN[kind]}" for path, kind in writer.takes.items()))


def cedar_string(text: str, *, pattern: bool = False) -> str:
    """Return a Cedar literal of a text; in a pattern of `like`, a star stands for itself."""
    return f'"{_escaped(text, pattern=pattern)}"'


class _NoEqualError(Exception):
    """What Cedar cannot say, in words for a person."""


_Part: TypeAlias = tuple[str, int]
_Known: TypeAlias = frozenset[Path]


@dataclass(slots=True)
class _Writer:
    """Writes one condition, and collects what it takes for granted."""

    takes: dict[str, str] = field(default_factory=dict)

    def write(self, node: Node, known: _Known) -> _Part:
        """Return a node in Cedar and how tightly it binds; `known` keys are there."""
        match node:
            case Const():
                return _literal(node)
            case Ident() | Select():
                return self._read(node, known)
            case Call():
                return self._call(node, known)
            case Comprehension():
                raise _NoEqualError("loops over a list or map (all, exists, map, filter)")
        raise _NoEqualError("makes a list or map")

    def _call(self, node: Call, known: _Known) -> _Part:
        name, operands = node.function, node.operands
        if name == "_[_]" and _path(node):
            return self._read(node, known)
        written = _FORMS.get(name)
        if written is not None:
            return written(self, operands, known)
        if name in _COMPARED:
            return self._compare(_COMPARED[name], operands, known)
        if name in _CALCULATED and node.type == "int":
            return self._calculate(_CALCULATED[name], operands, known)
        if name in _LIKE:
            return self._like(_LIKE[name], operands, known)
        raise _NoEqualError(_OTHERS.get(name, f"calls {name.strip('_@')}()"))

    def within(self, node: Node, known: _Known, least: int) -> str:
        """Return a node, in parentheses where it binds less tightly than it must."""
        text, bond = self.write(node, known)
        return text if bond >= least else f"({text})"

    def _read(self, node: Node, known: _Known) -> _Part:
        path = _path(node)
        if path is None:
            raise _NoEqualError("reads a key of something that is computed")
        above = node.operand if isinstance(node, Select) else None
        above = node.operands[0] if isinstance(node, Call) else above
        if above is not None and _kind(above) == "dyn":
            self.take(above, "map")
        if isinstance(node, Select) and node.test_only:
            return self.has(path, known)
        _must_be_there(path, known)
        return _spelled(path), _MEMBER

    def has(self, path: Path, known: _Known) -> _Part:
        """Ask for a key; what it is a key of must be there."""
        _must_be_there(path[:-1], known)
        if path[-1] in _ESCAPES:
            raise _NoEqualError(f"asks for {path[-1]}, which has a meaning of its own in Cedar")
        key = path[-1] if _is_name(path[-1]) else cedar_string(path[-1])
        return f"{_spelled(path[:-1])} has {key}", _RELATION

    def take(self, node: Node, kind: str) -> None:
        """Rely on a value of open type to be of one type; there, Cedar gives an error too."""
        found, path = _kind(node), _path(node)
        if found == kind:
            return
        if found != "dyn" or path is None:
            raise _NoEqualError(f"takes {_SPOKEN[kind]} where it has something else")
        if self.takes.setdefault(_spelled(path), kind) != kind:
            raise _NoEqualError(f"takes {_spelled(path)} for two types")

    def logic(self, operator: str, operands: tuple[Node, ...], known: _Known) -> _Part:
        """Write `&&` or `||`: the right side may rely on what the left one found out."""
        left, right = operands
        for side in operands:
            self._truth(side)
        holds = operator == "&&"
        bond = _AND if holds else _OR
        learnt = known | _implied(left, holds=holds)
        first, second = self.within(left, known, bond), self.within(right, learnt, bond)
        return f"{first} {operator} {second}", bond

    def negate(self, operands: tuple[Node, ...], known: _Known) -> _Part:
        """Write `!`."""
        self._truth(operands[0])
        return f"!{self.within(operands[0], known, _MEMBER)}", _UNARY

    def choose(self, operands: tuple[Node, ...], known: _Known) -> _Part:
        """Write `test ? yes : no`."""
        test, yes, no = operands
        self._truth(test)
        first = self.within(test, known, _OR)
        second = self.within(yes, known | _implied(test, holds=True), 0)
        third = self.within(no, known | _implied(test, holds=False), 0)
        return f"if {first} then {second} else {third}", 0

    def equal(self, operator: str, operands: tuple[Node, ...], known: _Known) -> _Part:
        """Write `==` or `!=`: lists are sets in Cedar, so one side must be something else."""
        kinds = {_kind(side) for side in operands}
        if not kinds & _SCALARS or kinds - _SCALARS - {"dyn"}:
            raise _NoEqualError("compares what may be lists, maps, fractions or null")
        first, second = (self.within(side, known, _SUM) for side in operands)
        return f"{first} {operator} {second}", _RELATION

    def _compare(self, operator: str, operands: tuple[Node, ...], known: _Known) -> _Part:
        if "int" not in {_kind(side) for side in operands}:
            raise _NoEqualError("orders what may be other than whole numbers")
        for side in operands:
            self.take(side, "int")
        first, second = (self.within(side, known, _SUM) for side in operands)
        return f"{first} {operator} {second}", _RELATION

    def _calculate(self, form: tuple[str, int], operands: tuple[Node, ...], known: _Known) -> _Part:
        operator, bond = form
        for side in operands:
            self.take(side, "int")
        first, second = (
            self.within(operands[0], known, bond),
            self.within(operands[1], known, bond + 1),
        )
        return f"{first} {operator} {second}", bond

    def minus(self, operands: tuple[Node, ...], known: _Known) -> _Part:
        """Write a minus before a value."""
        self.take(operands[0], "int")
        return f"-{self.within(operands[0], known, _MEMBER)}", _UNARY

    def contained(self, operands: tuple[Node, ...], known: _Known) -> _Part:
        """Write `in`: an entry of a list, or a key of a map."""
        left, right = operands
        path = _path(right)
        if isinstance(right, ListOf):
            return self._in_list(left, right, known)
        if path is None:
            raise _NoEqualError("looks into a list or map that is computed")
        if _kind(right) == "map":
            if not (isinstance(left, Const) and isinstance(left.value, str)):
                raise _NoEqualError("looks for a key that is computed")
            return self.has((*path, left.value), known)
        if _kind(left) not in _SCALARS:
            raise _NoEqualError("looks for what may be a list or map")
        self.take(right, "list")
        inside, wanted = self.within(right, known, _MEMBER), self.within(left, known, 0)
        return f"{inside}.contains({wanted})", _MEMBER

    def _in_list(self, left: Node, right: ListOf, known: _Known) -> _Part:
        if _kind(left) not in {*_SCALARS, "dyn"}:
            raise _NoEqualError("looks for what may be a list or map")
        if not all(isinstance(each, Const) and each.type in _SCALARS for each in right.elements):
            raise _NoEqualError("has a list of other than texts and whole numbers")
        listed = ", ".join(self.within(each, known, 0) for each in right.elements)
        wanted = self.within(left, known, 0)
        return f"[{listed}].contains({wanted})", _MEMBER

    def _like(self, form: str, operands: tuple[Node, ...], known: _Known) -> _Part:
        text, wanted = operands
        if not (isinstance(wanted, Const) and isinstance(wanted.value, str)):
            raise _NoEqualError("searches for a text that is computed")
        self.take(text, "string")
        pattern = form.format(_escaped(wanted.value, pattern=True))
        return f'{self.within(text, known, _SUM)} like "{pattern}"', _RELATION

    def _truth(self, node: Node) -> None:
        if _kind(node) != "bool":
            self.take(node, "bool")


_Form: TypeAlias = Callable[[_Writer, tuple[Node, ...], _Known], _Part]
_FORMS: Mapping[str, _Form] = {
    "_&&_": lambda writer, operands, known: writer.logic("&&", operands, known),
    "_||_": lambda writer, operands, known: writer.logic("||", operands, known),
    "!_": _Writer.negate,
    "_?_:_": _Writer.choose,
    "_==_": lambda writer, operands, known: writer.equal("==", operands, known),
    "_!=_": lambda writer, operands, known: writer.equal("!=", operands, known),
    "-_": _Writer.minus,
    "@in": _Writer.contained,
}
FORMS = frozenset({*_FORMS, *_COMPARED, *_CALCULATED, *_LIKE})
"""Operators and functions that can be written."""


def _literal(node: Const) -> _Part:
    if isinstance(node.value, bool):
        return str(node.value).lower(), _MEMBER
    if isinstance(node.value, int) and node.type == "int":
        return str(node.value), _MEMBER if node.value >= 0 else _UNARY
    if isinstance(node.value, str):
        return cedar_string(node.value), _MEMBER
    raise _NoEqualError("has a literal that is no text, whole number or truth value")


def _path(node: Node) -> Path | None:
    """Return the variable and keys that a node reads or asks for; None for anything else."""
    match node:
        case Ident():
            return (node.name,)
        case Select():
            above = _path(node.operand)
            return (*above, node.field) if above else None
        case Call(function="_[_]", operands=(operand, Const(value=str(key)))):
            above = _path(operand)
            return (*above, key) if above else None
    return None


def _kind(node: Node) -> str:
    """Return the type of a node, closer than CEL knows it for labels."""
    path = _path(node)
    if node.type == "dyn" and path and len(path) == 3 and path[0] == "labels":
        return _LABEL.get(path[2], "dyn")
    return node.type


def _must_be_there(path: Path, known: _Known) -> None:
    """Raise where a key may be missing that nothing before has asked for."""
    for end in range(2, len(path) + 1):
        part = path[:end]
        always = (part[0] == "levels" and part[1] in AUTHORITIES) or (
            part[0] == "labels" and end == 3 and part[2] in _LABEL
        )
        if not always and part not in known:
            dotted = ".".join(part)
            raise _NoEqualError(f"reads {dotted} without asking has({dotted}) first")


def _implied(node: Node, *, holds: bool) -> _Known:
    """Return the keys that are there when a condition is true, or when it is false."""
    match node:
        case Select(test_only=True) | Call(function="@in") if holds:
            path = _path(node) if isinstance(node, Select) else _asked_key(node)
            return frozenset({path} if path else ())
        case Call(function="!_", operands=(inner,)):
            return _implied(inner, holds=not holds)
        case Call(function="_&&_" | "_||_", operands=(left, right)):
            sides = _implied(left, holds=holds), _implied(right, holds=holds)
            both = (node.function == "_&&_") is holds
            return sides[0] | sides[1] if both else sides[0] & sides[1]
    return frozenset()


def _asked_key(node: Call) -> Path | None:
    left, right = node.operands
    path = _path(right)
    if path and right.type == "map" and isinstance(left, Const) and isinstance(left.value, str):
        return (*path, left.value)
    return None


def _spelled(path: Path) -> str:
    parts = [part for name in (path[0].split("."), path[1:]) for part in name]
    return "context" + "".join(
        f".{part}" if _is_name(part) else f"[{cedar_string(part)}]" for part in parts
    )


def _is_name(key: str) -> bool:
    return _KEY.fullmatch(key) is not None and key not in _RESERVED and not key.startswith("__")


def _escaped(text: str, *, pattern: bool = False) -> str:
    return "".join(_character(character, pattern=pattern) for character in text)


def _character(character: str, *, pattern: bool) -> str:
    if character in '\\"':
        return "\\" + character
    if character == "*" and pattern:
        return "\\*"
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"
