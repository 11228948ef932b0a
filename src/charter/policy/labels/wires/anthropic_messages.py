"""Anthropic Messages.

Reads
    A request body with `messages` and, at the top level, `system`: text or blocks. Blocks: `text`,
    `image`, `document`, `search_result`, `tool_use`, `tool_result`, `thinking`, the blocks of
    tools that the server runs, and `container_upload`.

Roles
    `user` and `assistant` as sent. `system` speaks in `developer` by default: in this API it is
    the field where the operator of an application writes, while the Model Spec keeps its system
    level for the operator of the model. An operator of the model passes `system_as="system"`.

No authority
    A `tool_result` travels inside a user message, and becomes a tool message of its own at its
    place, of the tool that its `tool_use_id` names. The text of documents and search results is
    that of an attachment. `assistant` messages; their `thinking` is also privileged.

Not seen
    Containers, and files given by id or URL: they are named among the media.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.errors import ParseError
from charter.policy.conversation import Kind, Transcript
from charter.policy.labels.draft import Draft
from charter.policy.labels.intake import REASONING, Intake
from charter.policy.labels.payload import MAX_NESTING, items_of, json_text, no_content, object_of
from charter.policy.labels.side_channel import annotate, distrust_split

RANK = 10
SYSTEM_AS = "developer"

CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
PLAIN_RESULTS = frozenset({"tool_result", "mcp_tool_result"})
MEDIA = frozenset({"image", "container_upload", "redacted_thinking"})
FILES = frozenset({"document", "search_result"})
_OWN = CALLS | FILES | {"image", "thinking", "redacted_thinking", "container_upload"}
_OTHER_ROLES = frozenset({"system", "developer", "tool", "function"})


def accepts(payload: object) -> bool:
    """Whether there is a `system` beside messages, or a block that only this wire has.

    A block alone does not do where a message has a role that other wires have: one that somebody
    slipped into such a request must not change who its system message speaks for.
    """
    messages = payload
    if isinstance(payload, Mapping):
        if "messages" not in payload:
            return False
        messages = payload["messages"]
    if not isinstance(messages, list | tuple):
        return False
    if isinstance(payload, Mapping) and payload.get("system") is not None:
        return True
    found = False
    for message in messages:
        if not isinstance(message, Mapping):
            continue
        role = message.get("role")
        if isinstance(role, str) and role in _OTHER_ROLES:
            return False
        found = found or _has_own_block(message.get("content"))
    return found


def read(payload: object, system_as: str) -> Transcript:
    """Return the messages of a request, the system text first."""
    reader = _Reader(Intake("anthropic-messages"), system_as)
    messages = payload
    if isinstance(payload, Mapping):
        reader.intake.offer(payload.get("tools"), "tools")
        reader.intake.unread(payload, "input", "instructions")
        if payload.get("container") is not None:
            reader.intake.unseen.append("container")
        if payload.get("system") is not None:
            reader.draft = Draft(system_as)
            reader.add_all(payload["system"], "system", 0)
            reader.intake.end(reader.draft)
        messages = payload.get("messages")
    for at, message in enumerate(items_of(messages, "messages")):
        place = f"messages[{at}]"
        reader.add_message(object_of(message, place), place)
    return reader.intake.transcript()


class _Reader:
    """Reads block by block; a tool result ends the message it stands in and begins another."""

    def __init__(self, intake: Intake, system_as: str) -> None:
        self.intake = intake
        self.system_as = system_as
        self.draft = Draft("user")

    def add_message(self, message: Mapping[str, Any], where: str) -> None:
        role = self.intake.role(message, where, self.system_as)
        self.draft = Draft(role)
        before = len(self.intake.messages)
        self.add_all(message.get("content"), f"{where}.content", 0, owner=message)
        if self.draft.empty and len(self.intake.messages) > before:
            return  # nothing but results: they are messages of their own
        annotate_piece = distrust_split if len(self.intake.messages) > before else annotate
        annotate_piece(self.intake, self.draft, message)
        self.intake.end(self.draft)

    def add_all(
        self, content: object, where: str, depth: int, *, owner: Mapping[str, Any] | None = None
    ) -> None:
        """Add content. `owner` is the message, where its blocks may begin another one."""
        if depth > MAX_NESTING:
            raise ParseError(
                f"{where}: nested deeper than {MAX_NESTING}", hint="send flatter content"
            )
        if isinstance(content, str):
            self.draft.add(content)
        elif isinstance(content, list | tuple):
            for at, block in enumerate(content):
                self._add_block(block, f"{where}[{at}]", depth, owner)
        elif content is not None:
            raise no_content(content, where)

    def _add_block(
        self, block: object, where: str, depth: int, owner: Mapping[str, Any] | None
    ) -> None:
        if isinstance(block, str):
            self.draft.add(block)
            return
        if not isinstance(block, Mapping):
            raise no_content(block, where)
        kind = block.get("type")
        if not isinstance(kind, str):
            self.intake.unknown(self.draft, block, where)
        elif kind.endswith("tool_result"):
            self._add_result(block, where, depth, owner)
        else:
            start = self.draft.length
            self._add_plain(kind, block, where, depth)
            annotate(self.intake, self.draft, block, start)

    def _add_plain(self, kind: str, block: Mapping[str, Any], where: str, depth: int) -> None:
        text = block.get(kind)
        if kind == "text" and isinstance(text, str):
            self.draft.add(text)
        elif kind == "thinking" and isinstance(text, str):
            self.draft.add(text, Kind.ASSISTANT, REASONING)
        elif kind in CALLS:
            self.intake.call(self.draft, block.get("id"), block.get("name"), block.get("input"))
        elif kind in FILES:
            self._add_file(block, where, depth)
        elif kind in MEDIA:
            self.intake.media(self.draft, kind)
        elif kind == "compaction" and isinstance(block.get("content"), str):
            self.draft.add(block["content"], Kind.ASSISTANT, "compaction")
        else:
            self.intake.unknown(self.draft, block, where)

    def _add_result(
        self, block: Mapping[str, Any], where: str, depth: int, owner: Mapping[str, Any] | None
    ) -> None:
        outer = self.draft
        if owner is not None and not outer.empty:
            distrust_split(self.intake, outer, owner)
            self.intake.end(outer)
            outer = Draft(outer.role)
        elif owner is None:  # a result inside of a result: part of it
            self._add_returned(block, where, depth)
            return
        self.draft = Draft("tool", self.intake.answered(block.get("tool_use_id")))
        self._add_returned(block, where, depth)
        annotate(self.intake, self.draft, block)
        self.intake.end(self.draft)
        self.draft = outer

    def _add_returned(self, block: Mapping[str, Any], where: str, depth: int) -> None:
        """Add what a tool returned: text, blocks, or the JSON of a tool that the server runs."""
        content = block.get("content")
        if isinstance(content, Mapping) or block.get("type") not in PLAIN_RESULTS:
            self.draft.add(json_text(content, f"{where}.content"))
        else:
            self.add_all(content, f"{where}.content", depth + 1)

    def _add_file(self, block: Mapping[str, Any], where: str, depth: int) -> None:
        """Add the text of a file, as a range of its own; without text it is a medium."""
        outer, self.draft = self.draft, Draft("tool")
        source = block.get("source")
        for key in ("title", "context"):
            if isinstance(block.get(key), str):
                self.draft.add(f"{block[key]}\n")
        if isinstance(source, Mapping):
            if source.get("type") == "text" and isinstance(source.get("data"), str):
                self.draft.add(source["data"])
            self.add_all(source.get("content"), f"{where}.source.content", depth + 1)
        self.add_all(block.get("content"), f"{where}.content", depth + 1)
        inner, self.draft = self.draft, outer
        if inner.empty and not isinstance(source, Mapping):
            self.intake.unknown(outer, block, where)
            return
        title = block.get("title") or (source if isinstance(source, str) else None)
        name = self.intake.name(title, "file") if title is not None else None
        self.draft.add("".join(inner.pieces), Kind.ATTACHMENT, name)
        self.draft.media += inner.media
        told = not isinstance(source, Mapping) or source.get("type") in ("text", "content")
        if not told or inner.empty:
            self.intake.media(self.draft, block.get("type"))


def _has_own_block(content: object) -> bool:
    if not isinstance(content, list | tuple):
        return False
    for block in content:
        kind = block.get("type") if isinstance(block, Mapping) else None
        if isinstance(kind, str) and (kind in _OWN or kind.endswith("tool_result")):
            return True
    return False
