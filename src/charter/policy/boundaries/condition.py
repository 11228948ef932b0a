"""The condition of a boundary: CEL, type-checked against documented variables.

A condition has no side effects and ends. Its only loops are CEL's macros over lists and maps
(`all`, `exists`, `exists_one`, `map`, `filter`), at most two inside one another; the runtime stops
after 10,000 rounds of all loops together. Patterns are RE2, linear in the text. How long it can
take, and how far texts and lists can grow, is estimated when it is compiled
(`charter.policy.boundaries.cost`): one that could explode is rejected, or asked about small values
only.
Source: https://cel.dev, the Common Expression Language definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from charter.policy.boundaries import program
from charter.policy.boundaries.cost import MAX_LOOP_DEPTH, SMALLEST, size_limit
from charter.policy.boundaries.expression import (
    Comprehension,
    Const,
    Node,
    free_names,
    loop_depth,
    walk,
)
from charter.policy.boundaries.fault import explained
from charter.policy.boundaries.plain import plain
from charter.policy.boundaries.program import Environment, Rejected, answer

STAGES = ("request", "output", "tool_call", "tool_result")
EFFECTS = ("deny", "require_approval", "redact", "flag")
MAX_LENGTH = 4000
"""Characters of a condition: more than any rule a person can review."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name a condition may use."""

    name: str
    type: str
    meaning: str
    stages: tuple[str, ...] = STAGES


_CALL = ("tool_call",)
_RESULT = ("tool_result",)
_OUTPUT = ("output",)
_TOOL = ("tool_call", "tool_result")
_MESSAGE = ("request", "output", "tool_result")

