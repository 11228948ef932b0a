"""Text from anywhere -> words that can be kept and shown, or the reason why not."""

from __future__ import annotations

import unicodedata

_KEPT = "\n\t"


def words(text: str, most: int) -> str:
    """Return a text with plain line ends, without blank lines around it and blanks at its end.

    Raises ValueError where it has more than `most` characters, or has NUL, another control
    character or half of a surrogate pair in it: what shows nothing can hide something.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    if len(plain) > most:
        raise ValueError(f"{len(plain)} characters; at most {most} are taken")
    if not plain.isprintable():
        bad = next((each for each in plain if _hidden(each)), "")
        if bad:
            raise ValueError(f"the control character U+{ord(bad):04X} is not taken")
    return plain


def _hidden(character: str) -> bool:
    return character not in _KEPT and unicodedata.category(character) in ("Cc", "Cs")
