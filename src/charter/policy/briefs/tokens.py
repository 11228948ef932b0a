"""How many tokens a text takes, estimated from above and without a tokenizer.

Tokenizers differ, and most are not at hand; a budget has to hold with all of them. The estimate
is meant for byte-pair vocabularies of 32,000 entries and more, on prose. Measured with the one of
SmolLM2 (49,152 entries) on every clause of the starter spec, and of three versions of the Model
Spec: never below the true count, and on the whole 1.3 to 1.4 times it. It is no bound for text
that is no prose: letters without words, such as encoded data, can take more.
"""

from __future__ import annotations

import re

_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[ \t]+|[^\x00-\x7f]+|[\x00-\x7f]")

LETTERS = 5
"""Letters of one word to a token. Common words take one token, however long."""
LONGEST_WORD = 20
"""Longer runs of letters are no words, and count one token a letter."""


def estimate_tokens(text: str) -> int:
    """Return an upper estimate of the tokens of `text`.

    A run of ASCII letters of one case (or capitalised) takes one token for every five letters; a
    single blank goes with the word after it; a digit, a mark and a line end take one each; any
    other character takes one for each byte of its UTF-8. The estimate of lines that each end in a
    line end is the sum of theirs.
    """
    return sum(_tokens(found.group()) for found in _PIECES.finditer(text))


def _tokens(piece: str) -> int:
    if not piece.isascii():
        return len(piece.encode("utf-8", "surrogatepass"))
    if piece[0].isalpha():
        return len(piece) if len(piece) > LONGEST_WORD else -(-len(piece) // LETTERS)
    return len(piece) - 1 if piece[0] == " " else len(piece)
