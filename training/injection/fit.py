"""Fits the weights to windows of texts, and writes them as plain arrays."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

import numpy as np
from generate import SEED, Text
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from charter.classifiers.injection import features
from charter.classifiers.injection.head import (
    LEAST,
    SIZES,
    VERSION,
    WINDOWS,
    Head,
    restore,
    spans,
)

SIZE = 1 << features.BITS
COLUMNS = sum(SIZES)
MOST_WINDOWS = 5
FREEDOM = 3.0
"""C of the regression, chosen by whole kinds held out."""


class Windows:
    """Windows as rows of a sparse matrix, with labels and the text that each is of."""

    def __init__(self, texts: Sequence[Text]) -> None:
        rng = random.Random(SEED)  # noqa: S311 - chance that repeats itself
        columns: list[NDArray[np.int64]] = []
        values: list[float] = []
        self.labels: list[int] = []
        self.of: list[int] = []
        self.weights: list[float] = []
        for at, text in enumerate(texts):
            chosen = _windows(text, rng)
            for label, kind, row, length in chosen:
                columns.append(np.append(row, COLUMNS + kind))
                values.append(1 / np.sqrt(max(length, LEAST)))
                self.labels.append(label)
                self.of.append(at)
                self.weights.append(1 / len(chosen))
        lengths = [len(row) for row in columns]
        data = np.repeat(np.array(values, dtype=np.float32), lengths)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        data[starts[1:] - 1] = 1  # the constant of each kind of window
        shape = (len(columns), COLUMNS + len(WINDOWS))
        self.matrix = csr_matrix((data, np.concatenate(columns), starts), shape=shape)
        self.matrix.sum_duplicates()


def _windows(text: Text, rng: random.Random) -> list[tuple[int, int, NDArray[np.int64], int]]:
    """Return some windows of a text: label, kind, places and length."""
    data = features.plain(text.text).data[: features.MOST_BYTES]
    low = len(features.plain(text.text[: text.start]).data)
    high = len(features.plain(text.text[: text.end]).data)
    found = features.pieces(data)
    rows = []
    for kind, (width, step) in enumerate(WINDOWS):
        starts, ends = spans(found.size, width, step)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            shared = max(0, min(end, high) - max(start, low))
            if not text.is_order or not shared:
                label = 0
            elif shared >= 0.75 * (end - start) or shared >= 0.95 * (high - low):
                label = 1
            else:
                continue
            rows.append((label, kind, start, end))
    orders = [row for row in rows if row[0]]
    others = [row for row in rows if not row[0]]
    some = rng.sample(orders, min(MOST_WINDOWS, len(orders)))
    some += rng.sample(others, min(MOST_WINDOWS if not orders else 2, len(others)))
    return [(label, kind, _row(found, start, end), end - start) for label, kind, start, end in some]


def _row(found: features.Pieces, start: int, end: int) -> NDArray[np.int64]:
    parts = [places[start:end] for places in found.runs]
    parts = [part[part > 0] for part in parts]
    inside = (found.starts >= start) & (found.starts < end)
    parts += [SIZE + places[inside[: len(places)]] for places in found.words]
    parts += [
        2 * SIZE + places[(at >= start) & (at < end)]
        for places, at in zip(found.cues, found.cue_starts, strict=True)
    ]
    return np.concatenate(parts)


def fit(windows: Windows, chosen: NDArray[np.int64]) -> Head:
    """Return a head fitted on the windows of some texts, without operating points."""
    rows = np.flatnonzero(np.isin(windows.of, chosen))
    labels = np.array(windows.labels)[rows]
    weights = np.array(windows.weights)[rows]
    weights = weights / np.where(
        labels == 1, weights[labels == 1].sum(), weights[labels == 0].sum()
    )
    model = LogisticRegression(C=FREEDOM, max_iter=300, fit_intercept=False)
    model.fit(windows.matrix[rows], labels, sample_weight=weights * len(rows) / 2)
    return restore(pack(model.coef_[0], {}))


def pack(weights: NDArray[np.float64], points: dict[str, float]) -> bytes:
    """Return the file of a head: weights in eighths of bytes, the same for the same numbers."""
    tables = np.split(weights[:COLUMNS].copy(), [SIZE, 2 * SIZE])
    tables[0][0] = 0  # of runs without a letter
    return _file(tables, weights[COLUMNS:], points)


def repack(head: Head, points: dict[str, float]) -> bytes:
    """Return the file of a head with operating points."""
    return _file([head.runs, head.words, head.cues], np.array(head.bias), points)


def _file(
    tables: Sequence[NDArray[np.floating]], bias: NDArray[np.floating], points: dict[str, float]
) -> bytes:
    scale = [max(float(np.abs(table).max()), 1e-9) / 127 for table in tables]
    small = [np.round(t / s).astype(np.int8) for t, s in zip(tables, scale, strict=True)]
    out = io.BytesIO()
    np.savez_compressed(
        out,
        version=np.array(VERSION),
        runs=small[0],
        words=small[1],
        cues=small[2],
        scale=np.array(scale, dtype=np.float32),
        bias=bias.astype(np.float32),
        names=np.array(list(points), dtype="U8"),
        points=np.array(list(points.values()), dtype=np.float64),
    )
    return out.getvalue()
