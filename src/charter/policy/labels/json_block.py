"""JSON in a text: objects and arrays, with or without mistakes.

Told by how it begins: `{` and a key with a colon, `[` and a text, an object, or a number with a
comma. `{name}` and `[1]` are templates and references, not JSON. Brackets are then counted up to
the matching one, so that trailing commas, comments, elisions and Python's quotes do not matter.
"""

from __future__ import annotations

import re

_KEY = r"(?:\"(?:[^\"\\\n]|\\.){0,200}+\"|'[^'\n]{0,200}+'|[^\W\d][\w$-]{0,100}+)"
_OBJECT = rf"\{{\s*+{_KEY}\s*+:"
_ARRAY = rf"\[\s*+(?:\[\s*+){{0,8}}+(?:[\"']|-?\d[\d.eE+-]{{0,40}}+\s*+,|{_OBJECT})"
_START = re.compile(rf"{_OBJECT}|{_ARRAY}")
_KEYED = re.compile(r"\{\s*+\"")
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
_BLANK = re.compile(r"\n[ \t]*+\n")
_NEAR = 256
"""How far an array or a key without quotes is followed, once a bracket in the text was not closed:
it bounds the time, and what such an array holds are quotations anyway."""


class JsonFinder:
    """Finds the end of JSON in one text. All calls together take time linear in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.whole = True
        """Whether to look for a bracket up to the end of the text: until that once failed."""
        self.paragraph = 0
        """The end of the paragraph last looked at."""

    def end(self, start: int) -> tuple[int, bool] | None:
        """Return where JSON that begins with the bracket at `start` ends, and whether it is closed.

        An object that is not closed ends with its paragraph. None where no JSON begins there.
        """
        text = self.text
        if _START.match(text, start) is None:
            return None
        keyed = _KEYED.match(text, start) is not None
        limit = len(text) if self.whole else self._paragraph(start)
        if not keyed and not self.whole:
            limit = min(limit, start + _NEAR)
        depth = 0
        for token in _TOKEN.finditer(text, start, limit):
            bracket = token[0][0]
            if bracket in "{[":
                depth += 1
            elif bracket != '"':
                depth -= 1
                if not depth:
                    return token.end(), True
        self.whole = False
        return (self._paragraph(start), False) if keyed else None

    def _paragraph(self, start: int) -> int:
        """Return the end of the paragraph; starts are asked for in ascending order."""
        if start >= self.paragraph:
            blank = _BLANK.search(self.text, start)
            self.paragraph = blank.start() if blank else len(self.text)
        return self.paragraph
