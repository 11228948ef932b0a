"""Result -> tables for a terminal, from 80 columns on; plain text where there is none."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from charter.evals.report.compare import Change, ComparedRow, Comparison
from charter.evals.report.contrast import sentences
from charter.evals.report.summary import summarise
from charter.evals.report.wording import (
    brief_text,
    lacking,
    number,
    p_text,
    plural,
    points,
    points_interval,
    share_text,
)
from charter.evals.result import Result, Row, Share
from charter.evals.score import Verdict
from charter.records import RunStarted
from charter.syntax.visible import reveal

WIDE = 110
"""Columns from which authorities and every reason for no verdict have a column of their own."""

_AUTHORITY_STYLE = {
    "root": "red",
    "system": "magenta",
    "developer": "blue",
    "user": "cyan",
    "guideline": "green",
}


def print_result(result: Result, console: Console, *, page: str | None = None) -> None:
    """Print the report of a run: what it amounts to first, then the tables.

    `page` is where its HTML page lies; without one, the command that makes it is named.
    """
    summary = summarise(result)
    if summary.state:
        _say(console, summary.state, "bold yellow")
    _say(console, summary.headline, "bold")
    _say(console, _identity(result.run), "dim")
    for sentence in summary.sentences:
        if sentence not in (summary.state, summary.headline):
            _say(console, sentence)
    _say(console, "No person judged these replies; intervals cover prompts like these.", "dim")
    for title, rows, foot in (
        ("Section", result.sections, result.whole),
        ("Family", result.families, None),
        ("Authority", result.authorities, None),
    ):
        if rows:
            console.print()
            console.print(_table(title, rows, foot, wide=console.width >= WIDE), soft_wrap=False)
    if result.failures:
        _say(console, f"\n{plural(len(result.failures), 'failure')}, with the words they rest on:")
        command = f"charter report {result.run.run} --format html --out report.html"
        console.print(Text(reveal(page or command)), soft_wrap=True)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print two runs side by side."""
    for caution in comparison.cautions:
        _say(console, caution, "bold yellow")
    first, *rest = sentences(comparison)
    _say(console, first, "bold")
    for name, result in (("First", comparison.first), ("Second", comparison.second)):
        _say(console, f"{name}: {_identity(result.run)}", "dim")
    for sentence in rest:
        _say(console, sentence)
    _say(console, "p is exact (McNemar) and not corrected for the number of rows.", "dim")
    for title, rows, foot in (
        ("Section", comparison.sections, comparison.whole),
        ("Family", comparison.families, None),
        ("Authority", comparison.authorities, None),
    ):
        if rows:
            console.print()
            table = _compared(title, rows, foot, wide=console.width >= WIDE)
            console.print(table, soft_wrap=False)
    for worse, title in ((True, "From adhered to violated"), (False, "From violated to adhered")):
        _list_changes(console, title, [c for c in comparison.changes if c.worse is worse])


def runs_table(runs: Sequence[RunStarted]) -> Table:
    """Return the runs of a ledger, oldest first."""
    table = _empty("Model")
    for name in ("Spec", "Run", "Started"):
        table.add_column(name, no_wrap=name != "Spec", overflow="fold")
    table.add_column("Scenarios", justify="right", no_wrap=True)
    for run in runs:
        spec = f"{run.spec_name} {run.spec_version or ''}".strip()
        repeat = f" \u00d7 {run.repeat}" if run.repeat > 1 else ""
        started = run.at[:16].replace("T", " ")
        model = f"{run.model.provider}:{run.model.name}" + (" + brief" if run.brief else "")
        cells = (model, spec, run.run, started)
        table.add_row(*(Text(reveal(c)) for c in cells), f"{len(run.scenarios)}{repeat}")
    return table


def _table(title: str, rows: Sequence[Row], foot: Row | None, *, wide: bool) -> Table:
    table = _empty(title)
    authority = wide and title == "Section"
    if authority:
        table.add_column("Authority", no_wrap=True)
    table.add_column("Adhered (95 % interval)", justify="right", no_wrap=True)
    names = ("n", *_OPEN.values()) if wide else ("n", "Open")
    names = (names[0], "Over", "Under", *names[1:])
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row, authority=authority, wide=wide))
    if foot is not None:
        table.add_section()
        table.add_row(*_cells(foot, authority=authority, wide=wide), style="bold")
    return table


_OPEN = {
    Verdict.NOT_JUDGED: "Unjudged",
    Verdict.CUT_OFF: "Cut off",
    Verdict.FILTERED: "Filtered",
    Verdict.ERROR: "Errors",
}


def _cells(row: Row, *, authority: bool, wide: bool) -> list[Text]:
    share = share_text(row.adherence)
    decided = row.counts[Verdict.ADHERED] + row.counts[Verdict.VIOLATED]
    open_ = (
        [str(row.counts[verdict]) for verdict in _OPEN] if wide else [str(row.planned - decided)]
    )
    cells = [Text(reveal(row.title))]
    if authority:
        name = row.authority or ""
        cells.append(Text(reveal(name), _AUTHORITY_STYLE.get(name, "")))
    cells.append(Text(share, "" if row.enough else "dim"))
    counts = [str(row.adherence.scenarios), _part(row.over_refusal), _part(row.under_refusal)]
    return cells + [Text(text) for text in (*counts, *open_)]


def _compared(
    title: str, rows: Sequence[ComparedRow], foot: ComparedRow | None, *, wide: bool
) -> Table:
    table = _empty(title)
    names = ("First run", "Second run") if wide else ()
    for name in (*names, "Pairs", "+", "-", "Points (95 % interval)", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in (*rows, *([foot] if foot else [])):
        if row is foot:
            table.add_section()
        pair = row.paired
        cells = [share_text(row.first), share_text(row.second)] if wide else []
        cells += [str(pair.scenarios), str(pair.better), str(pair.worse)]
        if row.enough and pair.interval is not None:
            difference = f"{points(pair.difference)} ({points_interval(pair.interval)})"
            cells += [difference, p_text(pair.p)]
        else:
            cells += [lacking(pair.scenarios), ""]
        style = "bold" if row is foot else ""
        table.add_row(Text(reveal(row.title)), *(Text(cell) for cell in cells), style=style)
    return table


def _list_changes(console: Console, title: str, changes: Sequence[Change]) -> None:
    if not changes:
        return
    _say(console, f"\n{title} ({len(changes)})", "bold")
    for change in changes:
        scenario = change.second.scenario
        _say(console, f"  {scenario.section}: {scenario.caption} [{scenario.scenario}]")


def _empty(first: str) -> Table:
    """Return a table whose first column gives way where the terminal is narrow."""
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="bold",
    )
    table.add_column(first, overflow="fold")
    return table


def _identity(run: RunStarted) -> str:
    version = f" {run.spec_version}" if run.spec_version else ""
    brief = f" with {brief_text(run.brief)}" if run.brief else ""
    return (
        f"{run.spec_name}{version} ({run.spec_digest[:19]}) on {run.model.provider}:"
        f"{run.model.name}{brief}, {run.at}, run {run.run}"
    )


def _part(share: Share) -> str:
    return f"{number(share.successes)}/{share.scenarios}" if share.scenarios else "-"


def _say(console: Console, text: str, style: str = "") -> None:
    """Print a paragraph; a number and its unit stay on one line, as textwrap breaks at blanks."""
    joined = re.sub(r"(?<=\d) (?=%)", "\u00a0", reveal(text))
    lines = (textwrap.fill(line, max(console.width, 20)) for line in joined.split("\n"))
    console.print(Text("\n".join(lines).replace("\u00a0", " "), style), soft_wrap=True)
