"""Report of a period -> one self-contained HTML page: no request to anywhere."""

from __future__ import annotations

from charter.cli.page import environment, render
from charter.govern.reports.report import Report
from charter.govern.reports.wording import before_text, cell_text, interval_text, value_text


def governance_page(report: Report) -> str:
    """Return a report as HTML."""
    known = environment(
        value_text=value_text,
        interval_text=interval_text,
        before_text=before_text,
        cell_text=cell_text,
    )
    return render(
        known,
        "governance.html.j2",
        styles=("governance.css.j2",),
        title=report.head.title,
        report=report,
    )
