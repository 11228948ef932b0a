"""A text -> its blocks, read once for all pages of a build that need them."""

from __future__ import annotations

from functools import lru_cache

from charter.source import Source
from charter.syntax.document import Document
from charter.syntax.reader import parse


@lru_cache(maxsize=4)
def read_document(source: Source) -> Document:
    """Return the blocks of a text; those of the last few texts are at hand."""
    return parse(source)
