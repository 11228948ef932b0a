"""Entries in one SQLite file: WAL, synchronous FULL, so that a killed process loses nothing."""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from charter.errors import LedgerError, LedgerUnavailable
from charter.ledger.store import Entry, Head, Sealed
from charter.ledger.stores.sql import Row, SqlStore, Taken
from charter.ledger.stores.sqlite_schema import (
    AS_FIRST,
    FIRST_VERSION,
    SCHEMA_VERSION,
    AnotherProgram,
    AnotherVersion,
    create,
    migrate,
    version_of,
)

WAIT_S = 30.0
"""How long to wait for another process that writes."""
BEGUN_S = 5.0
"""How long a file that holds nothing may still be in the making."""
AGAIN_S = 0.05
"""Between two attempts: to empty the log of changes, to read a file in the making."""
LOG_PAGES = 4_000
"""Pages in the log of changes before they move into the file: 16 MiB."""
_CHUNKS = (128, 32, 8, 1)
"""Rows in a statement: one call for many leaves other threads in peace."""
_ROW = "(?, ?, ?, ?, ?, ?, ?)"
_INSERTS = {size: f"INSERT INTO records VALUES {', '.join([_ROW] * size)}" for size in _CHUNKS}  # noqa: S608


class SqliteStore(SqlStore):
    """A ledger file. One process writes at a time; others wait up to `wait_s` seconds."""

    def __init__(self, path: Path, *, create: bool = True, wait_s: float = WAIT_S) -> None:
        super().__init__()
        self.path = path
        self._wait_s = wait_s
        self._idle: deque[sqlite3.Connection] = deque()
        self._prompt: sqlite3.Connection | None = None
        """The connection that waits for nobody, and leaves the log of changes as it is."""
        self._file: tuple[int, int] | None = None
        self._first = False
        """Whether the file is read as it is, in version 1."""
        if not create and not path.is_file():
            raise LedgerUnavailable(
                f"{path}: no such ledger",
                hint="name the folder or file that a gateway or `charter eval` wrote",
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._errors():
                self._open(create=create)
        except OSError as cause:
            raise self._unavailable(cause.strerror or str(cause)) from cause
        except BaseException:
            self.close()
            raise

    @property
    def location(self) -> str:
        """The path of the file."""
        return str(self.path)

    def head(self) -> Head:
        """Return the head of the tree; a file of version 1 gets its tree now."""
        self._bring_up_to_date()
        return super().head()

    def tile(self, level: int, n: int) -> bytes | None:
        """Return the full tile as stored; None where it is not full yet."""
        self._bring_up_to_date()
        return super().tile(level, n)

    def close(self) -> None:
        """Release the file."""
        self._close_idle()
        self._close_prompt()

    def _close_idle(self) -> None:
        with suppress(IndexError):  # several threads may do this at once
            while True:
                self._idle.pop().close()

    def _close_prompt(self) -> None:
        """Close what `append_now` uses; nobody else does so while it may be in use."""
        prompt, self._prompt = self._prompt, None
        if prompt is not None:
            prompt.close()  # and with it the transaction

    def append_now(self, entries: Sequence[Entry], payloads: Sequence[Sealed] = ()) -> bool:
        """Do as `append`, unless another writes now; then return False, with nothing kept."""
        if self._first or not self._writing.acquire(blocking=False):
            return False
        try:
            with self._errors():
                session = self._begun_now()
                if session is None:
                    return False
                edge = self._grown(session, entries, payloads)
                session.run("COMMIT")
                self._edge = edge
                self._require_file()
        except Taken as cause:
            self._close_prompt()
            raise self._already(entries) from cause.__cause__
        except BaseException:  # wherever it broke off: no transaction is left open
            self._close_prompt()
            raise
        finally:
            self._writing.release()
        return True

    def _begun_now(self) -> _Session | None:
        """Begin a transaction that writes; None where another writes."""
        if self._prompt is None:
            self._require_file()
            self._prompt = self._connect("rw")
            self._prompt.execute("PRAGMA busy_timeout = 0")
            self._prompt.execute("PRAGMA wal_autocheckpoint = 0")
        try:
            self._prompt.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as cause:
            if "locked" not in str(cause):
                raise
            return None
        return _Session(self._prompt)

    def _open(self, *, create: bool) -> None:
        connection = self._connect("rwc" if create else "rw")
        self._file = self._identity()
        try:
            version = self._version(connection)
            if version == 0 and not create:
                version = self._version_once_begun(connection)
            if version == 0 and not create:  # cut to nothing, or never begun: not "no records"
                raise LedgerUnavailable(
                    f"ledger {self.path}: the file holds nothing",
                    hint="restore it from a copy, or name another",
                )
            if version == 0:
                self._patiently(lambda: _create(connection))
            elif version == FIRST_VERSION and create:
                self._transaction(connection, lambda: migrate(connection, self.location))
            self._first = version == FIRST_VERSION and not create
        finally:
            connection.close()
        if not self._first:
            self._open_edge()

    def _bring_up_to_date(self) -> None:
        """Build the tree of a file of version 1."""
        if not self._first:
            return
        with self._errors():
            connection = self._connect("rw")
            try:
                self._transaction(connection, lambda: migrate(connection, self.location))
            finally:
                connection.close()
            self.close()  # what was open reads version 1
            self._first = False
            self._open_edge()

    def _version(self, connection: sqlite3.Connection) -> int:
        try:
            return version_of(connection)
        except AnotherProgram:
            raise LedgerUnavailable(
                f"{self.path} is a database of another program",
                hint="name another folder or file",
            ) from None
        except AnotherVersion as found:
            raise LedgerUnavailable(
                f"{self.path} has schema {found}, this Charter reads {SCHEMA_VERSION}",
                hint="use the version of Charter that wrote it",
            ) from None

    def _version_once_begun(self, connection: sqlite3.Connection) -> int:
        """Wait for a process that is just creating the file; 0 where nobody does."""
        until = time.monotonic() + min(self._wait_s, BEGUN_S)
        version = 0
        while version == 0 and time.monotonic() < until:
            time.sleep(AGAIN_S)
            version = self._version(connection)
        return version

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=self._wait_s,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # where the system's fsync does not suffice
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        return connection

    def _identity(self) -> tuple[int, int]:
        found = self.path.stat()
        return found.st_dev, found.st_ino

    def _take(self) -> sqlite3.Connection:
        """Return a connection to the file that was opened. Raises LedgerUnavailable."""
        self._require_file()
        with suppress(IndexError):
            return self._idle.pop()
        connection = self._connect("rw")
        if self._first and version_of(connection) == FIRST_VERSION:
            for statement in AS_FIRST:
                connection.execute(statement)
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self._first:
            connection.close()  # another process may bring the file up to date meanwhile
        else:
            self._idle.append(connection)

    def _require_file(self) -> None:
        """Raise LedgerUnavailable where the path no longer names the file that was opened.

        A file that was deleted takes writes as before, and loses them.
        """
        try:
            same = self._identity() == self._file
        except OSError:
            same = False
        if not same:
            self._close_idle()
            raise LedgerUnavailable(
                f"ledger {self.path}: the file was moved, deleted or replaced",
                hint="put it back, or start again",
            )

    @contextmanager
    def _session(self, begin: str) -> Iterator[_Session]:
        connection = self._take()
        try:
            connection.execute(begin)
            yield _Session(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()  # and with it the transaction
            raise
        self._give_back(connection)

    @contextmanager
    def _reading(self) -> Iterator[_Session]:
        with self._errors(), self._session("BEGIN") as session:
            yield session

    @contextmanager
    def _changing(self) -> Iterator[_Session]:
        self._bring_up_to_date()
        with self._errors():
            with self._session("BEGIN IMMEDIATE") as session:
                yield session
            self._require_file()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn errors of the database into Charter's."""
        try:
            yield
        except sqlite3.IntegrityError as cause:
            if "records.key" in str(cause):
                raise Taken from cause
            raise self._unavailable(str(cause)) from cause
        except sqlite3.Error as cause:
            raise self._unavailable(str(cause)) from cause
        except UnicodeEncodeError as cause:
            raise LedgerError(
                f"ledger {self.path}: a name in a record is not Unicode text",
                hint="rename what it names",
            ) from cause

    def _patiently(self, job: Callable[[], None]) -> None:
        """Do what SQLite does not wait for by itself."""
        until = time.monotonic() + self._wait_s
        while True:
            try:
                return job()
            except sqlite3.OperationalError as cause:
                if "locked" not in str(cause) or time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def _transaction(self, connection: sqlite3.Connection, job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _scrub(self) -> None:
        """Move what the log of changes holds into the file, where it is overwritten already.

        Waits for readers, and keeps no writer waiting meanwhile; one that stays longer delays it
        to the next checkpoint.
        """
        until = time.monotonic() + self._wait_s
        with self._errors():
            connection = self._take()
            try:
                connection.execute("PRAGMA busy_timeout = 0")
                while self._is_busy(connection) and time.monotonic() < until:
                    time.sleep(AGAIN_S)
            finally:
                connection.close()

    def _is_busy(self, connection: sqlite3.Connection) -> bool:
        """Try to move the log of changes; return whether somebody was in the way."""
        return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])

    def _unavailable(self, reason: str) -> LedgerUnavailable:
        hint = _HINTS.get(reason, "check that the folder exists, is writable and has room")
        if reason.startswith(("no such table", "no such column")):
            hint = _HINTS["database disk image is malformed"]
        return LedgerUnavailable(f"ledger {self.path}: {reason}", hint=hint)


class _Session:
    """A transaction on one connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """Return every row; text that is not UTF-8 comes with marks, for its digest to name it."""
        try:
            return self._connection.execute(statement, values or {}).fetchall()
        except sqlite3.OperationalError as cause:
            if "decode" not in str(cause):
                raise
        cursor = self._connection.cursor()
        self._connection.text_factory = _decode
        try:
            return cursor.execute(statement, values or {}).fetchall()
        finally:
            self._connection.text_factory = str

    def run(self, statement: str, values: Mapping[str, Any] | None = None) -> int:
        """Return how many rows changed."""
        return self._connection.execute(statement, values or {}).rowcount

    def insert(self, rows: Sequence[Row]) -> None:
        """Add records, many in a statement."""
        at = 0
        for size in _CHUNKS:
            while len(rows) - at >= size:
                flat = [value for row in rows[at : at + size] for value in row]
                self._connection.execute(_INSERTS[size], flat)
                at += size


_HINTS = {
    "database or disk is full": "free some space, then try again",
    "file is not a database": "the file is damaged or something else; name another",
    "database is locked": "another process is writing it; wait, or name another",
    "database disk image is malformed": "the file is damaged; restore it from a copy",
    "disk I/O error": "check the disk and its room, then try again",
    "attempt to write a readonly database": "copy it to a folder that can be written",
}


def open_store(location: str, *, create: bool = True, wait_s: float = WAIT_S) -> SqliteStore:
    """Open the ledger file at `location`."""
    return SqliteStore(Path(location), create=create, wait_s=wait_s)


def _create(connection: sqlite3.Connection) -> None:
    try:
        create(connection)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
