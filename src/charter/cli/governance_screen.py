"""Report of a period -> the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as Grid

from charter.cli.screen import plain
from charter.govern.reports.figure import Section, Table
from charter.govern.reports.report import Report
from charter.govern.reports.wording import (
    before_text,
    cell_text,
    interval_text,
    several,
    value_text,
)


def print_governance(report: Report, screen: Console) -> None:
    """Print every figure and table; how they were found is in the other forms."""
    head = report.head
    screen.print(plain(f"{head.title}  {head.organisation}".rstrip()), style="bold", markup=False)
    said = (
        f"{head.period.first} to {head.period.last} (UTC); "
        f"{several(head.size, 'record')} in {head.ledger}"
    )
    screen.print(plain(said), markup=False, highlight=False)
    if not head.is_over:
        screen.print("The period is not over: figures will change.", markup=False)
    for headline in report.headlines:
        screen.print(plain(f"- {headline}"), markup=False, highlight=False)
    for section in report.sections:
        _section(section, screen)


def _section(section: Section, screen: Console) -> None:
    screen.print()
    screen.print(plain(section.title), style="bold", markup=False)
    screen.print(plain(section.lead), markup=False, highlight=False)
    if section.figures:
        grid = _grid(("figure", "value", "95 % interval", "n", "before"))
        for figure in section.figures:
            count = "" if figure.n is None else f"{figure.n:,}"
            label = f"{figure.label} ({figure.note})" if figure.note else figure.label
            cells = (label, value_text(figure), interval_text(figure), count, before_text(figure))
            grid.add_row(*map(plain, cells))
        screen.print(grid, markup=False, highlight=False)
    for table in section.tables:
        _table(table, screen)


def _table(table: Table, screen: Console) -> None:
    if not table.rows:
        screen.print(plain(f"{table.title}: {table.empty}"), markup=False, highlight=False)
        return
    screen.print(plain(table.title), style="italic", markup=False)
    grid = _grid(table.head)
    for row in table.rows:
        grid.add_row(*(plain(cell_text(cell)) for cell in row))
    screen.print(grid, markup=False, highlight=False)


def _grid(head: tuple[str, ...]) -> Grid:
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in head:
        grid.add_column(name, overflow="fold")
    return grid
