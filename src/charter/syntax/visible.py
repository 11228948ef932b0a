"""Hostile text -> text that shows what it holds: nothing hidden, nothing reordered."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_HIDDEN = re.compile(
    "(?:[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible, bidi
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"  # no characters of their own
    "\U000e0000-\U000e0fff]"  # tags and selectors that can carry a hidden message
    "|\r(?!\n))+"
)
"""Joiners (U+200C, U+200D) are left alone: Persian, Hindi and emoji are spelled with them."""

_NAMED = 6
"""Hidden characters of one run that are named; the rest is counted."""


def reveal(text: str) -> str:
    """Return text with hidden characters named, for attributes and terminals."""
    return _HIDDEN.sub(lambda found: f"\u27e8{_names(found[0])}\u27e9", text.replace("\r\n", "\n"))


def reveal_html(text: str) -> Markup:
    """Return escaped HTML in which each run of hidden characters is a visible mark."""
    parts: list[Markup] = []
    place = 0
    text = text.replace("\r\n", "\n")
    for found in _HIDDEN.finditer(text):
        parts.append(escape(text[place : found.start()]))
        parts.append(Markup('<span class="hidden-char">{}</span>').format(_names(found[0])))
        place = found.end()
    parts.append(escape(text[place:]))
    return Markup("").join(parts)


def _names(run: str) -> str:
    names = " ".join(f"U+{ord(character):04X}" for character in run[:_NAMED])
    return names if len(run) <= _NAMED else f"{names} and {len(run) - _NAMED} more hidden"
