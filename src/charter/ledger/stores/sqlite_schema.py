"""The tables of a ledger file: how they are made, recognised, and brought up to date."""

from __future__ import annotations

import sqlite3

from charter.errors import LedgerTampered
from charter.ledger.edge import Edge
from charter.ledger.integrity import tampered
from charter.ledger.store import Leaf
from charter.ledger.tlog.merkle import EMPTY_ROOT

SCHEMA_VERSION = 2
FIRST_VERSION = 1
"""Without a tree, threads and payloads."""

_RECORDS = """CREATE TABLE records (
    "index" INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    run TEXT NOT NULL,
    key TEXT UNIQUE,
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    thread TEXT
)"""
_BESIDE = (
    "CREATE INDEX records_by_kind ON records (kind)",
    "CREATE INDEX records_by_thread ON records (thread, kind) WHERE thread IS NOT NULL",
    (
        "CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL,"
        " root BLOB NOT NULL)"
    ),
    (
        "CREATE TABLE tiles (level INTEGER NOT NULL, n INTEGER NOT NULL, hashes BLOB NOT NULL,"
        " PRIMARY KEY (level, n))"
    ),
    "CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note BLOB NOT NULL)",
    (
        "CREATE TABLE payloads (id TEXT PRIMARY KEY, subject TEXT NOT NULL, at TEXT NOT NULL,"
        " blob BLOB NOT NULL, digest TEXT NOT NULL)"
    ),
    "CREATE INDEX payloads_by_subject ON payloads (subject, at)",
    "CREATE INDEX payloads_by_time ON payloads (at)",
    "CREATE TABLE subject_keys (subject TEXT PRIMARY KEY, wrapped BLOB NOT NULL)",
)
_FIRST_COLUMNS = {"index", "kind", "run", "key", "body", "digest"}
_COLUMNS = {FIRST_VERSION: _FIRST_COLUMNS, SCHEMA_VERSION: _FIRST_COLUMNS | {"thread"}}

AS_FIRST = (
    (
        "CREATE TEMP VIEW records AS"
        ' SELECT "index", kind, run, key, body, digest, NULL AS thread FROM main.records'
    ),
    "CREATE TEMP TABLE checkpoints (size, note)",
    "CREATE TEMP TABLE payloads (id, subject, at, blob, digest)",
    "CREATE TEMP TABLE subject_keys (subject, wrapped)",
)
"""What a connection needs to read a file of version 1 as if it were of this one."""


class AnotherProgram(Exception):
    """The tables are not a ledger's."""


class AnotherVersion(Exception):
    """The ledger is of a version that this one does not know."""


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of the schema, 0 for a new file; nothing is written.

    Raises AnotherProgram and AnotherVersion.
    """
    version, columns, objects = _seen(connection)
    if version not in (0, *_COLUMNS):
        if columns >= _FIRST_COLUMNS:
            raise AnotherVersion(str(version))
        raise AnotherProgram
    if objects if version == 0 else columns != _COLUMNS[version]:
        raise AnotherProgram
    return version


def _seen(connection: sqlite3.Connection) -> tuple[int, set[str], int]:
    """Return version, columns and number of objects as of one moment: another may be creating."""
    alone = not connection.in_transaction
    if alone:
        connection.execute("BEGIN")
    try:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        columns = {row[1] for row in connection.execute("PRAGMA main.table_info(records)")}
        objects = connection.execute("SELECT count(*) FROM main.sqlite_master").fetchone()[0]
    finally:
        if alone:
            connection.execute("ROLLBACK")
    return version, columns, objects


def create(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file, unless another process was quicker."""
    connection.execute("PRAGMA journal_mode = WAL")
    # The lock comes first: another process may be creating the same file.
    connection.execute("BEGIN IMMEDIATE")
    if version_of(connection) == 0:
        connection.execute(_RECORDS)
        connection.execute("CREATE INDEX records_by_run ON records (run, kind)")
        _make_rest(connection, Edge())
    connection.execute("COMMIT")


def migrate(connection: sqlite3.Connection, location: str) -> None:
    """Bring a file of version 1 up to date in one transaction: its tree is built.

    Raises LedgerTampered where records are missing; the file stays as it is.
    """
    connection.execute("BEGIN IMMEDIATE")
    if version_of(connection) == FIRST_VERSION:
        connection.execute("ALTER TABLE records ADD COLUMN thread TEXT")
        _make_rest(connection, Edge())
        _build(connection, location)
    connection.execute("COMMIT")


def _make_rest(connection: sqlite3.Connection, edge: Edge) -> None:
    for statement in _BESIDE:
        connection.execute(statement)
    connection.execute("INSERT INTO head VALUES (1, ?, ?)", (edge.size, EMPTY_ROOT))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _build(connection: sqlite3.Connection, location: str) -> None:
    edge = Edge()
    rows = connection.execute('SELECT "index", kind, digest FROM main.records ORDER BY "index"')
    for index, kind, digest in rows:
        if index != edge.size + 1:
            raise _missing(location, edge.size + 1)
        for tile in edge.add(Leaf(index, kind, digest).hash):
            connection.execute("INSERT INTO tiles VALUES (?, ?, ?)", tile)
    connection.execute("UPDATE head SET size = ?, root = ?", (edge.size, edge.root))


def _missing(location: str, index: int) -> LedgerTampered:
    return tampered(location, index, "is missing")
