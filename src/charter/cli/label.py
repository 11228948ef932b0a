"""`charter label`: replies of a run to people, and what they say of them back into the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from charter.cli.ledger_file import ledger_file, ledger_option
from charter.cli.named_run import named_run
from charter.cli.screen import console, note
from charter.errors import ConfigError, StorageError
from charter.evals.calibration.draw import draw
from charter.evals.calibration.people import People, people
from charter.evals.calibration.read_sheet import read_sheet
from charter.evals.calibration.read_table import CSV_SUFFIXES, JSON_SUFFIXES
from charter.evals.calibration.sheet import csv_sheet, json_sheet, shown_answer
from charter.evals.case import cases_of, grading_of
from charter.evals.moment import stamp
from charter.evals.report.wording import interval_text, plural
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.label import LabelRecorded
from charter.records.run import ReplyRecorded, ScenarioPlanned

MOST = 1_000_000
MOST_NAME = 100


@click.group("label")
def command() -> None:
    """Have people label replies of a run: draw a sample, and read it back."""


@command.command("export")
@click.argument("run")
@click.option(
    "--sample",
    type=click.IntRange(1, MOST),
    required=True,
    help="How many replies to draw at random, of those with a verdict.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="A .csv file for a spreadsheet, or .jsonl.",
)
@ledger_option
def export_sheet(**given: Any) -> None:
    """Draw replies of RUN (an id, or `latest`) at random and write them into a sheet.

    The sheet shows neither verdicts nor what was expected. In the order of its rows, the first of
    them are a random sample too: label from the top down.
    """
    out: Path = given["out"]
    suffix = out.suffix.lower()
    if suffix not in (".csv", *JSON_SUFFIXES):
        raise ConfigError(f"--out {out}: what format?", hint="name a .csv or a .jsonl file")
    if out.exists():
        what = f"{out} exists, and may hold labels"
        raise ConfigError(what, hint="name another file, or move it away")
    with Ledger(open_store(str(ledger_file(given["ledger"])), create=False)) as ledger:
        run = named_run(ledger, given["run"])
        cases = list(cases_of(ledger, run, grading_of(ledger, run.run)))
        drawn = draw(cases, given["sample"], run=run.run, seed=given["seed"])
    if not drawn:
        raise ConfigError(
            f"run {run.run} has no reply with a verdict",
            hint="have it judged first: charter grade",
        )
    if len(drawn) < given["sample"]:
        note(f"the run has {plural(len(drawn), 'reply')} with a verdict: all of them are taken")
    write = csv_sheet if suffix in CSV_SUFFIXES else json_sheet
    _write(out, write(drawn, run=run.run, seed=given["seed"]))
    click.echo(f"{plural(len(drawn), 'reply')} of run {run.run}: {out}")


@command.command("import")
@click.argument("run")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", required=True, metavar="NAME", help="Who labelled; a pseudonym will do.")
@click.option(
    "--partial",
    is_flag=True,
    help="Take labels that are no random sample any more, and record them as chosen.",
)
@ledger_option
def import_sheet(**given: Any) -> None:
    """Read FILE, a sheet that NAME filled in, into the ledger of RUN.

    The rows must be those that were drawn, and the labelled ones the first of them or all. A
    second person labels the same sheet under another name.
    """
    by = given["by"].strip()
    if not by or len(by) > MOST_NAME or not by.isprintable():
        raise ConfigError("--by is no name", hint=f"up to {MOST_NAME} printable characters")
    with Ledger(open_store(str(ledger_file(given["ledger"])), create=False)) as ledger:
        run = named_run(ledger, given["run"])
        every = list(ledger.read(LabelRecorded, run=run.run))
        sheet = read_sheet(
            given["file"],
            run=run.run,
            by=by,
            at=stamp(datetime.now(UTC)),
            replies={
                (reply.scenario, reply.epoch): shown_answer(reply)
                for reply in ledger.read(ReplyRecorded, run=run.run)
            },
            known={(label.scenario, label.epoch): label for label in every if label.by == by},
            partial=given["partial"],
        )
        if sheet.labels:
            ledger.append(*sheet.labels)
        sources = {
            planned.scenario: planned.source or planned.scenario
            for planned in ledger.read(ScenarioPlanned, run=run.run)
        }
    if sheet.known:
        were = "was" if sheet.known == 1 else "were"
        note(f"{plural(sheet.known, 'label')} {were} imported before")
    if sheet.empty:
        note(f"{plural(sheet.empty, 'row')} without a label")
    click.echo(
        f"{plural(len(sheet.labels), 'label')} by {by} recorded for run {run.run} ({sheet.drawn})"
    )
    _say_agreement([*every, *sheet.labels], sources)


def _say_agreement(labels: list[LabelRecorded], sources: Mapping[str, str]) -> None:
    """Say how far people agree on this run, where at least two labelled one reply.

    `sources` says by scenario what it was made from: replies of one are no independent evidence.
    """
    screen = console()
    for name, of in (("label", lambda said: said.label), ("refusal", lambda said: said.refusal)):
        found = _people(labels, of, sources)
        if found is None:
            continue
        alpha, same = found.alpha, found.unanimous
        value = "undefined" if alpha.value is None else f"{alpha.value:.3f}"
        if alpha.interval is not None:
            value += f" (95 % {alpha.interval.low:.3f} to {alpha.interval.high:.3f})"
        shown = "" if same.interval is None else f" ({interval_text(same.interval)})"
        screen.print(
            f"{name}: {found.raters} raters agree on {same.count} of {same.decided} replies"
            f"{shown}; Krippendorff's alpha {value}"
        )


def _people(labels: list[LabelRecorded], of: Any, sources: Mapping[str, str]) -> People | None:
    by = sorted({label.by for label in labels})
    said: dict[tuple[str, int], dict[str, str | None]] = {}
    for label in labels:
        said.setdefault((label.scenario, label.epoch), {})[label.by] = of(label)
    rows = [[given.get(name) for name in by] for given in said.values()]
    return people(rows, [sources.get(scenario, scenario) for scenario, _ in said]) if rows else None


def _write(out: Path, text: str) -> None:
    """Write the whole file or raise StorageError."""
    try:
        with out.open("x", encoding="utf-8", newline="") as stream, _whole(out):
            stream.write(text)
            stream.flush()
    except OSError as cause:
        hint = "name a file in an existing folder with room"
        raise StorageError(f"{out}: {cause.strerror or cause}", hint=hint) from cause


@contextmanager
def _whole(out: Path) -> Iterator[None]:
    """Take a file away that could not be written to its end."""
    try:
        yield
    except OSError:
        with suppress(OSError):
            out.unlink()
        raise
