"""Report -> JSON: what `charter report governance --json` writes.

The models below are the format; `schema` gives it as JSON Schema.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from charter.govern.reports.figure import Figure, Query, Section, Table
from charter.govern.reports.report import Report

FORMAT = "charter-governance/1"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class QueryJson(_Model):
    """How a figure or table was found."""

    kind: Literal["sql", "verb"]
    """SQL that can be run on the ledger as it stands, or a verb of Charter's."""
    text: str


class FigureJson(_Model):
    """One number."""

    id: str
    label: str
    value: float | None
    """null: there is none, and `note` says why."""
    unit: Literal["count", "share", "coefficient", "seconds", "days"]
    low: float | None
    """Of the 95 % interval; null for counts, which are of a complete log."""
    high: float | None
    n: int | None
    """Observations that an estimate rests on."""
    before: float | None
    """The same in the period of equal length before."""
    note: str
    query: QueryJson


class TableJson(_Model):
    """Rows of text."""

    id: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    query: QueryJson


class SectionJson(_Model):
    """One subject."""

    id: str
    title: str
    lead: str
    headline: str
    """Its most important figures in one sentence; empty for none."""
    figures: tuple[FigureJson, ...]
    tables: tuple[TableJson, ...]


class GovernanceJson(_Model):
    """A report of a period."""

    format: Literal["charter-governance/1"]
    title: str
    organisation: str
    """Empty where nobody said."""
    since: str
    """The first moment of the period, UTC."""
    until: str
    """The first moment after it."""
    made: str
    ledger: str
    size: int
    """Records the ledger had."""
    root: str
    """Of its tree at that size, hex."""
    charter: str
    """Version that made it."""
    sections: tuple[SectionJson, ...]


def export(report: Report) -> dict[str, Any]:
    """Return a report as JSON values."""
    head = report.head
    made = GovernanceJson(
        format="charter-governance/1",
        title=head.title,
        organisation=head.organisation,
        since=head.period.since,
        until=head.period.until,
        made=head.made,
        ledger=head.ledger,
        size=head.size,
        root=head.root,
        charter=head.charter,
        sections=tuple(_section(each) for each in report.sections),
    )
    return made.model_dump(mode="json")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the format."""
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **GovernanceJson.model_json_schema()}


def _section(section: Section) -> SectionJson:
    return SectionJson(
        id=section.id,
        title=section.title,
        lead=section.lead,
        headline=section.headline,
        figures=tuple(_figure(each) for each in section.figures),
        tables=tuple(_table(each) for each in section.tables),
    )


def _figure(figure: Figure) -> FigureJson:
    return FigureJson(
        id=figure.id,
        label=figure.label,
        value=figure.value,
        unit=figure.unit,
        low=figure.low,
        high=figure.high,
        n=figure.n,
        before=figure.before,
        note=figure.note,
        query=_query(figure.query),
    )


def _table(table: Table) -> TableJson:
    return TableJson(
        id=table.id,
        title=table.title,
        head=table.head,
        rows=table.rows,
        query=_query(table.query),
    )


def _query(query: Query) -> QueryJson:
    return QueryJson(kind=query.kind, text=query.text)
