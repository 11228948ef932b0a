"""A message while a wire reader puts it together."""

from __future__ import annotations

from dataclasses import dataclass, field

from charter.policy.conversation import Call, Hint, Kind, Message


@dataclass(slots=True)
class Draft:
    """A message that is being read."""

    role: str
    name: str | None = None
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    hints: list[Hint] = field(default_factory=list)
    untrusted: list[tuple[int, int]] = field(default_factory=list)
    """Ranges the caller marked; they may overlap each other and hints."""
    calls: list[Call] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    settings: list[tuple[str, object]] = field(default_factory=list)

    def add(self, text: str, kind: Kind | None = None, name: str | None = None) -> None:
        """Append text; with a kind, as a range of that kind."""
        if not text:
            return
        end = self.length + len(text)
        if kind is not None:
            self.hints.append(Hint(self.length, end, kind, name))
        self.pieces.append(text)
        self.length = end

    @property
    def empty(self) -> bool:
        """Whether nothing was read into it."""
        return not (self.pieces or self.calls or self.media or self.settings)

    def message(self) -> Message:
        """Return the message."""
        text = self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)
        if not (self.hints or self.untrusted or self.calls or self.media or self.settings):
            return Message(self.role, text, self.name)
        hints = _without_overlap(self.hints, self.untrusted) if self.untrusted else self.hints
        return Message(
            self.role,
            text,
            self.name,
            tuple(hints),
            tuple(self.calls),
            tuple(self.media),
            tuple(self.settings),
        )


def _without_overlap(hints: list[Hint], ranges: list[tuple[int, int]]) -> list[Hint]:
    """Return hints, and untrusted ranges where no hint stands, in order."""
    found: list[Hint] = []
    taken = sorted(hints, key=lambda hint: hint.start)
    at, position = 0, 0
    for first, last in sorted(ranges):
        start = max(first, position)
        while at < len(taken) and taken[at].start < last:
            if start < taken[at].start:
                found.append(Hint(start, taken[at].start, Kind.UNTRUSTED))
            found.append(taken[at])
            start = max(start, taken[at].end)
            at += 1
        if start < last:
            found.append(Hint(start, last, Kind.UNTRUSTED))
        position = max(position, start, last)
    return [*found, *taken[at:]]
