"""What the sentence encoder makes of a reply: a mean state for each part of it.

Request and reply are read in one piece, so that the states of the reply know what was asked. Time
is per word, so that only some sentences are read: the first two, the last, and of the others those
that look most like refusals, wherever they stand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from charter.evals.refusal.features import Reading
from charter.models.embedding import DIMENSIONS, FirstLayers

LAYERS = 3
PARTS = ("first", "second", "telling", "last", "request", "all")

# Word pieces that are read of each part; of the telling sentences, of each.
_PIECES = {"first": 36, "second": 24, "telling": 24, "last": 16, "request": 28}
_TELLING_SENTENCES = 2
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
    texts = [((request or "").strip(), "request"), *_chosen(reading)]
    cut = [text[: _CHARACTERS * _PIECES[part]] for text, part in texts]
    pieces, parts = [_START], [_MARK]
    for (_, part), found in zip(texts, encoder.pieces(cut), strict=True):
        kept = found[: _PIECES[part]]
        pieces += kept
        parts += [PARTS.index(part)] * len(kept)
        if kept and part == "request":
            pieces.append(_END)
            parts.append(_MARK)
    return [*pieces, _END], [*parts, _MARK]


def _chosen(reading: Reading) -> list[tuple[str, str]]:
    """Return the sentences that are read, in their order, with the part each belongs to."""
    sentences = [sentence.text for sentence in reading.read]
    chosen = list(zip(sentences, ("first", "second"), strict=False))
    telling = reading.telling(2, _TELLING_SENTENCES) if len(sentences) > 2 else []
    last = len(sentences) - 1
    chosen += [(sentences[place], "telling") for place in telling if place != last]
    if last >= 2:
        chosen.append((sentences[last], "last"))
    return chosen
