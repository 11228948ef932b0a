"""Sentences in pieces: words of Charter's own, and words of others that stay recognisable.

A template such as "{what} was set aside by {by}" takes phrases for its fields. The pieces keep
apart who wrote what: the words of a spec or a conversation are hostile, and are quoted, on one
line, with hidden characters named, so that they can neither end their sentence nor make another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from charter.syntax.visible import reveal

MAX_WORDS = 400
"""Characters quoted of one text; the rest is counted."""
MAX_ID = 120

_FIELD = re.compile(r"\{(\w+)\}")
_ENDS = (".", "!", "?", "\u2026")
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"'})


class Tone(StrEnum):
    """What a piece of a sentence is."""

    SAID = "said"
    """Charter's own words."""
    WORDS = "words"
    """Words of a spec, a message or a tool, quoted."""
    NAME = "name"
    """An id: of a section, clause, directive, check, tool, source, reading or setting."""
    LEVEL = "level"
    """A level of the ladder."""


class Piece(NamedTuple):
    """A run of characters of one tone, harmless on one line."""

    text: str
    tone: Tone = Tone.SAID

    @property
    def shown(self) -> str:
        """The piece as it stands in plain text."""
        if self.tone is Tone.WORDS:
            return f"\u201c{self.text}\u201d"
        return f"`{self.text}`" if self.tone is Tone.NAME else self.text


Phrase = tuple[Piece, ...]
"""Part of a sentence, or a whole one."""


def said(text: str) -> Phrase:
    """Return words of Charter's own."""
    return (Piece(text),) if text else ()


def words(text: str, limit: int = MAX_WORDS) -> Phrase:
    """Quote somebody's words, cut to `limit` characters."""
    line = _one_line(text[: 4 * limit]).translate(_QUOTES)
    left = len(text) - limit
    if len(line) > limit or len(text) > 4 * limit:
        return (Piece(f"{line[:limit].rstrip()} \u2026", Tone.WORDS), *said(f" ({left:,} more)"))
    return (Piece(line, Tone.WORDS),)


def name(text: str) -> Phrase:
    """Return an id as it is written."""
    line = _one_line(text[: 2 * MAX_ID]).replace("`", "'") or "(empty)"
    return (Piece(line if len(line) <= MAX_ID else f"{line[:MAX_ID]}\u2026", Tone.NAME),)


def level(text: str) -> Phrase:
    """Return the name of a level."""
    return (Piece(name(text)[0].text, Tone.LEVEL),)


def say(template: str, **fields: Phrase) -> Phrase:
    """Fill a template. Raises KeyError for a field that is not given."""
    pieces: list[Piece] = []
    for place, part in enumerate(_FIELD.split(template)):
        if place % 2:
            pieces += fields[part]
        else:
            ended = pieces and pieces[-1].tone is Tone.WORDS and pieces[-1].text.endswith(_ENDS)
            pieces += said(part.removeprefix(".") if ended else part)
    return tuple(pieces)


def listed(phrases: Sequence[Phrase], word: str = "and", *, most: int = 12) -> Phrase:
    """Join phrases: `a`, `a and b`, `a, b and c`; beyond `most` the rest is counted."""
    shown = list(phrases)
    if len(shown) > most:
        shown = [*shown[: most - 1], said(f"{len(shown) - most + 1} more")]
    joined: list[Piece] = []
    for place, phrase in enumerate(shown):
        if place:
            joined += said(f" {word} " if place == len(shown) - 1 else ", ")
        joined += phrase
    return tuple(joined)


def text_of(phrase: Phrase) -> str:
    """Return a phrase as plain text on one line."""
    return "".join(piece.shown for piece in phrase)


def capital(phrase: Phrase) -> Phrase:
    """Return a sentence with its first letter large, where that letter is Charter's own."""
    if not phrase or phrase[0].tone is not Tone.SAID:
        return phrase
    first = phrase[0].text
    return (Piece(first[:1].upper() + first[1:]), *phrase[1:])


def uncapital(phrase: Phrase) -> Phrase:
    """Return a phrase that began a sentence as it stands inside of one."""
    if not phrase or phrase[0].tone is not Tone.SAID:
        return phrase
    first = phrase[0].text
    return (Piece(first[:1].lower() + first[1:]), *phrase[1:])


def _one_line(text: str) -> str:
    return " ".join(reveal(text).split())
