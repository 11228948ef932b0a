"""History -> tables for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from charter.evals.history.history import History, Line
from charter.evals.history.wording import COMPARABLE, marks, step_text, suite_text
from charter.evals.report.caution import UNCALIBRATED
from charter.evals.report.figure import decided, figure_text
from charter.evals.report.terminal_table import WIDE, empty, say
from charter.syntax.visible import reveal


def print_history(history: History, console: Console) -> None:
    """Print one table for each model of each spec."""
    if history.uncalibrated:
        text = "figures so marked rest on judges that are not known to be fit."
        say(console, f"{UNCALIBRATED}: {text}", "bold red")
    for board in history.boards:
        say(console, f"{board.title} ({board.spec})", "bold")
        for line in board.lines:
            console.print()
            console.print(_table(line, wide=console.width >= WIDE), soft_wrap=False)
        console.print()
    say(console, f"{COMPARABLE} Intervals are 95 %, over scenarios like these.", "dim")


def _table(line: Line, *, wide: bool) -> Table:
    table = empty(reveal(line.model))
    for name in ("Adhered (95 %)", "n", *(("Over-refusal", "Under-refusal") if wide else ())):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Since the run before, points", overflow="fold")
    for point in line.points:
        version = point.run.spec_version or point.run.spec_digest[:15]
        said = ", ".join(marks(point))
        name = f"{point.number}. {point.run.at[:10]}, {version}\n{point.run.run}\n{said}"
        figures = [figure_text(point.whole.figures), str(decided(point.whole.figures))]
        both = (figure_text(point.errors.over), figure_text(point.errors.under))
        step = f"{step_text(point.step)}\n{suite_text(point.step)}"
        if not wide:
            step = f"{step}\nover {both[0]}\nunder {both[1]}"
        cells = [name, *figures, *(both if wide else ()), step]
        table.add_row(*(Text(reveal(cell).strip()) for cell in cells))
        table.add_section()
    return table
