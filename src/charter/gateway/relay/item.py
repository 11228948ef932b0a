"""Output items of a streamed response, as far as they came."""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.bare import is_id, sealed
from charter.gateway.answers.items import TEXTS
from charter.gateway.relay.lane import Lane


class Part:
    """A part of an item: a text with what belongs to it."""

    __slots__ = ("annotations", "at", "closed", "item", "kind", "lane", "listed", "more", "tokens")

    def __init__(self, item: Item, kind: str, at: int, lane: Lane) -> None:
        self.item = item
        self.kind = kind
        self.at = at
        """Its index in the content, or in the summary."""
        self.lane = lane
        self.annotations: list[dict[str, Any]] = []
        """As they came; once the part is closed, those that may leave."""
        self.listed = False
        """Whether the annotations were decided on."""
        self.tokens: list[dict[str, Any]] = []
        """Tokens that left."""
        self.closed = False
        self.more: dict[str, Any] = {}
        """Members that no API has, once they were decided on."""

    @property
    def summary(self) -> bool:
        """Whether it stands in the summary."""
        return self.kind == "summary_text"

    @property
    def place(self) -> dict[str, Any]:
        """The members with which events say where it stands."""
        index = "summary_index" if self.summary else "content_index"
        return {"item_id": self.item.id, "output_index": self.item.index, index: self.at}

    def built(self, *, empty: bool = False) -> dict[str, Any]:
        """Return the part as the client may have it."""
        member = TEXTS[self.kind][0]
        made: dict[str, Any] = {"type": self.kind, member: "" if empty else self.lane.sent}
        if self.kind == "output_text":
            made["annotations"] = [] if empty or not self.listed else self.annotations
            made["logprobs"] = [] if empty else self.tokens
        return made if empty else made | self.more


class Item:
    """An item of the output."""

    __slots__ = ("given", "head", "id", "index", "kind", "over", "parts", "sent", "steps",
                 "told")  # fmt: skip

    def __init__(self, kind: str, given: dict[str, Any], head: dict[str, Any]) -> None:
        """Make an item; its id stands in the head, where it may leave."""
        self.kind = kind
        self.given = given
        self.head = head
        """Its members without its text."""
        identity = head.get("id")
        self.id = identity if isinstance(identity, str) and is_id(identity) else ""
        self.index = -1
        """Its place in the client's output, once the client was told of it."""
        self.parts: dict[tuple[bool, int], Part] = {}
        self.told = False
        self.over = False
        """Whether all of it was decided on."""
        self.sent: dict[str, Any] | None = None
        """The whole item, once the client was given it."""
        self.steps: list[tuple[str, dict[str, Any]]] = []
        """Events that came while the item waits, and their members. See `Waiting`."""

    def built(self, status: str | None = None) -> dict[str, Any]:
        """Return an item of text as the client may have it."""
        made = dict(self.head)
        parts = [self.parts[place] for place in sorted(self.parts)]
        content = [part.built() for part in parts if not part.summary]
        if self.kind == "reasoning":
            made["summary"] = [part.built() for part in parts if part.summary]
            if content:
                made["content"] = content
            if "encrypted_content" in self.given:
                whole = not any(part.lane.edited for part in parts)
                kept = sealed(self.given["encrypted_content"]) if whole else ""
                made["encrypted_content"] = kept or None
        else:
            made["content"] = content
        if status is not None:
            made["status"] = status
        return made
