"""Reports of a period: their options, and how they reach people."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from charter.cli.document import deliver, recorded
from charter.cli.governance_bundle import signed_head, write_bundle
from charter.cli.governance_page import governance_page
from charter.cli.governance_screen import print_governance
from charter.cli.screen import note
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.cli.whole_file import write_whole
from charter.errors import ConfigError
from charter.govern.reports.export import export
from charter.govern.reports.figure import Section
from charter.govern.reports.period import Period, period
from charter.govern.reports.report import Head, Report, absent, report
from charter.govern.reports.wording import several
from charter.ledger.ledger import Ledger
from charter.ledger.signing import LogKey
from charter.version import VERSION

Command = TypeVar("Command", bound=Callable[..., Any])
Sections = Callable[[Ledger, Period, int], Sequence[Section]]
"""The ledger, the period, and how many records count -> what the report has of its own."""

_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    click.option("--from", "first", required=True, metavar="DAY", help="Such as 2026-01-01 (UTC)."),
    click.option("--to", "last", required=True, metavar="DAY", help="The last day, included."),
    click.option("--runs", "places", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
                 help="Folder of `charter eval --out`: adherence by the runs in it; repeatable."),
    click.option("--format", "form", type=click.Choice(["text", "json", "html", "pdf"]),
                 default="text", show_default=True,
                 help="pdf needs --out and the extra `reports`."),
    click.option("--json", "form", flag_value="json", help="The same as --format json."),
    click.option("--out", type=_FILE, metavar="FILE", help="Write to this file instead."),
    click.option("--bundle", type=click.Path(path_type=Path), metavar="DIR",
                 help="Also write a folder with the report, its records, and their verifier."),
    click.option("--log-key", type=_FILE, metavar="FILE",
                 help="The log's key: sign a checkpoint for the bundle."),
    ledger_place,
    config_option,
)  # fmt: skip


def report_options(command: Command) -> Command:
    """Add the options that `deliver_report` reads."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


def deliver_report(
    given: dict[str, Any], sections: Sections, *, title: str, organisation: str
) -> None:
    """Make a report and put it where it is wanted. Raises CharterError.

    All records are checked first: a count over a ledger that was changed says nothing.
    """
    days = period(given["first"], given["last"], today=datetime.now(UTC).date())
    if given["form"] == "pdf" and given["out"] is None:
        raise ConfigError("--format pdf needs a file", hint="name it with --out report.pdf")
    bundled = given["bundle"] is not None
    key = LogKey.load(given["log_key"]) if bundled and given["log_key"] is not None else None
    with opened_ledger(given) as ledger:
        signed = None if key is None else signed_head(ledger, key)
        checked = ledger.check()
        head = signed or checked
        made = report(
            Head(
                title=title,
                organisation=organisation,
                period=days,
                made=now(),
                ledger=ledger.where,
                size=head.size,
                root=head.root.hex(),
                charter=VERSION,
            ),
            sections(ledger, days, head.size),
        )
        if bundled:
            _bundle(ledger, made, given["bundle"])
    if given["form"] == "pdf":
        from charter.govern.reports.pdf import pdf  # noqa: PLC0415 - needs an extra

        write_whole(given["out"], pdf(made))
        return
    text = _text(made, given["form"], to_file=given["out"] is not None)
    deliver(text, given["out"], lambda screen: print_governance(made, screen))


def adherence_of(given: dict[str, Any], days: Period) -> Section:
    """Return how models kept to the spec, or that nobody named where that is known."""
    if not given["places"]:
        return absent("adherence", "Adherence", "--runs")
    from charter.cli.governance_adherence import adherence_section  # noqa: PLC0415 - slow

    return adherence_section(given["places"], days)


def _bundle(ledger: Ledger, made: Report, folder: Path) -> None:
    write_bundle(ledger, made, folder)
    note(f"{folder}: the report with {several(made.head.size, 'record')}")
    if not any(size == made.head.size for size, _ in ledger.store.checkpoints(made.head.size)):
        note("its newest records are under no signed checkpoint: --log-key signs one")


def _text(made: Report, form: str, *, to_file: bool) -> str | None:
    """Return the document; None for tables that belong on the terminal."""
    if form == "json":
        return json.dumps(export(made), indent=1, allow_nan=False)
    if form == "html":
        return governance_page(made)
    return recorded(lambda screen: print_governance(made, screen)) if to_file else None
