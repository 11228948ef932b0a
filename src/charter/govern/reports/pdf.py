"""Report -> PDF, tagged for screen readers, the same bytes for the same report and fonts.

Needs the extra `reports`. The words of a report are data to the typesetter, never its language.
Where a font of the machine lacks a character, the document is tagged all the same, but is no
PDF/UA-1, which asks for all of them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Literal

from charter.errors import ConfigError
from charter.govern.reports.figure import Figure, Section, Table
from charter.govern.reports.report import Report
from charter.govern.reports.wording import (
    before_text,
    cell_text,
    interval_text,
    value_text,
)
from charter.syntax.visible import reveal

_WHEN = "%Y-%m-%dT%H:%M:%S.%fZ"


def pdf(report: Report) -> bytes:
    """Return a report as PDF, PDF/UA-1 where that can be.

    Raises ConfigError without the extra.
    """
    try:
        import typst  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as cause:
        raise ConfigError(
            "a PDF needs an extra", hint="pip install 'charter[reports]', or --format html"
        ) from cause
    try:
        return _typeset(report, "ua-1")
    except typst.TypstError:
        return _typeset(report, None)


def _typeset(report: Report, standard: Literal["ua-1"] | None) -> bytes:
    import typst  # noqa: PLC0415 - an extra

    source = files("charter.govern.reports") / "templates" / "report.typ"
    return typst.compile(
        source.read_bytes(),
        format="pdf",
        sys_inputs={"report": json.dumps(values(report), ensure_ascii=False)},
        pdf_standards=standard,
        timestamp=datetime.strptime(report.head.made, _WHEN).replace(microsecond=0, tzinfo=UTC),
    )


def values(report: Report) -> dict[str, Any]:
    """Return what the template shows: texts only, with hidden characters made visible."""
    head = report.head
    queries: list[str] = []
    for section in report.sections:
        queries += [figure.query.text for figure in section.figures]
        queries += [table.query.text for table in section.tables]
    numbers = {query: at for at, query in enumerate(dict.fromkeys(queries), 1)}
    return {
        "title": reveal(head.title),
        "organisation": reveal(head.organisation),
        "since": head.period.first.isoformat(),
        "until": head.period.last.isoformat(),
        "first": head.period.first.isoformat(),
        "last": head.period.last.isoformat(),
        "made": head.made,
        "over": head.is_over,
        "charter": head.charter,
        "ledger": reveal(head.ledger),
        "size": f"{head.size:,}",
        "root": head.root,
        "sections": [_section(each, numbers) for each in report.sections],
        "headlines": [reveal(each.headline) for each in report.sections if each.headline],
        "queries": [reveal(query) for query in numbers],
    }


def _section(section: Section, numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "title": reveal(section.title),
        "lead": reveal(section.lead),
        "figures": [_figure(each, numbers) for each in section.figures],
        "tables": [_table(each, numbers) for each in section.tables],
    }


def _figure(figure: Figure, numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "label": reveal(figure.label),
        "value": value_text(figure),
        "interval": interval_text(figure),
        "n": "" if figure.n is None else f"{figure.n:,}",
        "before": before_text(figure),
        "note": reveal(figure.note),
        "query": numbers[figure.query.text],
    }


def _table(table: Table, numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "title": reveal(table.title),
        "head": list(table.head),
        "rows": [[reveal(cell_text(cell)) for cell in row] for row in table.rows],
        "empty": reveal(table.empty),
        "query": numbers[table.query.text],
    }
