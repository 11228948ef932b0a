"""The public Model Spec dialect, with Charter's additions: attributes, notes, captions, fences."""

from __future__ import annotations

import re

from charter.source import Source
from charter.syntax.blocks import cut
from charter.syntax.document import Document

RANK = 10

_LINE = r"(?:\A\ufeff?|(?<=[\r\n]))"
_HEADING = re.compile(_LINE + r"#{1,6}[ \t][^\r\n]*")
_FORM = re.compile(_LINE + r"(?:~~~(?:boundary|directive|expect)\b|\*\*(?:Example|Scenario)\*\*:)")


def accepts(text: str) -> bool:
    """Look for a heading with `{#id}`, a captioned example, or a fence of Charter's."""
    for line in _HEADING.finditer(text):
        if "{#" in line[0] and line[0].rstrip().endswith("}"):
            return True
    return _FORM.search(text) is not None


def read(source: Source) -> Document:
    """Cut the text into blocks."""
    result = cut(source.text, dialect=True)
    return Document(source, "model-spec", tuple(result.blocks), tuple(result.problems))
