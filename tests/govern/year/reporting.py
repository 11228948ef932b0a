"""The governance report of the year: files of what was promised, and the report itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from charter.govern.incidents.regime_file import load_regimes
from charter.govern.objectives.objectives_file import load_objectives
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.status import as_of, statuses
from charter.govern.obligations.answer import answers
from charter.govern.obligations.facts import gather
from charter.govern.obligations.pack_file import load_packs
from charter.govern.reports.figure import Query
from charter.govern.reports.period import Period
from charter.govern.reports.promised import objectives, obligations
from charter.govern.reports.question import Questions
from charter.govern.reports.report import Head, Report, live_sections, report
from charter.ledger.ledger import Ledger

from .plan import APPLICATIONS, SECTIONS, Plan, stamp
from .promises import look

DAYS = 84
"""Of the period of each objective: twelve weeks."""
WITHIN = 1800
"""Seconds in which people are to decide."""


def promised(folder: Path) -> Path:
    """Write objectives.yaml; return it."""
    wanted = [
        (f"accord-{each.replace('_', '-')}", "accord", f"section: {each}") for each in SECTIONS
    ]
    wanted += [
        (f"refusals-{each}", "over-refusals", f"application: {each}") for each in APPLICATIONS
    ]
    wanted += [("checks", "checks-errored", ""), ("failures", "failures", "")]
    wanted += [("blocks", "blocked-overturned", "")]
    lines = ["format: charter-objectives/1", "objectives:"]
    for name, indicator, scope in wanted:
        lines += [f"  - id: {name}", f"    title: What is promised of {name}"]
        lines += [f"    indicator: {indicator}", f"    scope: {{{scope}}}", "    target: 0.95"]
        lines += [f"    days: {DAYS}", "    alerts: [ticket-1d, ticket-3d]"]
    lines += ["  - id: waits", "    title: People decide in half an hour"]
    lines += ["    indicator: approval-wait", f"    within_seconds: {WITHIN}", "    target: 0.5"]
    lines += [f"    days: {DAYS}", "    alerts: []", ""]
    file = folder / "objectives.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def year_of(plan: Plan) -> Period:
    """Return the period of the year."""
    return Period(plan.start.date(), (plan.end - timedelta(days=1)).date())


def reported(
    ledger: Ledger, plan: Plan, rollup: Rollup, *, file: Path, organisation: Path
) -> Report:
    """Return the report of the year as it is made on the day after it."""
    head = ledger.head()
    ask = Questions(ledger, year_of(plan), head.size)
    at = round(plan.end.timestamp() * 1000)
    found = statuses(load_objectives(file), as_of(rollup.measure, at))
    facts = gather(ledger, at=plan.end)
    answered = [
        (each.pack.id, answer)
        for each in answers(load_packs(()), look(organisation, plan.end, facts))
        for answer in each.answers
    ]
    sections = (
        *live_sections(ask, now=plan.end, regimes=load_regimes()),
        objectives(ask, found, file.name),
        obligations(answered, Query("verb", "charter govern obligations --json")),
    )
    made = Head(
        title="Governance report",
        organisation="Example",
        period=ask.period,
        made=stamp(plan.end),
        ledger="ledger",
        size=head.size,
        root=head.root.hex(),
        charter="1.0",
    )
    return report(made, sections)
