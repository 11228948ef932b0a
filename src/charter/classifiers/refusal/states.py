"""What the sentence encoder makes of a reply: a mean state for each part of it.

Request and reply are read in one piece, so that the states of the reply know what was asked. Only
the start of the reply is read: that is where most refusals stand, and time is per word.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from charter.classifiers.refusal.features import Reading
from charter.models.embedding import DIMENSIONS, FirstLayers

LAYERS = 3
PARTS = ("first sentence", "second sentence", "later sentences", "request", "all")

# Word pieces that are read of the request, of each sentence and of the reply.
_REQUEST = 40
_FIRST, _SENTENCE = 48, 40
_REPLY = 80
_SENTENCES = 8
# A word piece is rarely longer: enough characters for the pieces that are read.
_CHARACTERS = 12

_START, _END = 101, 102
_MARK = -1


def states(reading: Reading, request: str | None, encoder: FirstLayers) -> NDArray[np.float32]:
    """Return the mean state of each of `PARTS`: shape (5, 384); zeros for a part that is not."""
    pieces, parts = _pieces(reading, request, encoder)
    found = np.zeros((len(PARTS), DIMENSIONS), dtype=np.float32)
    tokens = encoder.states(pieces)
    place = np.array(parts)
    for part in range(len(PARTS) - 1):
        if part in parts:
            found[part] = tokens[place == part].mean(axis=0)
    found[-1] = tokens.mean(axis=0)
    return found


def _pieces(
    reading: Reading, request: str | None, encoder: FirstLayers
) -> tuple[list[int], list[int]]:
    """Return the word pieces that are read, and the part each belongs to."""
    said = [
        sentence.text[: _CHARACTERS * (_SENTENCE if index else _FIRST)]
        for index, sentence in enumerate(reading.said[:_SENTENCES])
    ]
    asked = (request or "")[: _CHARACTERS * _REQUEST]
    wanted, *sentences = encoder.pieces([asked, *said])
    pieces, parts = [_START], [_MARK]
    if wanted:
        wanted = wanted[:_REQUEST]
        pieces += [*wanted, _END]
        parts += [PARTS.index("request")] * len(wanted) + [_MARK]
    left = _REPLY
    for index, sentence in enumerate(sentences):
        kept = sentence[: min(left, _SENTENCE if index else _FIRST)]
        pieces += kept
        parts += [min(index, 2)] * len(kept)
        left -= len(kept)
    return [*pieces, _END], [*parts, _MARK]
