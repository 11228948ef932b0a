"""A whole text in the form that patterns are matched on in streams."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from charter.gateway.stream.text import MOST_IGNORED, Text, ignorable


class Normal(NamedTuple):
    """The form of one text."""

    text: str
    overflowed: bool
    """Whether it ends before too many characters without a shape in a row."""


def _ranges() -> str:
    """Return the class of characters that take more than a look: no shape, or half a pair."""
    ranges: list[list[int]] = []
    for code in range(0x80, 0xE1000):
        if ignorable(chr(code)) or 0xD800 <= code < 0xE000:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


_CAREFUL: list[re.Pattern[str]] = []


def normal(text: str, *, most_ignored: int = MOST_IGNORED) -> Normal:
    """Return the normalised form: the text itself nearly always, and quickly."""
    if text.isascii():
        return Normal(text, overflowed=False)
    if not _CAREFUL:
        _CAREFUL.append(re.compile(f"[{_ranges()}]"))
    if unicodedata.is_normalized("NFKC", text) and not _CAREFUL[0].search(text):
        return Normal(text, overflowed=False)
    made = Text(most_ignored=most_ignored)
    made.append(text)
    made.finish()
    return Normal(made.window, made.overflowed)
