"""Blocks of a streamed message, as far as they came."""

from __future__ import annotations

from typing import Any

from charter.gateway.relay.calls import Gathered
from charter.gateway.relay.lane import Lane
from charter.gateway.relay.others import Others


class Block:
    """The block that is open in the upstream's stream."""

    __slots__ = ("call", "citations", "given", "index", "kind", "lane", "more", "others", "part",
                 "signature")  # fmt: skip

    def __init__(self, kind: str, given: dict[str, Any], part: int) -> None:
        self.kind = kind
        self.given = given
        self.part = part
        """Its place in the upstream's stream."""
        self.index: int | None = None
        """Its place in the client's, once it was sent."""
        self.lane: Lane | None = None
        self.call: Gathered | None = None
        self.citations: list[Any] = []
        self.signature = ""
        self.more: dict[str, Any] = {}
        """Members that no API has, as its start says them."""
        self.others = Others()
        """Pieces of kinds that no API has."""

    def empty(self) -> dict[str, Any]:
        """Return a block of text before its first piece."""
        made: dict[str, Any] = {"type": self.kind, self.kind: ""}
        if self.kind == "thinking":
            made["signature"] = ""
        elif "citations" in self.given:
            made["citations"] = [] if self.given["citations"] is not None else None
        return made | self.more
