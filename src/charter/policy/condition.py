"""The condition of a boundary: CEL, type-checked against documented variables.

Conditions are total (CEL has no loops and no side effects) and `matches` is RE2, so a
condition over hostile text ends in linear time.
Source: https://cel.dev, the Common Expression Language definition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

STAGES = ("request", "output", "tool_call", "tool_result")
EFFECTS = ("deny", "require_approval", "redact", "flag")
MAX_LENGTH = 4000
"""Characters of a condition: more than any rule a person can review."""

_ERROR = re.compile(r"<input>:(\d+):(\d+): (.*)")
_PATTERN = re.compile(
    r"""\bmatches\s*\(\s*([rR]?(?:'''(?:[^'\\]|\\.|'(?!''))*'''|'(?!'')(?:[^'\\]|\\.)*'"""
    r"""|\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|"(?!"")(?:[^"\\]|\\.)*"))\s*\)""",
    re.DOTALL,
)
"""A literal pattern, alone between the parentheses."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name a condition may use."""

    name: str
    type: str
    meaning: str
    stages: tuple[str, ...] = STAGES


VARIABLES = (
    Variable(
        "text",
        "string",
        "request: the last user message; output: the reply; tool_result: the result's text; "
        "tool_call: empty",
    ),
    Variable("words", "int", "number of words in `text`"),
    Variable("settings", "map(string, dyn)", "settings in force, such as `under_18`"),
    Variable("tool", "string", "name of the tool", ("tool_call", "tool_result")),
    Variable("args", "map(string, dyn)", "the call's arguments, as JSON has them", ("tool_call",)),
    Variable(
        "scope",
        "map(string, dyn)",
        "the scope of autonomy agreed on: `allowed_tools`, `max_cost`",
        ("tool_call", "tool_result"),
    ),
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition."""

    stage: str
    text: str
    program: Any
    """The CEL runtime's compiled expression."""

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Evaluate on the stage's variables. Raises ValueError when evaluation fails.

        The caller decides what a failure means; everywhere in Charter it means deny.
        """
        try:
            plain = self.program.eval(data=dict(facts)).value()
        except (RuntimeError, TypeError) as cause:  # text that is not Unicode, for one
            raise ValueError(f"condition {self.text!r} cannot be evaluated: {cause}") from cause
        if not isinstance(plain, bool):
            raise ValueError(f"condition {self.text!r} gave {plain}, not true or false")  # noqa: TRY004 - a value error of CEL, whatever its type
        return plain


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a condition does not compile, and where in it."""

    message: str
    offset: int
    """Characters from the start of the condition."""


def compile_condition(text: str, stage: str) -> Condition | Rejected:
    """Compile and type-check a condition for one stage.

    Raises KeyError when `stage` is none of STAGES.
    """
    if len(text) > MAX_LENGTH:
        return Rejected(f"condition longer than {MAX_LENGTH} characters", MAX_LENGTH)
    try:
        program = _environment(stage).compile(text)
    except (RuntimeError, ValueError) as cause:
        return _rejection(text, str(cause))
    except TypeError:  # a lone surrogate, which no file in UTF-8 holds
        return Rejected("condition is not Unicode text", 0)
    result = program.return_type().name()
    if result != "BOOL":
        return Rejected(f"condition is {_spoken(result)}, but must be true or false (bool)", 0)
    return _bad_pattern(text, stage) or Condition(stage, text, program)


def variables_of(stage: str) -> tuple[Variable, ...]:
    """Return the variables a condition of `stage` may use."""
    return tuple(variable for variable in VARIABLES if stage in variable.stages)


_TYPES: dict[str, Any] = {
    "string": cel.Type.STRING,
    "int": cel.Type.INT,
    "map(string, dyn)": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
}


@cache
def _environment(stage: str) -> Any:
    if stage not in STAGES:
        raise KeyError(stage)
    names = {variable.name: _TYPES[variable.type] for variable in variables_of(stage)}
    return cel.NewEnv(variables=names, extensions=[ext_strings.ExtStrings()])


def _rejection(text: str, report: str) -> Rejected:
    found = _ERROR.search(report)
    if not found:
        return Rejected(report.splitlines()[0].removeprefix("INVALID_ARGUMENT: "), 0)
    lines = text.split("\n")
    line = min(int(found[1]), len(lines))
    before = sum(len(earlier) + 1 for earlier in lines[: line - 1])
    offset = min(before + int(found[2]) - 1, max(len(text) - 1, 0))
    return Rejected(found[3].replace(" (in container '')", ""), offset)


def _bad_pattern(text: str, stage: str) -> Rejected | None:
    """CEL compiles patterns only when they run: try each literal one now."""
    for literal in _PATTERN.finditer(text):
        try:
            value = _environment(stage).compile(f"''.matches({literal[1]})").eval(data={})
        except (RuntimeError, ValueError) as cause:
            return Rejected(str(cause).splitlines()[0], literal.start(1))
        if not isinstance(value.value(), bool):
            reason = str(value.value()).split("invalid regular expression: ")[-1]
            return Rejected(f"pattern does not compile: {reason}", literal.start(1))
    return None


def _spoken(name: str) -> str:
    return {"DYN": "of unknown type"}.get(name, name.lower())
