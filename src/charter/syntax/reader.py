"""What a reader is, and how one is chosen for a text."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from charter.errors import ConfigError
from charter.registry import discover
from charter.source import Source
from charter.syntax.document import Document


class Reader(Protocol):
    """A module in `syntax/readers/`: one format a spec can be written in."""

    RANK: int
    """Readers are asked in ascending order; the first that accepts reads."""

    def accepts(self, text: str) -> bool:
        """Whether the text looks like this format."""
        ...

    def read(self, source: Source) -> Document:
        """Cut the text into blocks. Never fails: what is not understood becomes problems."""
        ...


@cache
def readers() -> dict[str, Reader]:
    """Return every reader by id."""
    return discover("charter.syntax.readers", "charter.readers")


def parse(source: Source | str, *, reader: str | None = None) -> Document:
    """Cut a text into a Document, losing nothing.

    `reader` names a reader; without it the first that accepts the text is taken.
    Raises ConfigError when there is no reader of that name.
    """
    if isinstance(source, str):
        source = Source("<text>", source)
    known = readers()
    if reader is not None:
        if reader not in known:
            raise ConfigError(f"no reader named {reader!r}", hint=f"known: {', '.join(known)}")
        return known[reader].read(source)
    ranked = sorted(known.values(), key=lambda candidate: candidate.RANK)
    chosen = next(candidate for candidate in ranked if candidate.accepts(source.text))
    return chosen.read(source)
