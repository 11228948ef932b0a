"""Where counts are kept: a file beside the ledger, a schema of its own in PostgreSQL, or memory.

Everything in it is derived from the ledger: it may be deleted at any time, and is counted anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

SCHEMA = "charter_rollups"
LOCK = 0x6368726F6C6C
"""The key of the advisory lock: `chroll` in ASCII."""
WAIT_S = 30.0
TABLES = (
    "DROP TABLE IF EXISTS counts",  # of earlier versions, which had a row for each minute
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    (
        "CREATE TABLE IF NOT EXISTS hours (series TEXT NOT NULL, place TEXT NOT NULL,"
        " hour BIGINT NOT NULL, application TEXT NOT NULL, model TEXT NOT NULL,"
        " bad BIGINT NOT NULL, total BIGINT NOT NULL, minutes BYTEA NOT NULL,"
        " PRIMARY KEY (series, place, hour, application, model))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS names (dimension TEXT NOT NULL, name TEXT NOT NULL,"
        " PRIMARY KEY (dimension, name))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS waits (series TEXT NOT NULL, id TEXT NOT NULL,"
        " about TEXT NOT NULL, place TEXT NOT NULL, application TEXT NOT NULL,"
        " began BIGINT NOT NULL, ended BIGINT, outcome TEXT NOT NULL, PRIMARY KEY (series, id))"
    ),
    "CREATE INDEX IF NOT EXISTS waits_by_time ON waits (series, began)",
    "CREATE INDEX IF NOT EXISTS waits_by_end ON waits (series, ended)",
    "CREATE INDEX IF NOT EXISTS waits_by_subject ON waits (series, about)",
    "CREATE TABLE IF NOT EXISTS dropped (series TEXT, id TEXT, PRIMARY KEY (series, id))",
    (
        "CREATE TABLE IF NOT EXISTS strata (sample TEXT NOT NULL, name TEXT NOT NULL,"
        " population BIGINT NOT NULL, drawn BIGINT NOT NULL, PRIMARY KEY (sample, name))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS answers (sample TEXT NOT NULL, decision TEXT NOT NULL,"
        " section TEXT NOT NULL, stratum TEXT NOT NULL, application TEXT NOT NULL,"
        " model TEXT NOT NULL, effect TEXT NOT NULL, minute BIGINT NOT NULL,"
        " PRIMARY KEY (sample, decision))"
    ),
    "CREATE INDEX IF NOT EXISTS answers_by_time ON answers (minute)",
    (
        "CREATE TABLE IF NOT EXISTS verdicts (decision TEXT NOT NULL, section TEXT NOT NULL,"
        " sample TEXT NOT NULL, judge TEXT NOT NULL, calibration TEXT NOT NULL,"
        " verdict TEXT NOT NULL, minute BIGINT NOT NULL, PRIMARY KEY (sample, decision, judge))"
    ),
    "CREATE INDEX IF NOT EXISTS verdicts_by_decision ON verdicts (decision)",
    (
        "CREATE TABLE IF NOT EXISTS reviews (decision TEXT NOT NULL, person TEXT NOT NULL,"
        " section TEXT NOT NULL, label TEXT NOT NULL, refusal TEXT NOT NULL,"
        " right_one INTEGER, drawn TEXT NOT NULL, application TEXT NOT NULL, model TEXT NOT NULL,"
        " effect TEXT NOT NULL, minute BIGINT NOT NULL, said BIGINT NOT NULL,"
        " PRIMARY KEY (decision, person))"
    ),
    "CREATE INDEX IF NOT EXISTS reviews_by_time ON reviews (minute)",
    "CREATE TABLE IF NOT EXISTS items (item TEXT PRIMARY KEY, decision TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS items_by_decision ON items (decision)",
    "CREATE TABLE IF NOT EXISTS exercises (item TEXT PRIMARY KEY)",
)
NAMES = (
    *("meta", "hours", "names", "waits", "dropped", "strata", "answers", "verdicts"),
    *("reviews", "items", "exercises"),
)


class Session(Protocol):
    """One transaction."""

    def all(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Return every row."""
        ...

    def run(self, statement: str, values: Mapping[str, Any] | None = None) -> None:
        """Change something."""
        ...

    def many(self, statement: str, values: Sequence[Mapping[str, Any]]) -> None:
        """Do the same for many rows."""
        ...


class RollupStore(Protocol):
    """What keeps the tables."""

    def reading(self) -> Any:
        """Return a context of a session in which all statements see one moment."""
        ...

    def changing(self) -> Any:
        """Return a context of a session that nobody else changes at the same time."""
        ...

    def close(self) -> None:
        """Release it."""
        ...
