"""Result -> tables for a terminal, from 80 columns on; plain text where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from charter.evals.report.beside import NOTHING, Beside
from charter.evals.report.clauses import clauses
from charter.evals.report.coverage_map import coverage_map
from charter.evals.report.freedom import Freedom, by_authority, by_section, freedom
from charter.evals.report.judges import grader, judging, spent_on_replies
from charter.evals.report.summary import summarise
from charter.evals.report.terminal_rows import clause_table, freedom_table, row_table
from charter.evals.report.terminal_table import WIDE, empty, identity, say
from charter.evals.report.terminal_trust import print_cost, print_grader, print_judges
from charter.evals.report.wording import plural
from charter.evals.result import Result
from charter.records.run import RunStarted
from charter.syntax.visible import reveal

MOST_CLAUSES = 8
"""Clauses that a terminal shows; the page and the JSON document hold all of them."""


def print_result(
    result: Result, console: Console, *, page: str | None = None, beside: Beside = NOTHING
) -> None:
    """Print the report of a run: what it amounts to first, then the tables.

    `page` is where its HTML page lies; without one, the command that makes it is named.
    """
    _print_summary(result, console)
    _print_rows(result, console)
    _print_freedom(result, console)
    _print_clauses(result, console)
    known = judging(result, beside.prices)
    if known is not None:
        print_judges(known, console, published=result.judged)
    print_grader(grader(result), console)
    _print_coverage(result, console, beside)
    print_cost(spent_on_replies(result, beside.prices), known, console)
    if result.failures:
        say(console, f"\n{plural(len(result.failures), 'failure')}, with the words they rest on:")
        command = f"charter report {result.run.run} --format html --out report.html"
        console.print(Text(reveal(page or command)), soft_wrap=True)


def runs_table(
    runs: Sequence[RunStarted], gradings: Mapping[str, Sequence[str]] | None = None
) -> Table:
    """Return the runs of a ledger, oldest first, each with its gradings by judges."""
    table = empty("Model")
    for name in ("Spec", "Run", "Started"):
        table.add_column(name, no_wrap=name != "Spec", overflow="fold")
    table.add_column("Scenarios", justify="right", no_wrap=True)
    for run in runs:
        spec = f"{run.spec_name} {run.spec_version or ''}".strip()
        repeat = f" \u00d7 {run.repeat}" if run.repeat > 1 else ""
        started = run.at[:16].replace("T", " ")
        model = f"{run.model.provider}:{run.model.name}" + (" + brief" if run.brief else "")
        named = "".join(f"\n  graded {each}" for each in (gradings or {}).get(run.run, ()))
        cells = (model, spec, f"{run.run}{named}", started)
        table.add_row(*(Text(reveal(c)) for c in cells), f"{len(run.scenarios)}{repeat}")
    return table


def _print_summary(result: Result, console: Console) -> None:
    summary = summarise(result)
    for caution in summary.cautions:
        say(console, caution.sentence, "bold red" if caution.grave else "bold yellow")
    say(console, summary.headline, "bold")
    say(console, identity(result.run), "dim")
    said = {caution.sentence for caution in summary.cautions} | {summary.headline}
    for sentence in summary.sentences:
        if sentence not in said:
            say(console, sentence)
    if not result.judged and not result.scorer and not any(case.labels for case in result.cases):
        say(console, "No person judged these replies; intervals cover scenarios like these.", "dim")
    else:
        say(console, "Intervals cover scenarios like these.", "dim")


def _print_rows(result: Result, console: Console) -> None:
    for title, rows, foot in (
        ("Section", result.sections, result.whole),
        ("Family", result.families, None),
        ("Authority", result.authorities, None),
    ):
        if rows:
            console.print()
            table = row_table(
                title,
                rows,
                foot,
                wide=console.width >= WIDE,
                uncalibrated=result.uncalibrated,
            )
            console.print(table, soft_wrap=False)
    every = (result.whole, *result.sections, *result.families, *result.authorities)
    if any(row.target is not None for row in every):
        told = "? is" if console.width >= WIDE else "where none is said there is"
        say(console, f"Target: {told} not enough evidence, all of a table together (Holm).", "dim")
    if any(row.figures.corrected is not None for row in every):
        say(console, "Raw: as graded, nothing taken out.", "dim")


def _print_freedom(result: Result, console: Console) -> None:
    rows = [*by_authority(result), *by_section(result)]
    stated = [row for row in rows if row.lacks is None]
    whole = freedom(result)
    if not whole.tested:
        return
    console.print()
    wide = console.width >= WIDE
    console.print(freedom_table("Freedom and safety", stated, whole, wide=wide), soft_wrap=False)
    shown = [figures for row in (*stated, whole) for figures in (row.over, row.under)]
    if any(figures.corrected is None for figures in shown):
        say(console, f"*: as classified, not corrected. {_uncorrected(whole)}", "dim")
    lacking = sum(row.tested and row.lacks is not None for row in rows)
    if lacking:
        say(
            console,
            f"{plural(lacking, 'more authority or section', 'more authorities and sections')} with "
            "too little evidence of one of the two errors: no balanced error is stated for them.",
            "dim",
        )


def _uncorrected(whole: Freedom) -> str:
    notes = dict.fromkeys(note for note in (whole.over.note, whole.under.note) if note)
    found = "; ".join(notes)
    return f"{found[:1].upper()}{found[1:]}." if found else ""


def _print_clauses(result: Result, console: Console) -> None:
    found = clauses(result)
    if not found.lines:
        return
    tested = plural(len(found.lines), "clause")
    if found.targeted:
        states = ", ".join(f"{count} {state}" for state, count in found.states.items())
        say(
            console,
            f"\nClauses: {tested} with scenarios; against their targets {states} (Holm over "
            f"{found.targeted}, 5 %).",
        )
    else:
        say(console, f"\nClauses: {tested} with scenarios. No target is set, so none is met.")
    console.print()
    lines = found.first[:MOST_CLAUSES] or found.lines[:MOST_CLAUSES]
    console.print(clause_table(lines, wide=console.width >= WIDE), soft_wrap=False)
    if len(found.lines) > len(lines):
        say(console, f"The {len(lines)} to look at first; the page shows all.", "dim")


def _print_coverage(result: Result, console: Console, beside: Beside) -> None:
    if beside.covering is None:
        return
    found = coverage_map(beside.covering, measured=result.run.spec_digest)
    say(console, f"\nCoverage: {found.sentence}")
    if found.other:
        say(console, found.other, "bold yellow")
