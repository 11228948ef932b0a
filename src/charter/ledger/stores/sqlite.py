"""Entries in one SQLite file: WAL, synchronous FULL, so that a killed process loses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from charter.errors import LedgerError, LedgerUnavailable
from charter.ledger.store import Entry

SCHEMA_VERSION = 1
BATCH = 500
"""Rows fetched at a time: a run of any size reads in bounded memory."""

_TABLES = sa.MetaData()
_RECORDS = sa.Table(
    "records",
    _TABLES,
    sa.Column("index", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("run", sa.Text, nullable=False),
    sa.Column("key", sa.Text, unique=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Index("records_by_run", "run", "kind"),
    sqlite_autoincrement=True,
)

_INSERT = sa.insert(_RECORDS)


class SqliteStore:
    """A ledger file. One process writes at a time; others wait up to 30 seconds."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        if not create and not path.is_file():
            raise LedgerUnavailable(
                f"{path}: no such ledger", hint="name the --out folder of an earlier `charter eval`"
            )
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": 30}
        )
        sa.event.listen(self._engine, "connect", _set_pragmas)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._engine.connect() as connection:
                if self._version(connection) == 0:
                    self._create(connection)
        except OSError as cause:
            raise self._unavailable(cause.strerror or str(cause)) from cause
        except sa.exc.DBAPIError as cause:
            raise self._unavailable(str(cause.orig)) from cause

    @property
    def location(self) -> str:
        """The path of the file."""
        return str(self.path)

    def append(self, entries: Sequence[Entry]) -> int:
        """Keep all entries or none, durably; return the index of the last."""
        rows = [
            {"kind": e.kind, "run": e.run, "key": e.key, "body": e.body, "digest": e.digest}
            for e in entries
        ]
        try:
            with self._engine.begin() as connection:
                if rows:
                    connection.execute(_INSERT, rows)
                return int(connection.exec_driver_sql("SELECT last_insert_rowid()").scalar_one())
        except sa.exc.IntegrityError as cause:
            raise LedgerError(
                f"{self.path} already holds {self._held(entries)}",
                hint="another process may be writing the same run",
            ) from cause
        except sa.exc.DBAPIError as cause:
            raise self._unavailable(str(cause.orig)) from cause

    def _held(self, entries: Sequence[Entry]) -> str:
        """Return the key of the first entry that is there already, or that comes twice."""
        with self._engine.connect() as connection:
            seen: set[str] = set()
            for key in (entry.key for entry in entries if entry.key is not None):
                query = sa.select(_RECORDS.c.index).where(_RECORDS.c.key == key)
                if key in seen or connection.execute(query).first():
                    return key
                seen.add(key)
        return "this"

    def read(
        self, *, kind: str | None = None, run: str | None = None
    ) -> Iterator[tuple[int, Entry]]:
        """Yield entries with their index, oldest first."""
        query = sa.select(_RECORDS).order_by(_RECORDS.c.index)
        if kind is not None:
            query = query.where(_RECORDS.c.kind == kind)
        if run is not None:
            query = query.where(_RECORDS.c.run == run)
        try:
            with self._engine.connect() as connection:
                rows = connection.execution_options(yield_per=BATCH).execute(query)
                for index, *fields in rows:
                    yield index, Entry(*fields)
        except sa.exc.DBAPIError as cause:
            raise self._unavailable(str(cause.orig)) from cause

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def _version(self, connection: sa.Connection) -> int:
        """Return the version of the schema, 0 for a new file; nothing is written.

        Raises LedgerUnavailable for a database of another program, which is left as it is.
        """
        version = int(connection.execute(sa.text("PRAGMA user_version")).scalar_one())
        columns = {row[1] for row in connection.execute(sa.text("PRAGMA table_info(records)"))}
        objects = connection.execute(sa.text("SELECT count(*) FROM sqlite_master")).scalar_one()
        if columns != set(_RECORDS.columns.keys()) and (version == SCHEMA_VERSION or objects):
            raise LedgerUnavailable(
                f"{self.path} is a database of another program",
                hint="name another folder or file",
            )
        if version not in (0, SCHEMA_VERSION):
            raise LedgerUnavailable(
                f"{self.path} has schema {version}, this Charter reads {SCHEMA_VERSION}",
                hint="use the version of Charter that wrote it",
            )
        return version

    def _create(self, connection: sa.Connection) -> None:
        connection.execute(sa.text("PRAGMA journal_mode = WAL"))
        # The lock comes first: another process may be creating the same file.
        connection.execute(sa.text("BEGIN IMMEDIATE"))
        _TABLES.create_all(connection)
        connection.execute(sa.text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
        connection.commit()

    def _unavailable(self, reason: str) -> LedgerUnavailable:
        hints = {
            "database or disk is full": "free some space, then run the same command to resume",
            "file is not a database": "the file is damaged or something else; choose another --out",
            "database is locked": "another process is writing it; wait, or choose another --out",
            "database disk image is malformed": "the file is damaged; restore it from a copy",
            "disk I/O error": "check the disk and its room, then run the same command to resume",
            "attempt to write a readonly database": "copy it to a folder that can be written",
        }
        hint = hints.get(reason, "check that the folder exists, is writable and has room")
        return LedgerUnavailable(f"ledger {self.path}: {reason}", hint=hint)


def open_store(location: str, *, create: bool = True) -> SqliteStore:
    """Open the ledger file at `location`."""
    return SqliteStore(Path(location), create=create)


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()
