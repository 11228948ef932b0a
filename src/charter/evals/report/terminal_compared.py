"""Comparison -> tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from charter.estimates.interval import ENOUGH
from charter.estimates.paired import Paired
from charter.evals.report.compare import Change, ComparedRow, Comparison
from charter.evals.report.contrast import sentences
from charter.evals.report.figure import figure_text, raw_text, stated_correction
from charter.evals.report.terminal_table import WIDE, empty, identity, say
from charter.evals.report.wording import (
    DASH,
    lacking,
    p_text,
    points,
    points_interval,
)
from charter.evals.row import Row
from charter.syntax.visible import reveal


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print two runs side by side."""
    for caution in comparison.cautions:
        say(console, caution, "bold yellow")
    first, *rest = sentences(comparison)
    say(console, first, "bold")
    for name, result in (("First", comparison.first), ("Second", comparison.second)):
        say(console, f"{name}: {identity(result.run)}", "dim")
    for sentence in rest:
        say(console, sentence)
    say(
        console,
        "Differences are of verdicts as graded. p is exact and not corrected for the number of "
        "rows.",
        "dim",
    )
    groups: tuple[tuple[str, Sequence[ComparedRow], ComparedRow | None], ...] = (
        ("Section", comparison.sections, comparison.whole),
        ("Family", comparison.families, None),
        ("Authority", comparison.authorities, None),
    )
    for title, rows, foot in groups:
        if rows:
            console.print()
            table = _compared(title, rows, foot, wide=console.width >= WIDE)
            console.print(table, soft_wrap=False)
    console.print()
    both = [*comparison.authorities, *comparison.sections]
    console.print(_refusals(both, comparison.whole), soft_wrap=False)
    for worse, title in ((True, "From adhered to violated"), (False, "From violated to adhered")):
        _list_changes(console, title, [c for c in comparison.changes if c.worse is worse])


def _compared(
    title: str, rows: Sequence[ComparedRow], foot: ComparedRow | None, *, wide: bool
) -> Table:
    table = empty(title)
    names = ("First run", "Second run") if wide else ()
    for name in (*names, "Pairs", "+", "-", "Points (95 % interval)", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in (*rows, *([foot] if foot else [])):
        if row is foot:
            table.add_section()
        pair = row.paired
        cells = [_side(row.first), _side(row.second)] if wide else []
        cells += [str(pair.scenarios), str(pair.better), str(pair.worse)]
        if row.enough and pair.interval is not None:
            difference = f"{points(pair.difference)} ({points_interval(pair.interval)})"
            cells += [difference, p_text(pair.p)]
        else:
            cells += [lacking(pair.scenarios), ""]
        style = "bold" if row is foot else ""
        table.add_row(Text(reveal(row.title)), *(Text(cell) for cell in cells), style=style)
    return table


def _refusals(rows: Sequence[ComparedRow], whole: ComparedRow) -> Table:
    """Return how both errors moved, never one without the other; below 0 is better."""
    table = empty("Change of errors, points")
    for name in ("Over-refusal", "Under-refusal", "Balanced"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in (*rows, whole):
        change = row.refusals
        if row is whole:
            table.add_section()
        elif change.balanced is None:
            continue
        balanced = DASH
        if change.balanced is not None and change.interval is not None:
            balanced = f"{points(change.balanced)} ({points_interval(change.interval)})"
        cells = (_points(change.over), _points(change.under), balanced)
        style = "bold" if row is whole else ""
        table.add_row(Text(reveal(row.title)), *map(Text, cells), style=style)
    return table


def _points(pair: Paired) -> str:
    if pair.interval is None or pair.scenarios < ENOUGH:
        return f"n={pair.scenarios}"
    return f"{points(pair.difference)} ({points_interval(pair.interval)})"


def _side(row: Row | None) -> str:
    if row is None:
        return lacking(0)
    text = figure_text(row.figures)
    return f"{text}\ngraded {raw_text(row.figures)}" if stated_correction(row.figures) else text


def _list_changes(console: Console, title: str, changes: Sequence[Change]) -> None:
    if not changes:
        return
    say(console, f"\n{title} ({len(changes)})", "bold")
    for change in changes:
        scenario = change.second.scenario
        say(console, f"  {scenario.section}: {scenario.caption} [{scenario.scenario}]")