VARIABLES = (
    Variable(
        "text",
        "string",
        "request: the last user message; output: the reply; tool_result: the result's text; "
        "tool_call: empty",
    ),
    Variable("words", "int", "number of words in `text`"),
    Variable(
        "request.text", "string", "the last user message, at every stage; empty where there is none"
    ),
    Variable("request.words", "int", "number of words in `request.text`"),
    Variable("output.text", "string", "the reply: the same as `text`", _OUTPUT),
    Variable("output.words", "int", "number of words in the reply", _OUTPUT),
    Variable("result.text", "string", "what the tool returned: the same as `text`", _RESULT),
    Variable("result.words", "int", "number of words in the result", _RESULT),
    Variable("result.tool", "string", "the tool that returned it: the same as `tool`", _RESULT),
    Variable(
        "message.role", "string", "role of the message that `text` comes from, `user`", _MESSAGE
    ),
    Variable(
        "message.authority",
        "string",
        "authority of that message's own words: a level, or `none`",
        _MESSAGE,
    ),
    Variable("message.level", "int", "rank of that authority, as in `levels`", _MESSAGE),
    Variable("tool", "string", "name of the tool: short for `call.tool`", _TOOL),
    Variable(
        "args", "map(string, dyn)", "the call's arguments, as JSON has them: `call.args`", _CALL
    ),
    Variable("call.tool", "string", "name of the tool that is called, or was", _TOOL),
    Variable("call.args", "map(string, dyn)", "the call's arguments, as JSON has them", _CALL),
    Variable(
        "labels",
        "map(string, map(string, dyn))",
        "where each argument comes from: `labels.url` has `authority`, `level` (its rank), "
        "`sources` (such as `tool:search`) and `sensitivity`",
        _CALL,
    ),
    Variable(
        "asked_by",
        "string",
        "authority of the instruction that led to the call; empty where that is not known",
        _CALL,
    ),
    Variable(
        "privileged",
        "int",
        "words in a row that the reply or the arguments repeat from a system or developer message",
        ("output", "tool_call"),
    ),
    Variable("settings", "map(string, dyn)", "settings in force, such as `under_18`"),
    Variable(
        "scope",
        "map(string, dyn)",
        "the scope of autonomy agreed on, empty where there is none: `allowed_tools`, `max_cost`, "
        "`additional_details`, and `latest_time` where one was stated",
        _TOOL,
    ),
    Variable(
        "levels",
        "map(string, int)",
        "rank of each level of authority: `levels.user`; 0 is the rank of `none`",
    ),
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition."""

    stage: str
    text: str
    program: Any = field(repr=False, compare=False)
    """The CEL runtime's compiled expression."""
    root: Node = field(repr=False, compare=False)
    """Its syntax tree."""
    uses: frozenset[str] = field(compare=False)
    """The variables it reads."""
    limit: int = field(compare=False)
    """Size of the values it may be asked about: more, and it could take too long."""

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Evaluate on the stage's variables. Raises ValueError when evaluation fails.

        The caller decides what a failure means; everywhere in Charter it means deny.
        """
        try:
            values, size = plain(facts)
            return self.holds_in(environment(self.stage).activation(values), size)
        except ValueError as cause:
            raise ValueError(f"condition {self.text!r} cannot be evaluated: {cause}") from cause

    def holds_in(self, activation: Any, size: int) -> bool:
        """Evaluate on an activation of values of that size. Raises ValueError."""
        if size > self.limit:
            raise ValueError("on values of this size it could take too long")
        found = answer(self.program, activation)
        if not isinstance(found, bool):
            raise ValueError(str(found))  # noqa: TRY004 - a value error of CEL, whatever its type
        return found


def compile_condition(text: str, stage: str) -> Condition | Rejected:
    """Compile and type-check a condition for one stage.

    Raises KeyError when `stage` is none of STAGES.
    """
    if len(text) > MAX_LENGTH:
        return Rejected(f"condition longer than {MAX_LENGTH} characters", MAX_LENGTH)
    return _compile(text, stage)


def variables_of(stage: str) -> tuple[Variable, ...]:
    """Return the variables a condition of `stage` may use."""
    return tuple(variable for variable in VARIABLES if stage in variable.stages)


@cache
def environment(stage: str) -> Environment:
    """Return the CEL environment of a stage. Raises KeyError when there is none."""
    if stage not in STAGES:
        raise KeyError(stage)
    return program.environment((known.name, known.type) for known in variables_of(stage))


@lru_cache(maxsize=2048)
def _compile(text: str, stage: str) -> Condition | Rejected:
    compiled = environment(stage).compile(text)
    if isinstance(compiled, Rejected):
        return _explained(compiled, stage)
    root = compiled.root
    hidden = _zero_character(root)
    if hidden is not None:
        return hidden
    limit = size_limit(root)
    if not limit:
        return _too_much(root)
    known = {variable.name for variable in variables_of(stage)}
    return Condition(
        stage=stage,
        text=text,
        program=compiled.runs,
        root=root,
        uses=free_names(root) & known,
        limit=limit,
    )


def _explained(found: Rejected, stage: str) -> Rejected:
    names = [variable.name for variable in variables_of(stage)]
    others = {known.name: known.stages for known in VARIABLES if known.name not in names}
    return Rejected(explained(found.message, names, others), found.offset)


def _zero_character(root: Node) -> Rejected | None:
    """Find a literal that nothing can equal: values have no zero characters (`plain`)."""
    for node in walk(root):
        if isinstance(node, Const) and isinstance(node.value, str) and "\0" in node.value:
            return Rejected("a zero character is read as U+FFFD: write '\\ufffd'", node.at)
    return None


def _too_much(root: Node) -> Rejected:
    """Say why a condition may be asked about nothing."""
    loops = [node for node in walk(root) if isinstance(node, Comprehension)]
    if loop_depth(root) > MAX_LOOP_DEPTH:
        message = f"loops stand more than {MAX_LOOP_DEPTH} deep inside one another"
        return Rejected(message, min(loop.at for loop in loops))
    at = min((loop.at for loop in loops), default=0)
    return Rejected(f"condition could take too long even on {SMALLEST:,} characters", at)
