"""`charter report governance`: what happened in a period, for those who answer for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from charter.cli.document import deliver, recorded
from charter.cli.governance_bundle import write_bundle
from charter.cli.governance_page import governance_page
from charter.cli.governance_screen import print_governance
from charter.cli.screen import note
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.cli.whole_file import write_whole
from charter.errors import ConfigError
from charter.govern.reports.export import export
from charter.govern.reports.figure import Section
from charter.govern.reports.period import Period, period
from charter.govern.reports.report import Head, Report, absent, live_sections, report
from charter.ledger.ledger import Ledger
from charter.ledger.signing import LogKey
from charter.version import VERSION

KICKER = "Governance report"

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("governance")
@click.option("--from", "first", required=True, metavar="DAY", help="Such as 2026-01-01 (UTC).")
@click.option("--to", "last", required=True, metavar="DAY", help="The last day, included.")
@click.option("--organisation", default="", metavar="NAME", help="Who reports.")
@click.option(
    "--runs",
    "places",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of `charter eval --out`: adherence by the runs in it; repeatable.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "html", "pdf"]), default="text",
    show_default=True, help="pdf needs --out and the extra `reports`.",
)  # fmt: skip
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--out", type=_FILE, metavar="FILE", help="Write to this file instead.")
@click.option(
    "--bundle", type=click.Path(path_type=Path), metavar="DIR",
    help="Also write a folder with the report, the records it rests on, and their verifier.",
)  # fmt: skip
@click.option(
    "--log-key", type=_FILE, metavar="FILE", help="The log's key: sign a checkpoint for the bundle."
)
@ledger_place
@config_option
def governance_command(**given: Any) -> None:
    """Report on a period: rules in force, decisions, adherence, incidents, releases, people.

    Every figure carries its query: SQL for a copy of the ledger, or a verb. What was not named is
    said not to be reported.
    """
    days = period(given["first"], given["last"], today=datetime.now(UTC).date())
    if given["form"] == "pdf" and given["out"] is None:
        raise ConfigError("--format pdf needs a file", hint="name it with --out report.pdf")
    with opened_ledger(given) as ledger:
        made = _report(ledger, days, given)
        if given["bundle"] is not None:
            _bundle(ledger, made, given)
    if given["form"] == "pdf":
        from charter.govern.reports.pdf import pdf  # noqa: PLC0415 - needs an extra

        write_whole(given["out"], pdf(made))
        return
    text = _text(made, given["form"], to_file=given["out"] is not None)
    deliver(text, given["out"], lambda screen: print_governance(made, screen))


def _bundle(ledger: Ledger, made: Report, given: dict[str, Any]) -> None:
    key = None if given["log_key"] is None else LogKey.load(given["log_key"])
    write_bundle(ledger, made, given["bundle"], kicker=KICKER, key=key)
    note(f"{given['bundle']}: the report with {made.head.size} records")
    if key is None and ledger.store.checkpoint() is None:
        note("no checkpoint is signed: without --log-key nothing vouches for the records")


def _report(ledger: Ledger, days: Period, given: dict[str, Any]) -> Report:
    head = ledger.head()
    return report(
        Head(
            title="Governance report",
            organisation=given["organisation"],
            period=days,
            made=now(),
            ledger=ledger.where,
            size=head.size,
            root=head.root.hex(),
            charter=VERSION,
        ),
        (*live_sections(ledger, days, size=head.size), _adherence(days, given)),
    )


def _adherence(days: Period, given: dict[str, Any]) -> Section:
    if not given["places"]:
        return absent("adherence", "Adherence", "--runs")
    from charter.cli.governance_adherence import adherence_section  # noqa: PLC0415 - slow

    return adherence_section(given["places"], days)


def _text(made: Report, form: str, *, to_file: bool) -> str | None:
    """Return the document; None for tables that belong on the terminal."""
    if form == "json":
        return json.dumps(export(made), indent=1, allow_nan=False)
    if form == "html":
        return governance_page(made, kicker=KICKER)
    return recorded(lambda screen: print_governance(made, screen)) if to_file else None
