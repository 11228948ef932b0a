"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1) with SHA-256.

A node has a level and an index: level 0 holds the leaves, and the node at (level, index) covers
the leaves from index * 2^level up to (index + 1) * 2^level. Only complete nodes have an address;
everything else is computed from them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

from charter.ledger.tlog.field import HASH_SIZE, LARGEST, require_range

Hashes = Callable[[int, int], bytes]
"""Reads the hash of the complete node at (level, index)."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""


class Node(NamedTuple):
    """A complete node and its hash."""

    level: int
    position: int
    """Its index within the level (tuples have a method `index`)."""
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one entry: SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two hashes: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows at its right edge; keeps one hash for each bit set in its size."""

    __slots__ = ("_frontier", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._frontier: list[bytes] = []  # complete subtrees, the largest first

    @classmethod
    def restore(cls, size: int, hashes: Hashes) -> Self:
        """Return the tree of `size` leaves, its right edge read through `hashes`.

        Raises ValueError for a size out of range.
        """
        require_range(size, "tree size")
        tree = cls()
        tree._size = size
        tree._frontier = [hashes(level, index) for level, index in _cover(0, size)]
        return tree

    def copy(self) -> Self:
        """Return a tree that grows on its own: this one stays what it is."""
        frontier = iter(self._frontier)
        return self.restore(self._size, lambda _level, _index: next(frontier))

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    @property
    def root(self) -> bytes:
        """The root, by as many hashes as the size has bits set."""
        return _fold(self._frontier)

    def append(self, leaf: bytes) -> tuple[Node, ...]:
        """Add the hash of one leaf; return the nodes now complete, the leaf first.

        Raises ValueError unless `leaf` has 32 bytes.
        """
        if len(leaf) != HASH_SIZE:
            raise ValueError(f"a leaf hash has {len(leaf)} bytes, not {HASH_SIZE}")
        index, level, value = self._size, 0, leaf
        made = [Node(0, index, leaf)]
        while index & 1:
            value = node_hash(self._frontier.pop(), value)
            index >>= 1
            level += 1
            made.append(Node(level, index, value))
        self._frontier.append(value)
        self._size += 1
        return tuple(made)


def root_at(size: int, hashes: Hashes) -> bytes:
    """Return the root of the first `size` leaves. Raises ValueError for a size out of range."""
    require_range(size, "tree size")
    return _root(0, size, hashes)


def inclusion_proof(index: int, size: int, hashes: Hashes) -> tuple[bytes, ...]:
    """Return the path from leaf `index` to the root at `size`, the leaf's sibling first.

    RFC 9162 section 2.1.3.1. Raises ValueError unless 0 <= index < size.
    """
    require_range(size, "tree size")
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of size {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_root(middle, end, hashes))
            end = middle
        else:
            path.append(_root(start, middle, hashes))
            start = middle
    return tuple(reversed(path))


def consistency_proof(old: int, new: int, hashes: Hashes) -> tuple[bytes, ...]:
    """Return the proof that the tree of size `new` extends the tree of size `old`.

    RFC 9162 section 2.1.4.1; empty for `old` = 0, which every tree extends, and for equal
    sizes. Raises ValueError unless 0 <= old <= new.
    """
    require_range(new, "tree size")
    if not 0 <= old <= new:
        raise ValueError(f"a tree of size {new} does not extend one of size {old}")
    if old == 0:
        return ()
    path = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_root(middle, end, hashes))
            end = middle
        else:
            path.append(_root(start, middle, hashes))
            start = middle
    if start:  # else the verifier has this hash already: it is the old root
        path.append(_root(start, end, hashes))
    return tuple(reversed(path))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether `proof` leads from leaf hash `leaf` at `index` to `root` at `size`.

    RFC 9162 section 2.1.3.2. Anything malformed is False.
    """
    if not 0 <= index < size <= LARGEST or not _are_hashes(leaf, root, *proof[:64]):
        return False
    here, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            value = node_hash(sibling, value)
            here, last = _skip(here, last)
        else:
            value = node_hash(value, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Tell whether `proof` shows that `new_root` at size `new` extends `old_root` at size `old`.

    RFC 9162 section 2.1.4.2. Every tree extends the empty one, and a tree extends itself: both
    by an empty proof. Anything malformed is False.
    """
    if not 0 <= old <= new <= LARGEST or not _are_hashes(old_root, new_root, *proof[:64]):
        return False
    if (old == 0 and old_root != EMPTY_ROOT) or (new == 0 and new_root != EMPTY_ROOT):
        return False
    if old in (0, new):
        return not proof and (old == 0 or old_root == new_root)
    if not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            here, last = _skip(here, last)
        else:
            after = node_hash(after, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _skip(here: int, last: int) -> tuple[int, int]:
    """Pass the levels at which the node has no right sibling and moves up unchanged."""
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _cover(start: int, end: int) -> list[tuple[int, int]]:
    """Return the complete nodes over leaves `start` to `end`, the largest first."""
    nodes = []
    count = end - start
    for level in range(count.bit_length() - 1, -1, -1):
        if count >> level & 1:
            nodes.append((level, start >> level))
            start += 1 << level
    return nodes


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees, the largest first."""
    if not hashes:
        return EMPTY_ROOT
    value = hashes[-1]
    for left in reversed(hashes[:-1]):
        value = node_hash(left, value)
    return value


def _root(start: int, end: int, hashes: Hashes) -> bytes:
    return _fold([hashes(level, index) for level, index in _cover(start, end)])
