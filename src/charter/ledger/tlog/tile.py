"""Tiles of hashes and bundles of entries, as C2SP tlog-tiles lays them out.

A tile holds up to 256 consecutive hashes of one level in eight: tile level L holds the nodes of
tree level 8 * L. A bundle holds the entries under a tile of level 0. Tiles prove nothing by
themselves: what is read from them counts only after a proof against a signed checkpoint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from charter.ledger.tlog.field import HASH_SIZE, require_range
from charter.ledger.tlog.merkle import Hashes, node_hash

WIDTH = 256
"""Hashes in a full tile, and entries in a full bundle."""
HEIGHT = 8
"""Levels of the tree that one tile spans."""
MAX_LEVEL = 63
MAX_ENTRY = 65_535
"""Bytes of the longest entry: its length is a uint16."""

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """The address of a tile, or of a bundle of entries. Raises ValueError out of range."""

    level: int | None
    """0 to 63; None for a bundle of entries."""
    index: int
    width: int = WIDTH
    """How many hashes or entries it holds: 1 to 256, and less than 256 in a partial tile."""

    def __post_init__(self) -> None:
        if self.level is not None and not 0 <= self.level <= MAX_LEVEL:
            raise ValueError(f"tile level {self.level} is not from 0 to {MAX_LEVEL}")
        require_range(self.index, "tile index")
        if not 1 <= self.width <= WIDTH:
            raise ValueError(f"tile width {self.width} is not from 1 to {WIDTH}")

    @property
    def path(self) -> str:
        """Where the tile is served, below the log's prefix and without a leading slash."""
        digits = str(self.index)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
        level = "entries" if self.level is None else self.level
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{name}{part}"


def parse_path(path: str) -> Tile:
    """Return the tile that `path` names. Raises ValueError unless `path` is its one spelling."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise ValueError("not the path of a tile: tile/<level>/<index>[.p/<width>]")
    level = None if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(match["width"] or WIDTH))
    if tile.path != path:
        raise ValueError(f"not the path of a tile: the same tile is at {tile.path}")
    return tile


def tiles(size: int, *, since: int = 0) -> Iterator[Tile]:
    """Yield the hash tiles of a tree of `size`, by level; none is empty.

    With `since`, only those that the tree of that smaller size does not have.
    Raises ValueError unless 0 <= since <= size.
    """
    _require_growth(since, size)
    level = 0
    while count := size >> (HEIGHT * level):
        yield from _row(level, since >> (HEIGHT * level), count)
        level += 1


def bundles(size: int, *, since: int = 0) -> Iterator[Tile]:
    """Yield the bundles of entries of a tree of `size`; `since` as for `tiles`."""
    _require_growth(since, size)
    return _row(None, since, size)


def holder(level: int, index: int, size: int) -> Tile:
    """Return the tile of a tree of `size` that holds the node at tree `level` and `index`.

    For a level between those of the tiles: the tile it is hashed from. Raises ValueError when
    the node is not complete at this size.
    """
    require_range(size, "tree size")
    if level < 0 or index < 0 or (index + 1) << level > size:
        raise ValueError(f"no complete node at level {level}, index {index} in size {size}")
    row, above = divmod(level, HEIGHT)
    at = (index << above) // WIDTH
    return Tile(row, at, min(WIDTH, (size >> (HEIGHT * row)) - at * WIDTH))


def reader(size: int, fetch: Callable[[Tile], bytes]) -> Hashes:
    """Return a reader of the nodes of a tree of `size`, over a source of its tiles.

    The reader asks `fetch` again for every node: keep tiles there if that is dear. It raises
    ValueError for a node that is not complete, and for a tile that has not its width.
    """

    def read(level: int, index: int) -> bytes:
        tile = holder(level, index, size)
        data = fetch(tile)
        if len(data) != tile.width * HASH_SIZE:
            raise ValueError(
                f"{tile.path} has {len(data)} bytes, not {tile.width} hashes of {HASH_SIZE}"
            )
        above = level % HEIGHT
        first = (index << above) % WIDTH * HASH_SIZE
        return _crown(data[first : first + (HASH_SIZE << above)])

    return read


def crown(data: bytes) -> bytes:
    """Return the hash of a full tile: what stands for it in the tile above.

    Raises ValueError for a partial tile, which is never hashed upward.
    """
    if len(data) != WIDTH * HASH_SIZE:
        raise ValueError(f"a full tile has {WIDTH * HASH_SIZE} bytes, not {len(data)}")
    return _crown(data)


def pack(entries: Sequence[bytes]) -> bytes:
    """Return the bundle of 1 to 256 entries, each after its length as uint16, big-endian.

    Raises ValueError for an entry of more than 65,535 bytes, or another number of entries.
    """
    if not 1 <= len(entries) <= WIDTH:
        raise ValueError(f"a bundle holds 1 to {WIDTH} entries, not {len(entries)}")
    parts = []
    for at, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY:
            raise ValueError(f"entry {at} has {len(entry)} bytes; a bundle takes {MAX_ENTRY}")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def unpack(data: bytes, width: int = WIDTH) -> tuple[bytes, ...]:
    """Return the `width` entries of a bundle.

    Raises ValueError when the bundle ends early, or goes on after them.
    """
    if not 1 <= width <= WIDTH:
        raise ValueError(f"a bundle holds 1 to {WIDTH} entries, not {width}")
    entries = []
    at = 0
    for number in range(width):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data) or start > len(data):
            raise ValueError(f"the bundle ends within entry {number} of {width}")
        entries.append(data[start:at])
    if at != len(data):
        raise ValueError(f"the bundle has {len(data) - at} bytes after its {width} entries")
    return tuple(entries)


def _require_growth(since: int, size: int) -> None:
    require_range(size, "tree size")
    if not 0 <= since <= size:
        raise ValueError(f"a tree of size {size} does not extend one of size {since}")


def _row(level: int | None, before: int, count: int) -> Iterator[Tile]:
    """Yield the tiles of one level for `count` hashes, less those of the first `before`."""
    if before == count:
        return
    for index in range(before // WIDTH, count // WIDTH):
        yield Tile(level, index)
    if count % WIDTH:
        yield Tile(level, count // WIDTH, count % WIDTH)


def _crown(data: bytes) -> bytes:
    """Return the root over a power of two of hashes."""
    row = [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
