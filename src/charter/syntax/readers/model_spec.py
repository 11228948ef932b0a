"""The public Model Spec dialect, with Charter's additions: attributes, notes, captions, fences."""

from __future__ import annotations

import re

from charter.source import Source
from charter.syntax.blocks import cut
from charter.syntax.document import Document

RANK = 10

_ATTRIBUTED = re.compile(r"^#{1,6} [^\n]*\{#[^\n]*\}[ \t\r]*$", re.MULTILINE)
_FENCE = re.compile(r"^(?:~~~(?:boundary|expect)|\*\*(?:Example|Scenario)\*\*:)", re.MULTILINE)


def accepts(text: str) -> bool:
    """A heading with `{#id}`, a captioned example, or a fence of Charter's."""
    return _ATTRIBUTED.search(text) is not None or _FENCE.search(text) is not None


def read(source: Source) -> Document:
    """Cut the text into blocks."""
    result = cut(source.text, dialect=True)
    return Document(source, "model-spec", tuple(result.blocks), tuple(result.problems))
