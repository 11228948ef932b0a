"""Whether the words that a judge quotes occur in the answer, and where.

Both sides are compared in the form of `evals.normalize`: compatibility characters (NFKC),
typographic quotation marks, dashes, white space and characters without a shape are made one, and
the asterisks of Markdown emphasis are dropped. A quotation may stand in one pair of quotation
marks of the judge's own. Case counts, and so does every word: dots that stand for something left
out are not found unless the answer has them.
"""

from __future__ import annotations

import re

from charter.models.provider import ToolCall
from charter.prose.normalize import normalize
from charter.records.grading import Quote

MOST_CHARACTERS = 20_000
"""Of one quotation; longer ones are no evidence but a copy."""

_WORD = re.compile(r"\w")
_PAIRS = ('"', "'", "`")


class Quotable:
    """An answer that quotations are looked for in."""

    def __init__(self, answer: str, calls: tuple[ToolCall, ...] = ()) -> None:
        self._words = answer
        self._answer = normalize(answer, keep_emphasis=False)
        self._calls = [
            normalize(text, keep_emphasis=False).text
            for call in calls
            for text in (call.name, call.arguments)
        ]

    @property
    def empty(self) -> bool:
        """Whether it has no words that could be quoted."""
        return _WORD.search(self._answer.text) is None

    def says(self, text: str) -> bool:
        """Whether the answer or a tool call holds a text, however long it is."""
        words = normalize(text, keep_emphasis=False).text.strip()
        return any(words in mine for mine in (self._answer.text, *self._calls))

    def find(self, said: str) -> Quote | None:
        """Return the quotation with the place where the answer has it first; None where nowhere.

        The text is that of the answer, not of the judge. A quotation from a tool call has an
        empty range at the end of the answer: a call has no place in its text.
        """
        if len(said) > MOST_CHARACTERS:
            return None
        wanted = normalize(said, keep_emphasis=False).text.strip()
        for words in dict.fromkeys((wanted, _unquoted(wanted))):
            if _WORD.search(words) is None and not self.empty:
                continue
            found = self._find(words) if words else None
            if found is not None:
                return found
        return None

    def _find(self, words: str) -> Quote | None:
        at = self._answer.text.find(words)
        if at >= 0:
            span = self._answer.span(at, at + len(words))
            return Quote(span.of(self._words), span.start, span.end)
        if any(words in call for call in self._calls):
            end = len(self._words)
            return Quote(words, end, end)
        return None


def _unquoted(text: str) -> str:
    if len(text) > 2 and text[0] == text[-1] and text[0] in _PAIRS:
        return text[1:-1].strip()
    return text
