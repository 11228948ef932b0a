"""`charter report governance`: what happened in a period, for those who answer for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from charter.cli.report_options import adherence_of, deliver_report, report_options
from charter.cli.report_promised import (
    objectives_of,
    obligations_of,
    promised_options,
    thresholds_of,
)
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.reports.figure import Section
from charter.govern.reports.period import Period
from charter.govern.reports.question import Questions
from charter.govern.reports.report import live_sections
from charter.ledger.ledger import Ledger


@click.command("governance")
@click.option("--by", "reporter", default="", metavar="NAME", help="Who reports.")
@promised_options
@report_options
def governance_command(**given: Any) -> None:
    """Report on a period: rules in force, decisions, adherence, incidents, releases, people.

    Every figure carries its query: SQL for a copy of the ledger, or a verb. What was not named is
    said not to be reported.
    """

    def sections(ledger: Ledger, days: Period, size: int) -> Sequence[Section]:
        ask = Questions(ledger, days, size)
        return (
            *live_sections(ask, now=datetime.now(UTC), regimes=load_regimes()),
            adherence_of(given, days),
            objectives_of(given, ask),
            thresholds_of(given, ask),
            obligations_of(given, ask),
        )

    deliver_report(given, sections, title="Governance report", organisation=given["reporter"])
