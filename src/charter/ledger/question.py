"""Questions about many records at once, in SQL that people can run themselves.

A question is one SELECT over `records` with `:name` parameters, written for SQLite: `body->>'at'`
is a member of a record, `json_each(body, '$.checks') AS c` its parts, each a `c.value`. Where
another database says it otherwise, `spoken` puts it so.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Dialect: TypeAlias = Literal["sqlite", "postgresql"]
SQLITE: Dialect = "sqlite"
POSTGRES: Dialect = "postgresql"

_READS = ("SELECT ", "WITH ")
_EACH = re.compile(r"json_each\(body, '\$\.([a-z_]+)'\) AS ([a-z]+)")
_MEMBER = re.compile(r"\bbody->")
_NAME = re.compile(r":([a-z_]+)\b")
_JSON = r"replace(body, '\u0000', '\ufffd')::json"
"""PostgreSQL has no text with the character 0 in it: one record would end every question."""


def spoken(question: str, dialect: Dialect) -> str:
    """Return a question as a database takes it. Raises ValueError for what is no question."""
    if not question.startswith(_READS) or ";" in question:
        raise ValueError("a question is one SELECT")
    if dialect == SQLITE:
        return question
    parts = _EACH.sub(
        lambda found: f"json_array_elements({_JSON}->'{found[1]}') AS {found[2]}(value)", question
    )
    return _MEMBER.sub(lambda _: f"{_JSON}->", parts)


def filled(question: str, values: dict[str, str]) -> str:
    """Return a question with its values in it, as one pastes it into `sqlite3 FILE`."""
    return _NAME.sub(lambda found: "'" + values[found[1]].replace("'", "''") + "'", question)
