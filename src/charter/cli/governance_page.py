"""Report of a period -> one self-contained HTML page: no request to anywhere."""

from __future__ import annotations

from charter.cli.page import environment, render
from charter.govern.reports.report import Report
from charter.govern.reports.wording import before_text, interval_text, value_text


def governance_page(report: Report, *, kicker: str) -> str:
    """Return a report as HTML; `kicker` says what kind of report it is."""
    known = environment(value_text=value_text, interval_text=interval_text, before_text=before_text)
    return render(
        known,
        "governance.html.j2",
        styles=("governance.css.j2",),
        title=report.head.title,
        report=report,
        kicker=kicker,
    )
