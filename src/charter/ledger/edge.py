"""The right edge of a ledger's tree: what must be kept in mind for it to grow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, Self

from charter.ledger.tlog.field import HASH_SIZE
from charter.ledger.tlog.merkle import Tree
from charter.ledger.tlog.tile import HEIGHT, WIDTH, Tile, crown, reader


class FullTile(NamedTuple):
    """A tile that will never change again."""

    level: int
    n: int
    data: bytes
    """8,192 bytes."""


class Edge:
    """A tree with the tiles at its right edge that are not full yet."""

    __slots__ = ("_rows", "_tree")

    def __init__(self) -> None:
        self._tree = Tree()
        self._rows: list[list[bytes]] = []

    @classmethod
    def restore(cls, size: int, leaves: Iterable[bytes], full: Callable[[int, int], bytes]) -> Self:
        """Return the edge of the tree of `size`.

        `leaves` are the hashes of the entries after the last full tile, `full` reads a full tile
        by level and number. Raises ValueError where they are not those of such a tree.
        """
        edge = cls()
        level = 0
        while count := size >> (HEIGHT * level):
            start = count // WIDTH * WIDTH
            if level == 0:
                row = list(leaves)
            else:
                row = [crown(full(level - 1, at)) for at in range(start, count)]
            if len(row) != count % WIDTH:
                raise ValueError(f"{len(row)} hashes at level {level}, not {count % WIDTH}")
            edge._rows.append(row)
            level += 1

        def fetch(tile: Tile) -> bytes:
            at = tile.level or 0
            if tile.index < (size >> (HEIGHT * at)) // WIDTH:
                return full(at, tile.index)[: tile.width * HASH_SIZE]
            return b"".join(edge._rows[at][: tile.width])

        edge._tree = Tree.restore(size, reader(size, fetch))
        return edge

    @property
    def size(self) -> int:
        """How many entries the tree has."""
        return self._tree.size

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        return self._tree.root

    def copy(self) -> Edge:
        """Return an edge that grows on its own: the old one stays what it is."""
        other = Edge()
        other._tree = self._tree.copy()
        other._rows = [list(row) for row in self._rows]
        return other

    def add(self, leaf: bytes) -> list[FullTile]:
        """Add the hash of an entry; return the tiles that are full now, if any."""
        done: list[FullTile] = []
        for node in self._tree.append(leaf):
            level, above = divmod(node.level, HEIGHT)
            if above:
                continue
            if level == len(self._rows):
                self._rows.append([])
            row = self._rows[level]
            row.append(node.hash)
            if len(row) == WIDTH:
                done.append(FullTile(level, node.position // WIDTH, b"".join(row)))
                row.clear()
        return done

    def partial(self, level: int, n: int, width: int) -> bytes | None:
        """Return the first `width` hashes of the tile at the edge; None where it is not there."""
        if level >= len(self._rows) or n != (self.size >> (HEIGHT * level)) // WIDTH:
            return None
        row = self._rows[level]
        return b"".join(row[:width]) if width <= len(row) else None
