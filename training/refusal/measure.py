"""What the classifier sees of every answer, computed once and kept in a file outside the tree."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from data import Row
from numpy.typing import NDArray

from charter.classifiers.refusal import features, states
from charter.models.embedding import FirstLayers, first_layers

Array = NDArray[np.float32]
FOLDS = 6
"""Of requests: how one sounds is learned from those of the other folds."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The answers as numbers, with the request and without it."""

    lexical: tuple[Array, Array]
    """With the request, without: shape (n, features)."""
    states: tuple[Array, Array]
    """With the request, without: shape (n, parts, dimensions)."""
    unsafe: NDArray[np.int64]
    """Of the requests: 1 for one to refuse, 0 for another, -1 where it does not count."""
    fold: NDArray[np.int64]
    """The same for the same request."""

    def take(self, index: NDArray[np.int64]) -> Seen:
        """Return some of the answers."""
        return Seen(
            (self.lexical[0][index], self.lexical[1][index]),
            (self.states[0][index], self.states[1][index]),
            self.unsafe[index],
            self.fold[index],
        )


def see(rows: Sequence[Row], cache: Path | None, threads: int) -> Seen:
    """Return what the classifier sees of the rows; states come from `cache` where it has them."""
    encoder = first_layers(states.LAYERS, threads)
    known = _load(cache)
    fresh = 0
    lexical: tuple[list[Array], list[Array]] = ([], [])
    found: tuple[list[Array], list[Array]] = ([], [])
    for row in rows:
        reading = features.read(row.answer)
        for view, request in enumerate((row.request, None)):
            lexical[view].append(features.lexical(reading, request))
            name = f"{states.LAYERS}-{view}-{row.key}"
            if name not in known:
                known[name] = _states(reading, request, encoder)
                fresh += 1
            found[view].append(known[name].astype(np.float32))
    if cache is not None and fresh:
        with cache.open("wb") as file:
            np.savez(file, names=np.array(list(known)), values=np.stack(list(known.values())))
    return Seen(
        (np.stack(lexical[0]), np.stack(lexical[1])),
        (np.stack(found[0]), np.stack(found[1])),
        np.array([-1 if r.is_unsafe is None or not r.is_whole else r.is_unsafe for r in rows]),
        np.array([zlib.crc32(r.request.encode("utf-8", "replace")) % FOLDS for r in rows]),
    )


def _states(reading: features.Reading, request: str | None, encoder: FirstLayers) -> Array:
    return states.states(reading, request, encoder).astype(np.float16)


def _load(cache: Path | None) -> dict[str, Array]:
    if cache is None or not cache.is_file():
        return {}
    with np.load(cache, allow_pickle=False) as file:
        return dict(zip(file["names"].tolist(), file["values"], strict=True))
