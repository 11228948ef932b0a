"""Finding whole phrases in a reply, and quoting what was found.

Word boundaries follow Unicode Standard Annex 29 where that serves a check: letters, digits and
marks make a word; `42` is not found in `42.5` nor `can` in `can't`; `Rayleigh` is found in
`Rayleigh's`. Scripts written without spaces, and Korean with its attached particles, have no
boundaries to respect.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from charter.prose.normalize import Normalized, normalize
from charter.source import Span

QUOTE_LIMIT = 80

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u30ff\u3130-\u318f"
    "\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Searchable:
    """A text prepared once for many phrases."""

    readings: tuple[Normalized, ...]
    """As written, and without Markdown emphasis where there is any."""

    def find(self, phrase: str) -> Span | None:
        """Return where `phrase` first stands as whole words, in the original text."""
        wanted = fold(phrase)
        for reading in self.readings:
            for start in _occurrences(reading.text, wanted):
                return reading.span(start, start + len(wanted))
        return None


@lru_cache(maxsize=4)
def searchable(text: str) -> Searchable:
    """Prepare a text for `find`; phrases then match whatever the case and the white space.

    The last texts are kept: a reply usually has several checks.
    """
    written = normalize(text, fold=True)
    if "*" not in text:
        return Searchable((written,))
    return Searchable((written, normalize(text, fold=True, keep_emphasis=False)))


@lru_cache(maxsize=4096)
def fold(phrase: str) -> str:
    """Return a phrase in the form texts are searched in."""
    return normalize(phrase, fold=True).text.strip()


def quoted(text: str, span: Span | None = None) -> str:
    """Return the words of `span` in quotation marks on one line, at most QUOTE_LIMIT characters."""
    whole = text if span is None else span.of(text)
    words = " ".join(whole[: 4 * QUOTE_LIMIT].split())
    # A reason is shown on terminals and pages: nothing in it steers them.
    if not words.isprintable():
        words = "".join(char for char in words if char.isprintable())
    shortened = len(words) > QUOTE_LIMIT or len(whole) > 4 * QUOTE_LIMIT
    return f'"{words[: QUOTE_LIMIT - 1]}…"' if shortened else f'"{words}"'


def is_unspaced(char: str) -> bool:
    """Say whether `char` belongs to a script whose words do not end at spaces."""
    return _UNSPACED.match(char) is not None


def is_word(char: str) -> bool:
    """Say whether `char` is part of a word: a letter, digit or mark."""
    return unicodedata.category(char)[0] in "LNM"


def ends_word(text: str, end: int) -> bool:
    """Say whether a word that stops before `end` is complete there."""
    rest = text[end : end + 3]
    if end == 0 or not rest or not is_word(text[end - 1]):
        return True
    last = text[end - 1]
    if rest[0] == "'":
        return not (rest[1:2] == "t" and not (rest[2:] and is_word(rest[2])))
    if rest[0] == "_":
        return not (rest[1:] and is_word(rest[1]))
    if rest[0] in ".,":
        return not (last.isdigit() and rest[1:2].isdigit())
    return _are_apart(last, rest[0])


def starts_word(text: str, start: int) -> bool:
    """Say whether a word that begins at `start` is not the tail of a longer one."""
    if start == 0 or start >= len(text) or not is_word(text[start]):
        return True
    before, first = text[start - 1], text[start]
    if before == "_":
        return start < 2 or not is_word(text[start - 2])
    if before in ".,":
        return not (first.isdigit() and start > 1 and text[start - 2].isdigit())
    return _are_apart(before, first)


def _are_apart(before: str, after: str) -> bool:
    if unicodedata.category(after)[0] == "M":
        return False
    return not (is_word(before) and is_word(after)) or is_unspaced(before) or is_unspaced(after)


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        if starts_word(text, start) and ends_word(text, start + len(wanted)):
            yield start
        start = text.find(wanted, start + 1)
