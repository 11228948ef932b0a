"""Entries in PostgreSQL, for many replicas: one appends at a time, under an advisory lock.

Everything is in the schema `charter` of the database that the address names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

import psycopg
import sqlalchemy as sa

from charter.errors import LedgerError, LedgerUnavailable
from charter.ledger.question import POSTGRES
from charter.ledger.stores.sql import Row, SqlStore, Taken
from charter.ledger.tlog.merkle import EMPTY_ROOT

SCHEMA_VERSION = 2
WAIT_S = 30.0
"""How long to wait for another replica that writes."""
CONNECT_S = 5
LOCK = 0x63686172746572
"""The key of the advisory lock: `charter` in ASCII."""
CONNECTIONS = 4
"""Kept open for each replica; as many again where they do not suffice."""

_TABLES = (
    (
        "CREATE TABLE IF NOT EXISTS head (id INTEGER PRIMARY KEY CHECK (id = 1),"
        " version INTEGER NOT NULL, size BIGINT NOT NULL, root BYTEA NOT NULL)"
    ),
    (
        'CREATE TABLE IF NOT EXISTS records ("index" BIGINT PRIMARY KEY, kind TEXT NOT NULL,'
        " run TEXT NOT NULL, key TEXT, body TEXT NOT NULL, digest TEXT NOT NULL, thread TEXT,"
        " CONSTRAINT records_key UNIQUE (key))"
    ),
    'CREATE INDEX IF NOT EXISTS records_by_run ON records (run, kind, "index")',
    'CREATE INDEX IF NOT EXISTS records_by_kind ON records (kind, "index")',
    (
        'CREATE INDEX IF NOT EXISTS records_by_thread ON records (thread, kind, "index")'
        " WHERE thread IS NOT NULL"
    ),
    (
        "CREATE TABLE IF NOT EXISTS tiles (level INTEGER, n BIGINT, hashes BYTEA NOT NULL,"
        " PRIMARY KEY (level, n))"
    ),
    "CREATE TABLE IF NOT EXISTS checkpoints (size BIGINT PRIMARY KEY, note BYTEA NOT NULL)",
    (
        "CREATE TABLE IF NOT EXISTS payloads (id TEXT PRIMARY KEY, subject TEXT NOT NULL,"
        " at TEXT NOT NULL, blob BYTEA NOT NULL, digest TEXT NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS payloads_by_subject ON payloads (subject, at)",
    "CREATE INDEX IF NOT EXISTS payloads_by_time ON payloads (at)",
    "CREATE TABLE IF NOT EXISTS subject_keys (subject TEXT PRIMARY KEY, wrapped BYTEA NOT NULL)",
)
_COPY = 'COPY records ("index", kind, run, key, body, digest, thread) FROM STDIN'


class PostgresStore(SqlStore):
    """A ledger in a database that several replicas share."""

    _dialect = POSTGRES

    def __init__(self, url: str, *, create: bool = True, wait_s: float = WAIT_S) -> None:
        super().__init__()
        try:
            place = sa.make_url(url).set(drivername="postgresql+psycopg")
        except (sa.exc.ArgumentError, ValueError) as cause:
            raise LedgerUnavailable(
                "the ledger's address is not a URL", hint="postgresql://USER@HOST/DATABASE"
            ) from cause
        port = f":{place.port}" if place.port else ""
        self._location = f"postgresql://{place.host or ''}{port}/{place.database or ''}"
        self._engine = _engine(place, wait_s)
        try:
            self._open(create=create)
        except BaseException:
            self.close()
            raise

    @property
    def location(self) -> str:
        """The address without user and password."""
        return self._location

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _open(self, *, create: bool) -> None:
        with self._reading() as session:
            there = session.all("SELECT to_regclass('charter.head') IS NOT NULL")[0][0]
        if not there and not create:
            raise LedgerUnavailable(
                f"{self._location}: no such ledger", hint="start `charter serve` with it first"
            )
        if not there:
            with self._changing() as session:
                _create(session)
        with self._reading() as session:
            found = session.all("SELECT version FROM head")
        if found and found[0][0] != SCHEMA_VERSION:
            raise LedgerUnavailable(
                f"{self._location} has schema {found[0][0]}, this Charter reads {SCHEMA_VERSION}",
                hint="use the version of Charter that wrote it",
            )
        self._open_edge()

    @contextmanager
    def _reading(self) -> Iterator[_Session]:
        with self._errors(), self._engine.connect() as connection:
            # statements of one transaction see one moment
            yield _Session(connection.execution_options(isolation_level="REPEATABLE READ"))

    @contextmanager
    def _changing(self) -> Iterator[_Session]:
        with self._errors(), self._engine.begin() as connection:
            # a statement of its own: the next one sees what the last holder committed
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            yield _Session(connection)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn errors of the database into Charter's."""
        try:
            yield
        except (sa.exc.IntegrityError, psycopg.IntegrityError) as cause:
            if "records_key" in str(cause):
                raise Taken from cause
            raise self._unavailable(cause) from cause
        except (sa.exc.DataError, psycopg.DataError) as cause:
            raise LedgerError(
                f"ledger {self._location}: {_line(cause)}", hint="rename what the record names"
            ) from cause
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, psycopg.Error) as cause:
            raise self._unavailable(cause) from cause
        except UnicodeEncodeError as cause:
            raise LedgerError(
                f"ledger {self._location}: a name in a record is not Unicode text",
                hint="rename what it names",
            ) from cause

    def _scrub(self) -> None:
        """Remove deleted rows from the tables; their bytes stay in backups and archived logs."""
        with self._errors(), self._engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("VACUUM payloads, subject_keys")

    def _unavailable(self, cause: Exception) -> LedgerUnavailable:
        return LedgerUnavailable(
            f"ledger {self._location}: {_line(cause)}",
            hint="check that the server runs, has room and knows this user",
        )


