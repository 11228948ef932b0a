"""A text or a section -> the paragraph by which it introduces itself, as plain words."""

from __future__ import annotations

from charter.publish.elements import Words
from charter.publish.prose import rendered
from charter.source import Span
from charter.syntax.document import Document, Paragraph

MAX_LEAD = 420
"""Characters; more is left out at a word's end."""
_NOTHING = Words(title=lambda _: None, link=lambda _: None)


def lead(document: Document, span: Span | None = None) -> str:
    """Return the first paragraph in a range of a text, or in all of it; empty without one."""
    for block in document.blocks:
        if span is not None and not span.start <= block.start < span.end:
            continue
        if isinstance(block, Paragraph) and block.raw.strip():
            words = str(rendered(block.raw[: 8 * MAX_LEAD], _NOTHING).striptags())
            return (
                words if len(words) <= MAX_LEAD else f"{words[:MAX_LEAD].rpartition(' ')[0]} \u2026"
            )
    return ""
