"""What a report is made of: figures and tables, each with the query that anybody can ask again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Unit: TypeAlias = Literal["count", "share", "coefficient", "seconds", "days"]
"""`count` is counted, not estimated: its log is complete, so it has no interval."""


@dataclass(frozen=True, slots=True)
class Query:
    """How a figure was found."""

    kind: Literal["sql", "verb"]
    """SQL to be run on the ledger, or a verb of Charter's."""
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, or the word that there is none."""

    id: str
    label: str
    value: float | None
    unit: Unit
    query: Query
    low: float | None = None
    """Of the 95 % interval."""
    high: float | None = None
    n: int | None = None
    """Observations that an estimate rests on."""
    before: float | None = None
    """The same of the period before, of equal length."""
    note: str = ""
    """Why there is none, or what the number does not say."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text."""

    id: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    query: Query
    empty: str = "none"
    """Said where there is no row."""


@dataclass(frozen=True, slots=True)
class Section:
    """One subject."""

    id: str
    title: str
    lead: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    headline: str = ""
    """Its most important figures in one sentence, for those who read no further."""
