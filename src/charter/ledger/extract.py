"""A ledger -> a file of its records alone: what can be handed on, and is verified offline.

Payloads and keys stay behind. The records are the same bytes under the same tree, so signed
checkpoints hold for the copy too.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from charter.errors import LedgerTampered, StorageError
from charter.ledger.integrity import HINT
from charter.ledger.ledger import Ledger
from charter.ledger.store import Head
from charter.ledger.stores.sqlite import SqliteStore
from charter.ledger.tlog.merkle import root_at

_AT_ONCE = 5_000
"""Records in a transaction of the copy."""


def copy_records(ledger: Ledger, path: Path, *, head: Head | None = None) -> Head:
    """Write the records up to `head`, else of now, to a new file, with their checkpoints.

    Returns the head of the copy. Raises StorageError where the file is there, LedgerTampered
    where what was read does not make the tree that the ledger says it has.
    """
    if path.exists():
        raise StorageError(f"{path} is there already", hint="name a new file")
    head = ledger.head() if head is None else head
    found = islice((entry for _, entry in ledger.store.read()), head.size)
    copy = SqliteStore(path)
    try:
        while entries := list(islice(found, _AT_ONCE)):
            copy.append(entries)
        made = copy.head()
        if made != head:
            raise LedgerTampered(
                f"{ledger.where}: its records do not make its tree", index=made.size, hint=HINT
            )
        for size, note in ledger.store.checkpoints(head.size):
            copy.save_checkpoint(size, note)
    finally:
        copy.close()
    return made


def head_at(ledger: Ledger, size: int) -> Head:
    """Return the head that a ledger had at a size. Raises ValueError for a size out of range."""
    return Head(size, root_at(size, ledger.hashes(size)))