class _Session:
    """A transaction on one connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def all(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        """Return every row."""
        return [tuple(row) for row in self._connection.execute(_text(statement), values or {})]

    def run(self, statement: str, values: Mapping[str, Any] | None = None) -> int:
        """Return how many rows changed."""
        return self._connection.execute(_text(statement), values or {}).rowcount

    def insert(self, rows: Sequence[Row]) -> None:
        """Add records as a stream: several times as quick as statements with parameters."""
        driver = cast("psycopg.Connection", self._connection.connection.driver_connection)
        with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)


def _engine(place: sa.URL, wait_s: float) -> sa.Engine:
    wait = int(wait_s * 1000)
    options = {
        "search_path": "charter",
        "synchronous_commit": "on",
        "lock_timeout": wait,
        # a replica that hangs in a transaction holds up the others no longer than this
        "idle_in_transaction_session_timeout": wait,
        "tcp_keepalives_idle": 10,
        "tcp_keepalives_interval": 5,
        "tcp_keepalives_count": 3,
    }
    return sa.create_engine(
        place,
        connect_args={
            "connect_timeout": CONNECT_S,
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": wait,
        },
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        pool_timeout=wait_s,
        pool_pre_ping=True,  # the server may have been started anew
    )


def _create(session: _Session) -> None:
    session.run("CREATE SCHEMA IF NOT EXISTS charter")
    for statement in _TABLES:
        session.run(statement)
    session.run(
        f"INSERT INTO head VALUES (1, {SCHEMA_VERSION}, 0, :root) ON CONFLICT DO NOTHING",  # noqa: S608
        {"root": EMPTY_ROOT},
    )


@cache
def _text(statement: str) -> sa.TextClause:
    """Return a statement as SQLAlchemy keeps it; there are few, and parsing is slow."""
    return sa.text(statement)


def _line(cause: Exception) -> str:
    """Return what the server or driver said, in one line."""
    said = str(getattr(cause, "orig", None) or cause).strip()
    return " ".join(said.splitlines()[0].split()) if said else type(cause).__name__
