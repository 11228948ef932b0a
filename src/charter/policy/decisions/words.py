"""The words of a text, for comparing what two texts say: not how they are set.

Case, punctuation, marks such as `*` and `_`, accents, invisible characters and other forms of the
same letters (full width, mathematical) make no difference.
"""

from __future__ import annotations

import re
from unicodedata import category, normalize

_WORD = re.compile(r"[^\W_]+")
_UNSEEN = frozenset({"Cf", "Mn", "Me"})
"""Format characters (a zero width space) and marks on the letter before them."""


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, folded. Linear in its length."""
    if not text.isascii():
        text = normalize("NFKD", text)
        text = text.translate({ord(c): None for c in set(text) if category(c) in _UNSEEN})
    return _WORD.findall(text.casefold())
