"""A text -> bytes in one form, and the places in tables of weights that its pieces have.

Pieces are runs of 3 and 5 bytes, of 1, 2 and 3 words, and of 1, 2 and 3 classes of words that
stand near each other (`words`). All are found at once by arithmetic on
arrays, so that time is linear and small. Two pieces may share a place; training knows that too.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charter.classifiers.injection.words import CLASSES

BITS = 16
"""The tables of runs and of words have two to this power places."""
CUE_BITS = 14
"""So has that of classes."""
NEAR = 6
"""Words between two of a class that still make a pair."""
RUNS = (3, 5)
MOST_BYTES = 65_536
"""Read at a time."""

Places = NDArray[np.int64]
Words = NDArray[np.uint64]

_SHIFT = np.uint64(64 - BITS)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Spreads hashes over the table: Knuth, The Art of Computer Programming 3, 6.4."""
_BASE = 0x100000001B3
_INVERSE = pow(_BASE, -1, 2**64)
_SEEDS = tuple(np.uint64(0xC2B2AE3D27D4EB4F * n % 2**64 | 1) for n in range(1, 8))


def _powers(base: int) -> Words:
    found = np.empty(MOST_BYTES + 1, dtype=np.uint64)
    value = 1
    for at in range(len(found)):
        found[at] = value
        value = value * base % 2**64
    return found


_POWERS, _INVERSES = _powers(_BASE), _powers(_INVERSE)
_TABLE = bytes(
    48 if 48 <= c <= 57 else 32 if c < 33 else c + 32 if 65 <= c <= 90 else c for c in range(256)
)
"""Lower case, any digit is 0, any white space a space."""
_IS_WORD = np.array(
    [chr(c).isalnum() if c < 128 else True for c in range(256)], dtype=np.bool_
)  # fmt: skip


_IS_LETTER = np.array([c > 127 or chr(c).isalpha() for c in range(256)], dtype=np.bool_)


class Pieces(NamedTuple):
    """The places of all pieces of some bytes."""

    size: int
    runs: tuple[Places, ...]
    """By length of run: the place of the run that begins at each byte; 0 without a letter."""
    words: tuple[Places, ...]
    """The places of one, two and three words that begin with each word."""
    starts: Places
    """Where each word begins."""
    cues: tuple[Places, ...]
    """The places of one, two and three classes."""
    cue_starts: tuple[Places, ...]
    """Where each of these begins."""


class Plain(NamedTuple):
    """A text in one form."""

    data: bytes
    same: bool
    """Whether each of its characters stands for the one at the same place of the original."""


def plain(text: str) -> Plain:
    """Return the form of a text that is read: ASCII in lower case, the rest by NFKC."""
    if text.isascii():
        return Plain(text.encode("ascii").translate(_TABLE), same=True)
    folded = text.translate(_FOLDED)
    return Plain(folded.encode("utf-8").translate(_TABLE), len(folded) == len(text))


def pieces(data: bytes) -> Pieces:
    """Return the pieces of at most MOST_BYTES bytes."""
    raw = np.frombuffer(data, dtype=np.uint8)
    size = len(raw)
    wide = raw.astype(np.uint64)
    letters = _IS_LETTER[raw]
    lettered = letters.copy()
    runs = []
    key = wide.copy()
    for length in range(2, max(RUNS) + 1):
        if size < length:
            runs += [_NONE] * (length in RUNS)
            continue
        key = key[: size - length + 1] << np.uint64(8)
        key |= wide[length - 1 :]
        lettered = lettered[: size - length + 1] | letters[length - 1 :]
        if length in RUNS:
            # Numbers, rules and hashes are long and say nothing: they share the first place.
            runs.append(_place(key * _SEEDS[length]) * lettered)
    starts, hashes = _words(raw, wide)
    words = [_place(hashes * _SEEDS[0])]
    for more in (1, 2):
        if len(hashes) > more:
            joined = hashes[: len(hashes) - more] * _SEEDS[5]
            for step in range(1, more + 1):
                joined = (joined + hashes[step : len(hashes) - more + step]) * _SEEDS[5 + more % 2]
            words.append(_place(joined))
        else:
            words.append(_NONE)
    return Pieces(size, tuple(runs), tuple(words), starts, *_cues(hashes, starts))


