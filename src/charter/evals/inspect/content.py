"""Messages in a log -> text: parts joined, attachments put back, what is no text named."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from charter.models.inspect_names import DEVELOPER_LINE, MARKED, ROLE
from charter.records.run import CallMade, MessageSaid

ATTACHMENT = "attachment://"
_EARLIER = "tc://"
"""How logs of early versions begin a reference."""
ROLES = frozenset({"system", "user", "assistant", "tool"})


@dataclass(slots=True)
class Reader:
    """Reads the messages of one sample and counts what could not be taken over."""

    attachments: Mapping[str, Any]
    placeholders: int = 0
    """Parts that are no text, such as images: a word in brackets stands for each."""
    lost: int = 0
    """Attachments that the log refers to and does not hold."""
    seen: set[str] = field(default_factory=set)
    """Kinds of content met."""

    def text(self, content: object) -> str:
        """Return the text of a message's content; reasoning is not part of what was said."""
        if isinstance(content, str):
            return self.whole(content)
        if not isinstance(content, list):
            return ""
        parts = [self._part(part) for part in content]
        return "\n".join(part for part in parts if part is not None)

    def whole(self, text: str) -> str:
        """Return what a text stands for: the attachment it refers to, or itself."""
        for mark in (ATTACHMENT, _EARLIER):
            if text.startswith(mark):
                found = self.attachments.get(text[len(mark) :])
                if isinstance(found, str):
                    return found
                self.lost += 1
        return text

    def deep(self, value: object) -> Any:
        """Return a value of JSON with the attachments put back in its texts."""
        if isinstance(value, str):
            return self.whole(value)
        if isinstance(value, list):
            return [self.deep(item) for item in value]
        if isinstance(value, dict):
            return {key: self.deep(item) for key, item in value.items()}
        return value

    def messages(self, given: object) -> tuple[MessageSaid, ...]:
        """Return an input as messages; a bare text is what the user says."""
        if isinstance(given, str):
            return (MessageSaid("user", self.whole(given), None),)
        found: list[MessageSaid] = []
        for message in given if isinstance(given, list) else ():
            if isinstance(message, dict):
                found += self.message(message)
        return tuple(found)

    def message(self, given: Mapping[str, Any]) -> list[MessageSaid]:
        """Return one message, with one more for each call it makes."""
        role, text = str(given.get("role")), self.text(given.get("content"))
        metadata = given.get("metadata")
        if isinstance(metadata, dict) and metadata.get(ROLE) == "developer":
            role = "developer"
            text = text.removeprefix(f"{DEVELOPER_LINE}\n") if metadata.get(MARKED) else text
        calls = self.calls(given)
        function = given.get("function")
        tool = function if role == "tool" and isinstance(function, str) else None
        found = [MessageSaid(role, text, tool)] if text or not calls else []
        return found + [MessageSaid("assistant", call.arguments, call.name) for call in calls]

    def calls(self, message: Mapping[str, Any]) -> tuple[CallMade, ...]:
        """Return the tool calls of a message. Inspect keeps their arguments parsed."""
        listed = message.get("tool_calls")
        found = []
        for call in listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ():
            if isinstance(call, dict):
                arguments = self.deep(call.get("arguments", {}))
                raw = call.get("parse_error") and isinstance(arguments, dict)
                if raw and set(arguments) == {"input"}:
                    text = str(arguments["input"])
                else:
                    text = json.dumps(arguments, ensure_ascii=False)
                found.append(CallMade(str(call.get("function")), text))
        return tuple(found)

    def _part(self, part: object) -> str | None:
        if not isinstance(part, dict):
            return None
        kind = str(part.get("type"))
        self.seen.add(kind)
        if kind == "text":
            return self.whole(str(part.get("text", "")))
        if kind == "reasoning":
            return None
        self.placeholders += 1
        return f"[{kind[:40]}]"
