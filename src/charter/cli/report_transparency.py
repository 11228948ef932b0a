"""`charter report transparency`: what is published with a model, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from charter.cli.input_file import read_text
from charter.cli.report_options import adherence_of, deliver_report, report_options
from charter.govern.reports.decided import decided
from charter.govern.reports.figure import Section
from charter.govern.reports.period import Period
from charter.govern.reports.question import Questions
from charter.govern.reports.traffic import in_force
from charter.govern.reports.transparency import read_facts, transparency
from charter.ledger.ledger import Ledger


@click.command("transparency")
@click.option(
    "--facts", "file", required=True, metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What the organisation says, field by field: see docs/governance-report.md.",
)  # fmt: skip
@report_options
def transparency_command(**given: Any) -> None:
    """Report to the public: the fields of a file, the rules in force, and how models keep to them.

    Fields that nobody filled in are shown as unknown. Not legal advice.
    """
    path = str(given["file"])
    facts = read_facts(read_text(path), path)

    def sections(ledger: Ledger, days: Period, size: int) -> Sequence[Section]:
        ask = Questions(ledger, days, size)
        return (
            transparency(facts),
            in_force(ask, decided(ask), public=True),
            adherence_of(given, days),
        )

    title = f"Transparency report: {facts.model}"
    deliver_report(given, sections, title=title, organisation=facts.organisation)
