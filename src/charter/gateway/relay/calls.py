"""Tool calls that arrive in pieces, of which none leaves before all have come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from charter.gateway.answers.halves import whole_text
from charter.gateway.verdict import CallSaid


@dataclass(slots=True)
class Gathered:
    """One call, as far as it came."""

    index: int
    id: str = ""
    kind: str = "function"
    tool: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    """Members that no API has and that hold no text."""
    inner: dict[str, Any] = field(default_factory=dict)
    """Of what stands inside, beside name and arguments."""

    def said(self, choice: int) -> CallSaid:
        """Return the whole call."""
        return CallSaid(choice, self.id, self.name, self.written)

    @property
    def name(self) -> str:
        """The tool's name."""
        return whole_text("".join(self.tool))

    @property
    def written(self) -> str:
        """The arguments, as the model wrote them."""
        return whole_text("".join(self.arguments))
