"""What the client of a streamed response is told, and in which words it ends.

Every event is numbered anew. What the client was told of an item is what later events and the
response at the end repeat of it.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.items import TEXTS
from charter.gateway.relay.event import written
from charter.gateway.relay.flow import Flow
from charter.gateway.relay.item import Item, Part
from charter.gateway.relay.lane import Lane

MOST_ITEMS = 10_000
STEMS = {
    "output_text": "response.output_text",
    "refusal": "response.refusal",
    "reasoning_text": "response.reasoning_text",
    "summary_text": "response.reasoning_summary_text",
}
"""What the events of a part's text are called, by the part's type."""


class Output(Flow):
    """The client's side of a response."""

    _copies = True
    _response: dict[str, Any] | None = None
    """The newest response, without its output."""
    _told = False
    """Whether the client was told that it began."""
    _number = 0
    _next = 0
    """Items that the client was told of."""
    _items: dict[int, Item]
    """By their place in the upstream's output."""
    _places: dict[str, Part]

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._items = {}
        self._places = {}

    def _emit(self, kind: str, /, **members: Any) -> None:
        """Send one event, numbered."""
        if self.held is None:
            numbered = {"type": kind, **members, "sequence_number": self._number}
            self._number += 1
            self._send(written(kind, numbered))

    def _begin(self) -> None:
        """Tell the client of a response, where the upstream did not."""
        if self._response is None:
            self._response = {
                "id": f"resp_{self.terms.id}",
                "object": "response",
                "created_at": self.terms.created,
                "status": "in_progress",
                "model": self.terms.model,
                "parallel_tool_calls": True,
                "tool_choice": "auto",
                "tools": [],
                "error": None,
                "incomplete_details": None,
            }
        if not self._told:
            self._told = True
            self._emit("response.created", response={**self._response, "output": []})

    def _tell(self, item: Item, made: dict[str, Any] | None = None) -> None:
        """Tell the client of an item that begins."""
        self._begin()
        item.index = self._next
        if made is None:
            empty: dict[str, Any] = {"content": []} if item.kind == "message" else {"summary": []}
            made = {**item.head, **empty}
        self._emit("response.output_item.added", output_index=item.index, item=made)
        if self.held is None:
            self._next += 1
            item.told = True

    def _send_item(self, item: Item, made: dict[str, Any]) -> None:
        self._emit("response.output_item.done", output_index=item.index, item=made)
        if self.held is None:
            item.sent = made

    def _tell_part(self, part: Part, what: str) -> None:
        stem = "response.reasoning_summary_part" if part.summary else "response.content_part"
        made = part.built(empty=what == "added")
        self._emit(f"{stem}.{what}", **part.place, part=made)

    def _tell_text(self, part: Part) -> None:
        members: dict[str, Any] = {TEXTS[part.kind][0]: part.lane.sent}
        if part.kind == "output_text":
            members["logprobs"] = part.tokens
        self._emit(f"{STEMS[part.kind]}.done", **part.place, **members)

    def _send_text(self, lane: Lane, text: str, tokens: list[dict[str, Any]]) -> None:
        part = self._places[lane.place]
        members: dict[str, Any] = {"delta": text}
        if part.kind == "output_text":
            members["logprobs"] = tokens
            if self.held is None:
                part.tokens += tokens
        self._emit(f"{STEMS[part.kind]}.delta", **part.place, **members)

    def _output(self, status: str | None = None) -> list[dict[str, Any]]:
        """Return the output as the client knows it; items that have not ended with a status."""
        items = sorted((each for each in self._items.values() if each.told), key=_index)
        return [
            each.sent if each.sent is not None else each.built(status)
            for each in items
            if each.sent is not None or each.kind in ("message", "reasoning")
        ]

    def _write_refusal(self, text: str, *, held: bool) -> None:
        self._begin()
        open_items = [item for item in self._items.values() if item.told and item.sent is None]
        message = next((item for item in open_items if item.kind == "message"), None)
        for item in open_items:
            # An open text gets no `.done`: what it says would pass for complete.
            if item is not message:
                self._send_item(item, item.built("incomplete"))
        if message is None:
            head = {"id": f"msg_{self.terms.id}", "type": "message", "role": "assistant"}
            message = Item("message", head, {**head, "status": "in_progress"})
            self._items[MOST_ITEMS] = message
            self._tell(message)
        self._refuse_in(message, text)
        ending = {
            **(self._response or {}),
            "status": "incomplete",
            "incomplete_details": {"reason": "content_filter"},
            "output": self._output(),
        }
        self._emit("response.incomplete", response=ending)

    def _refuse_in(self, message: Item, text: str) -> None:
        """Add a part that refuses to a message, and end it."""
        at = len(message.parts)
        place = {"item_id": message.id, "output_index": message.index, "content_index": at}
        part = {"type": "refusal", "refusal": text}
        self._emit("response.content_part.added", **place, part={**part, "refusal": ""})
        self._emit("response.refusal.delta", **place, delta=text)
        self._emit("response.refusal.done", **place, refusal=text)
        self._emit("response.content_part.done", **place, part=part)
        made = message.built("incomplete")
        made["content"].append(part)
        self._send_item(message, made)

    def _write_failure(self, code: str, text: str) -> None:
        self._begin()
        ending = {
            **(self._response or {}),
            "status": "failed",
            "error": {"code": "server_error", "message": f"{text} ({code})"},
            "output": self._output("incomplete"),
        }
        self._emit("response.failed", response=ending)


def _index(item: Item) -> int:
    return item.index
