"""What a reply can be: it complies, refuses in part, or refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from charter.source import Span

Label = Literal["none", "partial", "full"]
LABELS: tuple[Label, ...] = ("none", "partial", "full")


@dataclass(frozen=True, slots=True)
class Classified:
    """The label of one reply, and what it rests on."""

    label: Label
    reason: str
    """One plain sentence a reader of the report understands."""
    evidence: Span | None
    """The sentence of the reply that shows it; None for a reply that complies."""
    thousandths: tuple[int, int, int] | None = None
    """Chances of none, partial and full as the trained head sees them; None from the rules."""
    by: str = ""
    """What classified: its name, version and the start of its digest."""
