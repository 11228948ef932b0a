"""Whether a store holds what was appended: record by record, tile by tile, up to the head."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from charter.errors import LedgerTampered
from charter.ledger.body import digest_of_body
from charter.ledger.edge import Edge
from charter.ledger.store import Entry, Head, Leaf, Store

HINT = "the file was changed or damaged, or is of another version: restore a copy"


def check(store: Store, look: Callable[[int, Entry], object] | None = None) -> Head:
    """Read every entry and tile; return the head that they make.

    `look` sees every entry, and may raise for what is outside the tree: how it is filed.
    Raises LedgerTampered that names the first entry which is not what was appended, or the
    first tile that is not what its entries make.
    """
    stored = store.head()
    edge = Edge()
    for index, entry in store.read():
        if index > stored.size:
            break  # appended since
        if index != edge.size + 1:
            raise tampered(store.location, edge.size + 1, "is missing")
        name = f"({entry.kind})"
        if not isinstance(entry.body, str) or digest_of_body(entry.body) != entry.digest:
            raise tampered(store.location, index, f"{name} does not match its digest")
        if look is not None:
            look(index, entry)
        require_tiles(store, edge.add(Leaf(index, entry.kind, entry.digest).hash))
    if edge.size < stored.size:
        raise tampered(store.location, edge.size + 1, "is missing")
    if edge.root != stored.root:
        raise tampered(
            store.location, _first_of_edge(edge), "or a later one does not match the ledger's head"
        )
    return Head(edge.size, edge.root)


def require_tiles(store: Store, made: Iterable[tuple[int, int, bytes]]) -> None:
    """Compare tiles made of entries with those stored. Raises LedgerTampered."""
    for level, n, data in made:
        kept = store.tile(level, n)
        if kept == data:
            continue
        span = 256**level  # entries under each hash
        same = 0
        if isinstance(kept, bytes):
            pairs = zip(range(0, len(data), 32), range(0, len(kept), 32), strict=False)
            same = next(
                (at // 32 for at, _ in pairs if data[at : at + 32] != kept[at : at + 32]), 0
            )
        first = (n * 256 + same) * span + 1
        what = "does not match its hash in the tree" if level == 0 else "is under a changed tile"
        raise tampered(store.location, first, f"{what} (tile {level}/{n})")


def tampered(location: str, index: int, what: str) -> LedgerTampered:
    """Return the error that names record `index`."""
    return LedgerTampered(f"{location}: ledger record {index} {what}", index=index, hint=HINT)


def _first_of_edge(edge: Edge) -> int:
    """Return the first record that no stored tile covers."""
    return edge.size // 256 * 256 + 1
