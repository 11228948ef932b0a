"""Programs of the CEL runtime: compiled, type-checked, with patterns that are compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from charter.policy.boundaries.expression import Call, Const, Node, walk
from charter.policy.boundaries.pattern import matched
from charter.policy.boundaries.read_expression import read_expression

_ERROR = re.compile(r"<input>:(\d+):(\d+): (.*)")
_MATCHES = "matches"
_MATCHED = "matched"
"""Our own `matches`. Its name is as long: it is written over the other in a compiled program."""

_TYPES: Mapping[str, Any] = {
    "string": cel.Type.STRING,
    "int": cel.Type.INT,
    "map(string, int)": cel.Type.Map(cel.Type.STRING, cel.Type.INT),
    "map(string, dyn)": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
    "map(string, map(string, dyn))": cel.Type.Map(
        cel.Type.STRING, cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    ),
}


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a condition does not compile, and where in it."""

    message: str
    offset: int
    """Characters from the start of the condition."""


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled expression that is true or false."""

    root: Node
    runs: Any
    """What the runtime evaluates."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Typed variables, and the runtime that knows them."""

    checks: Any
    """Knows what a condition may use."""
    runs: Any
    """Knows `matched` too."""

    def compile(self, text: str) -> Program | Rejected:
        """Compile and type-check a condition."""
        try:
            checked = self.checks.compile(text)
        except (RuntimeError, ValueError) as cause:
            return _rejection(text, str(cause))
        except TypeError:  # a lone surrogate, which no file in UTF-8 holds
            return Rejected("condition is not Unicode text", 0)
        result = checked.return_type().name()
        if result != "BOOL":
            return Rejected(f"condition is {_spoken(result)}, but must be true or false (bool)", 0)
        serialized = checked.serialize()
        root = read_expression(serialized)
        return _bad_pattern(root) or Program(root, self._runnable(serialized, root))

    def together(self, texts: Iterable[str]) -> Any | None:
        """Compile conditions, each compiled before, into one that gives the list of their answers.

        None where the runtime does not take them together: nested too deeply or too long.
        """
        listed = ",".join(f"(\n{text}\n)" for text in texts)  # a condition may end in a comment
        try:
            serialized = self.checks.compile(f"[{listed}]").serialize()
        except (RuntimeError, ValueError):
            return None
        return self._runnable(serialized, read_expression(serialized))

    def activation(self, values: dict[str, object]) -> Any:
        """Hand values that are plain (`boundaries.plain`) to the runtime. Raises ValueError.

        One activation serves any number of programs.
        """
        try:
            return self.runs.Activation(values)
        except (RuntimeError, TypeError) as cause:  # text that is not Unicode, for one
            raise ValueError(str(cause)) from cause

    def _runnable(self, serialized: bytes, root: Node) -> Any:
        """Let every literal pattern be matched by `matched`."""
        patched = bytearray(serialized)
        for call in _literal_patterns(root):
            patched[call.name_at : call.name_at + len(_MATCHES)] = _MATCHED.encode()
        return self.runs.deserialize(bytes(patched))


def environment(variables: Iterable[tuple[str, str]]) -> Environment:
    """Return the environment of variables, given as names and types."""
    names = {name: _TYPES[kind] for name, kind in variables}
    strings = [ext_strings.ExtStrings()]
    both = [cel.Type.STRING, cel.Type.STRING]
    matching = cel.FunctionDecl(
        _MATCHED,
        [
            cel.Overload(
                id=f"{_MATCHED}_{'member' if member else 'function'}",
                return_type=cel.Type.BOOL,
                parameters=both,
                is_member=member,
                impl=matched,
            )
            for member in (True, False)
        ],
    )
    return Environment(
        checks=cel.NewEnv(variables=names, extensions=strings),
        runs=cel.NewEnv(variables=names, extensions=strings, functions=[matching]),
    )


def answer(program: Any, activation: Any) -> Any:
    """Evaluate and return the plain value. Raises ValueError where the runtime gives an error."""
    try:
        found = program.eval(activation).plain_value()
    except (RuntimeError, TypeError, ValueError) as cause:
        raise ValueError(str(cause)) from cause
    return found


def _literal_patterns(root: Node) -> list[Call]:
    return [
        node
        for node in walk(root)
        if isinstance(node, Call)
        and node.function == _MATCHES
        and len(node.operands) == 2
        and isinstance(node.operands[1], Const)
    ]


def _bad_pattern(root: Node) -> Rejected | None:
    """CEL compiles patterns only when they run: try each literal one now."""
    for call in _literal_patterns(root):
        literal = call.operands[1]
        try:
            matched("", str(literal.value) if isinstance(literal, Const) else "")
        except ValueError as cause:
            return Rejected(f"pattern does not compile: {cause}", literal.at)
    return None


def _rejection(text: str, report: str) -> Rejected:
    found = _ERROR.search(report)
    if not found:
        return Rejected(report.splitlines()[0].removeprefix("INVALID_ARGUMENT: "), 0)
    lines = text.split("\n")
    line = min(int(found[1]), len(lines))
    before = sum(len(earlier) + 1 for earlier in lines[: line - 1])
    offset = min(before + int(found[2]) - 1, max(len(text) - 1, 0))
    return Rejected(found[3].replace(" (in container '')", ""), offset)


def _spoken(name: str) -> str:
    return {"DYN": "of unknown type"}.get(name, name.lower())
