"""Items of a streamed response that are no text: they wait for their end, and so do their events.

Events of progress hold no text, and leave with the item as they came. What was written in pieces
(arguments, code, commands) is said anew and whole, out of the item as it was decided on. Events
with other text in them, such as unfinished pictures, are left out: the item repeats it.
Source: types of the package `openai` 3.54.0.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.bare import bare
from charter.gateway.answers.encode import encode
from charter.gateway.relay.item import Item
from charter.gateway.relay.output import Output

WRITTEN = {
    "function_call": ("function_call_arguments", "arguments"),
    "custom_tool_call": ("custom_tool_call_input", "input"),
    "mcp_call": ("mcp_call_arguments", "arguments"),
    "code_interpreter_call": ("code_interpreter_call_code", "code"),
}
"""What events of a text in an item are called, and its member, by the item's type."""
_COMMANDS = "shell_call"
_IN_PIECES = frozenset({"function_call", "custom_tool_call", "mcp_call"})
"""Items whose text clients expect in pieces, however the upstream sent it."""
_MOST_STEPS = 256
"""Events of progress that are kept for one item."""
_ANEW = ""
"""The step at which what was written is said."""


class Waiting(Output):
    """See above."""

    def _other(self, kind: str, data: dict[str, Any]) -> None:
        """Take an event of progress, or of a type that is not known."""
        item = self._items.get(data["output_index"]) if _is_index(data) else None
        if "output_index" in data and item is None:
            return
        waits = item is not None and not item.told
        if item is not None and waits and kind.rpartition(".")[0] == _stem_of(item):
            if (_ANEW, {}) not in item.steps:
                item.steps.append((_ANEW, {}))
            return
        members = {key: data[key] for key in data if key not in ("type", "sequence_number")}
        if item is not None:
            members |= {"output_index": item.index, "item_id": ""}
        if not bare(members) or self._plain.tells(kind, members):
            self._stripped.add("unknown" if self._plain.finds(kind) else kind)
        elif item is None:
            self._emit(kind, **members)
        elif waits:
            if not item.over and len(item.steps) < _MOST_STEPS:
                self._count(len(encode(members)))
                item.steps.append((kind, members))
        else:
            self._emit(kind, **_placed(members, item))

    def _send_whole(self, item: Item, made: dict[str, Any]) -> None:
        """Send an item that was decided on, with its events."""
        if item.kind in _IN_PIECES and (_ANEW, {}) not in item.steps:
            item.steps.insert(0, (_ANEW, {}))
        self._tell(item, _begun(item, made))
        for kind, members in item.steps:
            if kind:
                self._emit(kind, **_placed(members, item))
            elif item.kind == _COMMANDS:
                self._say_commands(item, made)
            else:
                self._say_text(item, made)
        item.steps.clear()
        self._send_item(item, made)

    def _say_text(self, item: Item, made: dict[str, Any]) -> None:
        stem, member = WRITTEN[item.kind]
        place = {"item_id": item.id, "output_index": item.index}
        text = made.get(member) or ""
        self._emit(f"response.{stem}.delta", **place, delta=text)
        self._emit(f"response.{stem}.done", **place, **{member: text})

    def _say_commands(self, item: Item, made: dict[str, Any]) -> None:
        stem = _stem_of(item)
        for at, command in enumerate(_commands_of(made)):
            place = {"output_index": item.index, "command_index": at}
            self._emit(f"{stem}.added", **place, command="")
            self._emit(f"{stem}.delta", **place, delta=command)
            self._emit(f"{stem}.done", **place, command=command)


def _begun(item: Item, made: dict[str, Any]) -> dict[str, Any]:
    """Return an item as it is told of: what its events say is not yet in it."""
    if not item.steps:
        return made
    begun = dict(made)
    if "status" in made:
        begun["status"] = "in_progress"
    if (_ANEW, {}) in item.steps:
        if item.kind in WRITTEN:
            begun[WRITTEN[item.kind][1]] = ""
        elif _commands_of(made):
            begun["action"] = {**made["action"], "commands": []}
    return begun


def _placed(members: dict[str, Any], item: Item) -> dict[str, Any]:
    return {**members, "output_index": item.index, "item_id": item.id}


def _stem_of(item: Item) -> str | None:
    """Return what the events of an item's text are called, where it has one."""
    if item.kind == _COMMANDS:
        return "response.shell_call_command"
    return f"response.{WRITTEN[item.kind][0]}" if item.kind in WRITTEN else None


def _commands_of(made: dict[str, Any]) -> list[str]:
    action = made.get("action")
    listed = action.get("commands") if isinstance(action, dict) else None
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


def _is_index(data: dict[str, Any]) -> bool:
    return isinstance(data.get("output_index"), int)
