"""What an offered tool says of itself, and how that tightens what is declared of it.

Annotations are hints of whoever wrote the tool. One that says that a tool does harm is believed;
one that says it does none changes nothing.
Source: Model Context Protocol, `ToolAnnotations`, and its defaults: what is not read-only may be
destructive unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.policy.decision import ToolFacts

HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")
_HARMS = frozenset({"destructiveHint", "openWorldHint"})
_UNDECLARED = ToolFacts(effects=True, reversible="assistant")
"""What asks for nothing, as a tool does of which nothing is declared."""


def annotations_of(tool: object) -> dict[str, bool]:
    """Return the hints that an offered tool carries, wherever its maker put them.

    Of a hint that is given twice, the one that tightens counts.
    """
    found: dict[str, bool] = {}
    if not isinstance(tool, Mapping):
        return found
    inner = [tool, *(tool.get(name) for name in ("function", "custom"))]
    for one in inner:
        if isinstance(one, Mapping):
            _take(found, one.get("annotations"))
    return found


def _take(found: dict[str, bool], given: Any) -> None:
    if not isinstance(given, Mapping):
        return
    for hint in HINTS:
        said = given.get(hint)
        if not isinstance(said, bool):
            continue
        before = found.get(hint, said)
        found[hint] = before or said if hint in _HARMS else before and said


def tightened(declared: ToolFacts | None, hints: Mapping[str, bool]) -> ToolFacts | None:
    """Return the facts of a tool with its own hints taken in: never laxer than declared.

    None where nothing is declared and no hint says anything that tightens.
    """
    writes = hints.get("readOnlyHint") is False
    destroys = hints.get("destructiveHint") is True
    if writes and hints.get("destructiveHint") is not False:
        destroys = True  # the default of a tool that says it is not read-only
    repeats = hints.get("idempotentHint") is False
    open_world = hints.get("openWorldHint") is True and hints.get("readOnlyHint") is not True
    if not (writes or destroys or repeats or open_world):
        return declared
    facts = _UNDECLARED if declared is None else declared
    if writes or destroys or repeats:
        facts = facts._replace(effects=True)
    if destroys:
        facts = facts._replace(reversible="no", costly=True)
    elif open_world and facts.reversible == "assistant":
        # What reached somebody else is not the assistant's to take back.
        facts = facts._replace(reversible="user")
    return facts
