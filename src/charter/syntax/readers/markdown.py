"""Any Markdown: headings become sections with minted ids; nothing else has a meaning."""

from __future__ import annotations

from charter.source import Source
from charter.syntax.blocks import cut
from charter.syntax.document import Document

RANK = 90


def accepts(text: str) -> bool:
    """Accept everything: this reader is asked last."""
    return True


def read(source: Source) -> Document:
    """Cut the text into blocks."""
    result = cut(source.text, dialect=False)
    return Document(source, "markdown", tuple(result.blocks), tuple(result.problems))