def _cues(hashes: Words, starts: Places) -> tuple[tuple[Places, ...], tuple[Places, ...]]:
    """Return classes of words, alone and with the next one or two, where these are near."""
    classes = _CLASS_OF[_mixed(hashes * _SEEDS[0]) >> _CLASS_SHIFT]
    at = np.flatnonzero(classes)
    found = classes[at]
    near = (at[1:] - at[:-1]) <= NEAR
    pairs = np.flatnonzero(near)
    triples = np.flatnonzero(near[1:] & near[:-1])
    singles = found.astype(np.int64)
    two = (found[pairs] * _SEEDS[5] + found[pairs + 1]) * _SEEDS[6]
    three = ((found[triples] * _SEEDS[5] + found[triples + 1]) * _SEEDS[6] + found[triples + 2]) * (
        _SEEDS[4]
    )
    made = (singles, _cue_place(two), _cue_place(three))
    return made, (starts[at], starts[at[pairs]], starts[at[triples]])


def _words(raw: NDArray[np.uint8], wide: Words) -> tuple[Places, Words]:
    """Return where words begin, and a hash of each: the same word has the same, wherever."""
    inside = _IS_WORD[raw]
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    if len(raw) and inside[0]:
        edges = np.concatenate([_ZERO, edges])
    starts = edges[::2]
    if not len(starts):
        return _NONE, wide[:0]
    ends = edges[1::2]
    if len(ends) < len(starts):
        ends = np.append(ends, len(raw))
    total = np.empty(len(raw) + 1, dtype=np.uint64)
    total[0] = 0
    np.cumsum(wide * _POWERS[: len(raw)], out=total[1:])
    return starts, (total[ends] - total[starts]) * _INVERSES[starts]


def _mixed(key: Words) -> Words:
    mixed: Words = (key ^ (key >> np.uint64(29))) * _SPREAD
    return mixed


def _place(key: Words) -> Places:
    return (_mixed(key) >> _SHIFT).astype(np.int64)


def _cue_place(key: Words) -> Places:
    """Return the place of several classes; those of one class come first, and are left free."""
    most = np.int64((1 << CUE_BITS) - 64)
    return 64 + (_mixed(key) >> np.uint64(40)).astype(np.int64) % most


def _class_table() -> Words:
    """Return the class of each word by its hash, from 1; 0 for all others."""
    table = np.zeros(1 << _CLASS_BITS, dtype=np.uint64)
    for number, words in enumerate(CLASSES, 1):
        raw = np.frombuffer(plain(words).data, dtype=np.uint8)
        _, hashes = _words(raw, raw.astype(np.uint64))
        table[_mixed(hashes * _SEEDS[0]) >> _CLASS_SHIFT] = number
    return table


class _Folded(dict[int, str]):
    """What a character is read as; learned as they come, one entry for each character."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if 0xD800 <= code < 0xE000:
            made = "?"
        elif unicodedata.category(char) == "Cf" or code == 0x034F or 0xFE00 <= code <= 0xFE0F:
            made = ""
        else:
            made = unicodedata.normalize("NFKC", char).lower()[:1]
            made = _PLAIN.get(made, made)
        self[code] = made
        return made


_PLAIN = {"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"}
_FOLDED = _Folded()
_CLASS_BITS = 20
_CLASS_SHIFT = np.uint64(64 - _CLASS_BITS)
_NONE = np.empty(0, dtype=np.int64)
_ZERO = np.zeros(1, dtype=np.int64)
_CLASS_OF = _class_table()
