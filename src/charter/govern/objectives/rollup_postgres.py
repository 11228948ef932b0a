"""Counts in the PostgreSQL database of the ledger, in a schema of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlalchemy as sa

from charter.errors import LedgerUnavailable
from charter.govern.objectives.rollup_store import LOCK, SCHEMA, TABLES, WAIT_S, Session


class _PostgresSession:
    __slots__ = ("_connection",)

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def all(self, statement: str, values: Mapping[str, Any] | None = None) -> list[Any]:
        return [tuple(row) for row in self._connection.execute(_text(statement), values or {})]

    def run(self, statement: str, values: Mapping[str, Any] | None = None) -> None:
        self._connection.execute(_text(statement), values or {})

    def many(self, statement: str, values: Sequence[Mapping[str, Any]]) -> None:
        if values:
            self._connection.execute(_text(statement), [dict(each) for each in values])


class PostgresRollups:
    """Tables in the schema `charter_rollups`."""

    def __init__(self, url: str) -> None:
        place = sa.make_url(url).set(drivername="postgresql+psycopg")
        wait = int(WAIT_S * 1000)
        options = f"-c search_path={SCHEMA} -c lock_timeout={wait}"
        self._engine = sa.create_engine(
            place, connect_args={"connect_timeout": 5, "options": options}, pool_size=2
        )
        try:
            with self.changing() as session:
                session.run(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
                for statement in TABLES:
                    session.run(statement)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """See `RollupStore`."""
        with self._errors(), self._engine.connect() as connection:
            yield _PostgresSession(connection.execution_options(isolation_level="REPEATABLE READ"))

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """See `RollupStore`."""
        with self._errors(), self._engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            yield _PostgresSession(connection)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as cause:
            line = " ".join(str(getattr(cause, "orig", cause)).split())[:300]
            raise LedgerUnavailable(
                f"counts of the ledger in schema {SCHEMA}: {line}",
                hint=f"check the server; DROP SCHEMA {SCHEMA} CASCADE has them counted anew",
            ) from cause


@cache
def _text(statement: str) -> sa.TextClause:
    return sa.text(statement)
