"""A whole text in the form that patterns are matched on in streams."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from charter.gateway.stream.text import IGNORABLE, MOST_IGNORED, Text


class Normal(NamedTuple):
    """The form of one text."""

    text: str
    overflowed: bool
    """Whether it ends before too many characters without a shape in a row."""


_CAREFUL = re.compile(
    "["
    + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in (*IGNORABLE, (0xD800, 0xDFFF)))
    + "]"
)
"""Characters that take more than a look: without a shape of their own, or half a pair."""


def normal(text: str, *, most_ignored: int = MOST_IGNORED) -> Normal:
    """Return the normalised form: the text itself nearly always, and quickly."""
    if text.isascii():
        return Normal(text, overflowed=False)
    if unicodedata.is_normalized("NFKC", text) and not _CAREFUL.search(text):
        return Normal(text, overflowed=False)
    made = Text(most_ignored=most_ignored)
    made.append(text)
    made.finish()
    return Normal(made.window, made.overflowed)
