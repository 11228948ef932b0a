"""A ledger by its place: a file, a folder, or the address of a database."""

from __future__ import annotations

from pathlib import Path

from charter.errors import ConfigError, LedgerUnavailable
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import WAIT_S, SqliteStore

FILE = "ledger.sqlite"
SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://")


def open_ledger(place: str | Path, *, create: bool = True, wait_s: float = WAIT_S) -> Ledger:
    """Open the ledger in a file, in a folder, or at `postgresql://USER@HOST/DATABASE`.

    `wait_s` is how long to wait for another writer. Raises LedgerUnavailable, LedgerTampered where
    its head does not match its tree, and ConfigError for another kind of address.
    """
    if isinstance(place, str) and place.startswith(SCHEMES):
        try:
            from charter.ledger.stores.postgres import PostgresStore  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as cause:
            raise LedgerUnavailable(
                "a ledger in PostgreSQL needs a driver", hint="pip install 'charter[postgres]'"
            ) from cause
        url = "postgresql" + place[place.index("://") :]
        return Ledger(PostgresStore(url, create=create, wait_s=wait_s))
    if isinstance(place, str) and "://" in place:
        scheme = place.partition("://")[0]
        raise ConfigError(
            f"a ledger cannot be kept at {scheme[:40]}://",
            hint="postgresql://…, a folder or a file",
        )
    path = Path(place)
    file = path / FILE if path.is_dir() or not path.suffix else path
    return Ledger(SqliteStore(file, create=create, wait_s=wait_s))
