"""Counts in a file of SQLite beside the ledger, or in memory."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from charter.errors import LedgerUnavailable
from charter.govern.objectives.rollup_store import TABLES, WAIT_S, Session


class _SqliteSession:
    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        return self._connection.execute(statement, values or {}).fetchall()

    def run(self, statement: str, values: Mapping[str, Any] | None = None) -> None:
        self._connection.execute(statement, values or {})

    def many(self, statement: str, values: Sequence[Mapping[str, Any]]) -> None:
        self._connection.executemany(statement, values)


class SqliteRollups:
    """Tables in a file or, without a path, in memory."""

    def __init__(self, path: Path | None) -> None:
        self._where = "memory" if path is None else str(path)
        self._lock = threading.Lock()  # one connection has one transaction
        try:
            self._connection = sqlite3.connect(
                ":memory:" if path is None else path,
                timeout=WAIT_S,
                isolation_level=None,
                check_same_thread=False,
            )
            if path is not None:
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA trusted_schema = OFF")
            with self.changing() as session:
                for statement in TABLES:
                    # rows that are read together lie together, and only once
                    clustered = " hours (" in statement
                    session.run(f"{statement} WITHOUT ROWID" if clustered else statement)
        except sqlite3.Error as cause:
            raise self._unavailable(cause) from cause

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """See `RollupStore`."""
        with self._session("BEGIN") as session:
            yield session

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """See `RollupStore`."""
        with self._session("BEGIN IMMEDIATE") as session:
            yield session

    @contextmanager
    def _session(self, begin: str) -> Iterator[Session]:
        self._lock.acquire()
        try:
            self._connection.execute(begin)
            try:
                yield _SqliteSession(self._connection)
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as cause:
            raise self._unavailable(cause) from cause
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _unavailable(self, cause: Exception) -> LedgerUnavailable:
        return LedgerUnavailable(
            f"counts of the ledger in {self._where}: {cause}",
            hint="delete the file: it is counted anew from the ledger",
        )
