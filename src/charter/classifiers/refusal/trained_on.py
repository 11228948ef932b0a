"""Which answers the classifier was trained on: they say nothing of how it does on others.

`trained_on.bin` has the first eight bytes of the SHA-256 of each such answer, sorted; not one
word of them. White space makes no difference. Two answers share eight bytes by chance once in
10^15 pairs, which would leave out one answer too many.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

FILE = "trained_on.bin"
WIDTH = 8
"""Bytes kept of a digest."""


def pack(answers: Iterable[str]) -> bytes:
    """Return the content of the file for the answers that a head is trained on."""
    return b"".join(sorted({_mark(answer) for answer in answers}))


def was_trained_on(answer: str) -> bool:
    """Whether the shipped head was trained on this answer."""
    return _mark(answer) in _shipped()


def _mark(answer: str) -> bytes:
    plain = " ".join(answer.split())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()[:WIDTH]


@lru_cache(maxsize=1)
def _shipped() -> frozenset[bytes]:
    content = files(__package__ or "").joinpath(FILE).read_bytes()
    return frozenset(content[at : at + WIDTH] for at in range(0, len(content), WIDTH))
