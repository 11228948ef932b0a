"""The trained part: three tables of weights from a file, summed over windows of a text.

Each piece of a text (`features`) has a weight. A window's score is the sum over the pieces that
begin in it, divided by the square root of its length, plus a constant; the text's score is that of
its highest window. So an order of one sentence counts the same in a page as alone.
"""

from __future__ import annotations

import functools
import hashlib
import io
import math
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charter.classifiers.injection import features
from charter.errors import WrongWeights

FILE = "weights.npz"
VERSION = 1
WINDOWS = ((56, 16), (112, 32), (256, 64))
"""Bytes of a window, and from one to the next."""
LEAST = 40
"""A text shorter than this counts as this long: few pieces prove little."""

SIZES = (1 << features.BITS, 1 << features.BITS, 1 << features.CUE_BITS)
"""Places of the tables of runs, words and classes."""
_TABLES = ("runs", "words", "cues")

Floats = NDArray[np.float32]


class Window(NamedTuple):
    """A part of the bytes read, and its score."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The weights, ready to use."""

    digest: str
    """Hex SHA-256 of the file."""
    runs: Floats
    words: Floats
    cues: Floats
    bias: tuple[float, ...]
    """By kind of window."""
    points: dict[str, float]
    """Operating point to the score from which on a text counts."""

    def scores(self, data: bytes) -> tuple[NDArray[np.float64], ...]:
        """Return the scores of the windows of each kind; `data` has at most MOST_BYTES."""
        found = features.pieces(data)
        values = np.zeros(found.size + 1, dtype=np.float32)
        for places in found.runs:
            values[1 : len(places) + 1] += self.runs[places]
        for places in found.words:
            values[found.starts[: len(places)] + 1] += self.words[places]
        for places, starts in zip(found.cues, found.cue_starts, strict=True):
            values[starts + 1] += self.cues[places]
        total = np.cumsum(values, dtype=np.float64)
        return tuple(
            _sums(total, width, step) + np.float64(bias)
            for (width, step), bias in zip(WINDOWS, self.bias, strict=True)
        )

    def highest(self, data: bytes) -> float:
        """Return the score of a text of any length."""
        return max(float(part.max()) for _, block in blocks(data) for part in self.scores(block))

    def above(self, data: bytes, least: float) -> list[Window]:
        """Return the windows with at least a score, in order of where they begin."""
        found = []
        for offset, block in blocks(data):
            for (width, step), scores in zip(WINDOWS, self.scores(block), strict=True):
                starts, ends = spans(len(block), width, step)
                found += [
                    Window(offset + int(starts[at]), offset + int(ends[at]), float(scores[at]))
                    for at in np.flatnonzero(scores >= least)
                ]
        return sorted(found)


def blocks(data: bytes) -> list[tuple[int, bytes]]:
    """Cut bytes into blocks that overlap by the widest window, with where each begins."""
    if len(data) <= features.MOST_BYTES:
        return [(0, data)]
    widest = max(width for width, _ in WINDOWS)
    step = features.MOST_BYTES - widest
    places = range(0, len(data) - widest, step)
    return [(at, data[at : at + features.MOST_BYTES]) for at in places]


def spans(size: int, width: int, step: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the windows of a text begin and end; the last one ends with the text."""
    starts = np.arange(0, max(size - width, 0) + step, step)
    starts = np.minimum(starts, max(size - width, 0))
    return starts, np.minimum(starts + width, size)


def _sums(total: NDArray[np.float64], width: int, step: int) -> NDArray[np.float64]:
    """Return what the windows of `spans` sum up to, from running sums, by root of length."""
    size = len(total) - 1
    if size <= width:
        return np.array([(total[size] - total[0]) / math.sqrt(max(size, LEAST))])
    count, rest = divmod(size - width, step)
    made = np.empty(count + 1 + (rest > 0))
    np.subtract(total[width::step], total[: size - width + 1 : step], out=made[: count + 1])
    if rest:
        made[-1] = total[size] - total[size - width]
    made /= math.sqrt(max(width, LEAST))
    return made


def restore(content: bytes) -> Head:
    """Return the head that a file holds. Raises WrongWeights when it is not of this version."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays: dict[str, Any] = {name: file[name] for name in file.files}
        version = int(arrays["version"])
        if version == VERSION:
            scale = arrays["scale"].astype(np.float32)
            tables = [arrays[n].astype(np.float32) * s for n, s in zip(_TABLES, scale, strict=True)]
            points = dict(zip(arrays["names"].tolist(), arrays["points"].tolist(), strict=True))
            bias = tuple(float(value) for value in arrays["bias"])
            if [len(table) for table in tables] == list(SIZES):
                return Head(digest, tables[0], tables[1], tables[2], bias, points)
    except (ValueError, TypeError, KeyError, OSError, EOFError, zipfile.BadZipFile) as cause:
        raise WrongWeights(f"{FILE} is damaged", hint="reinstall charter") from cause
    raise WrongWeights(
        f"{FILE} is of version {version}, or of another size", hint="reinstall charter"
    )


@functools.cache
def shipped() -> Head:
    """Return the head that ships with Charter. Raises WrongWeights when its file is damaged."""
    folder = files("charter.classifiers.injection")
    head = restore(folder.joinpath(FILE).read_bytes())
    wanted = folder.joinpath(f"{FILE}.sha256").read_text(encoding="ascii").strip()
    if head.digest != wanted:
        raise WrongWeights(f"{FILE} is damaged: sha256 {head.digest}", hint="reinstall charter")
    return head
