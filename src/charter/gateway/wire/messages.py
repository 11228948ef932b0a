"""The reader of POST /v1/messages.

Roles and authority are those of the wire `anthropic-messages`: a `tool_result` inside a user
message is a tool message of its own, without authority. Source: types of the package `anthropic`
2.11.0.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.wire.asked import Api, Asked
from charter.gateway.wire.pointer import under
from charter.gateway.wire.shape import (
    a_list,
    a_text,
    an_object,
    shown,
    text_of,
    truth_of,
    wrong,
)
from charter.gateway.wire.trail import USUAL, Group, Terms, Trail
from charter.policy.labels.payload import MAX_NESTING, SCALARS
from charter.policy.labels.wires.anthropic_messages import CALLS, FILES, MEDIA, PLAIN_RESULTS

_SIGNED = frozenset({"thinking", "redacted_thinking"})


def read(body: object, terms: Terms = USUAL) -> Asked:
    """Return what a parsed body asks. Raises ValueError, with the pointer, for wrong types.

    A message of another role than user and assistant is refused: the API has none, and a system
    message among them must not gain the authority of the field `system`.
    """
    request = an_object(body, "")
    trail = Trail(Api.MESSAGES)
    walk = _Walk(trail)
    trail.offer(request, "tools", "input_schema")
    trail.claim(request)
    for name in ("container", "mcp_servers"):
        if request.get(name):
            trail.hidden(name, f"/{name}")
    if request.get("system") is not None:
        walk.group = trail.group("/system")
        walk.all(request["system"], "/system", 0)
    for at, message in enumerate(a_list(request.get("messages"), "/messages")):
        where = f"/messages/{at}"
        walk.message(an_object(message, where), where)
    return trail.asked(request, terms, stream=truth_of(request, "stream"))


class _Walk:
    """Walks block by block; a tool result ends the message it stands in and begins another."""

    def __init__(self, trail: Trail) -> None:
        self.trail = trail
        self.group = Group("")

    def message(self, message: dict[str, Any], where: str) -> None:
        role = a_text(message.get("role"), under(where, "role"))
        if role not in ("user", "assistant"):
            raise ValueError(f"{where}/role: expected user or assistant, not {shown(role[:80])}")
        self.group = Group(where)
        before = len(self.trail.groups)
        self.all(message.get("content"), under(where, "content"), 0, splits=True)
        if len(self.trail.groups) == before or not self.group.empty:
            self.trail.groups.append(self.group)

    def all(self, content: Any, pointer: str, depth: int, *, splits: bool = False) -> None:
        """Walk content; with `splits`, results among it become messages of their own."""
        if depth > MAX_NESTING:
            raise ValueError(f"{shown(pointer)}: nested deeper than {MAX_NESTING}")
        if isinstance(content, str):
            self.group.add(pointer, content)
        elif isinstance(content, list):
            for at, block in enumerate(content):
                self._block(block, under(pointer, at), depth, splits=splits)
        elif content is not None:
            raise wrong(content, pointer, "text or a list of blocks")

    def _block(self, block: Any, where: str, depth: int, *, splits: bool) -> None:
        if isinstance(block, str):
            self.group.add(where, block)
            return
        kind = text_of(an_object(block, where), "type", where)
        if kind is not None and kind.endswith("tool_result"):
            self._result(block, where, depth, splits=splits)
            return
        self._plain(kind, block, where, depth)
        if _has_settings(block):
            self.group.filled = True

    def _plain(self, kind: str | None, block: dict[str, Any], where: str, depth: int) -> None:
        if kind in _SIGNED:
            self.trail.signed.append(where)
        if kind in ("text", "thinking"):
            place = under(where, kind)
            self.group.add(place, a_text(block.get(kind), place), signed=kind == "thinking")
        elif kind in CALLS:
            name = text_of(block, "name", where)
            self.trail.called(text_of(block, "id", where), name, where)
            self.group.filled = True
        elif kind in FILES:
            self._file(block, where, depth)
        elif kind == "compaction" and isinstance(block.get("content"), str):
            self.group.add(under(where, "content"), block["content"])
        else:
            self.trail.hidden(kind, where)
            if kind in MEDIA:
                self.group.filled = True
            else:
                self.group.opaque(where)

    def _result(self, block: dict[str, Any], where: str, depth: int, *, splits: bool) -> None:
        self.trail.answers(text_of(block, "tool_use_id", where), where)
        if not splits:  # inside of another result or a file: part of it
            self._returned(block, where, depth)
            return
        outer = self.group
        if not outer.empty:
            self.trail.groups.append(outer)
            outer = Group(outer.pointer)
        self.group = self.trail.group(where)
        self._returned(block, where, depth)
        self.group = outer

    def _returned(self, block: dict[str, Any], where: str, depth: int) -> None:
        content, place = block.get("content"), under(where, "content")
        if isinstance(content, str):
            self.group.add(place, content)
        elif isinstance(content, dict) or block["type"] not in PLAIN_RESULTS:
            if content is not None:
                self.group.opaque(place)
        else:
            self.all(content, place, depth + 1)

    def _file(self, block: dict[str, Any], where: str, depth: int) -> None:
        """Walk a file: its title and context, which the wire ends with a line feed, and its text.

        What stands elsewhere, or is no text, is not seen.
        """
        outer, self.group = self.group, Group(where)
        source = block.get("source")
        for key in ("title", "context"):
            said = text_of(block, key, where)
            if said is not None:
                self.group.add(under(where, key), f"{said}\n", exact=False)
        if isinstance(source, dict):
            kind = text_of(source, "type", under(where, "source"))
            if kind == "text":
                place = under(where, "source", "data")
                self.group.add(place, a_text(source.get("data"), place))
            self.all(source.get("content"), under(where, "source", "content"), depth + 1)
            if kind not in ("text", "content"):
                self.trail.hidden(block["type"], where)
        elif source is not None and not isinstance(source, str):
            raise wrong(source, under(where, "source"), "an object or text")
        self.all(block.get("content"), under(where, "content"), depth + 1)
        inner, self.group = self.group, outer
        if inner.empty and not isinstance(source, dict):
            self.trail.hidden(block["type"], where)
            outer.opaque(where)
            return
        outer.pieces += inner.pieces
        outer.filled = outer.filled or inner.filled or not inner.pieces or isinstance(source, dict)


def _has_settings(block: dict[str, Any]) -> bool:
    """Whether the side channel of a block sets something, which fills a message without text."""
    said = block.get("charter")
    settings = said.get("settings") if isinstance(said, dict) else None
    return isinstance(settings, dict) and any(isinstance(v, SCALARS) for v in settings.values())
