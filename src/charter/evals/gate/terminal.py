"""GateResult -> tables for a terminal; plain text where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from charter.evals.gate.claim import GateVerdict
from charter.evals.gate.gate import GateResult
from charter.evals.gate.group import GroupRow
from charter.evals.gate.limits import LimitRow
from charter.evals.gate.wording import (
    POPULATION,
    VERDICT,
    e_value,
    headline,
    identity,
    interval_text,
    limit_reason,
    limited,
    reason,
    remarks,
    share_of,
    violations_text,
)
from charter.evals.report.terminal_table import WIDE, empty, say
from charter.evals.report.wording import percent
from charter.syntax.visible import reveal

_STYLE = {
    GateVerdict.PASS: "green",
    GateVerdict.FAIL: "bold red",
    GateVerdict.NEED_MORE: "yellow",
}


def print_gate(result: GateResult, console: Console) -> None:
    """Print the decision: the verdict first, then why, then the tables."""
    say(console, headline(result), f"bold {_STYLE[result.verdict]}")
    for which, run in (("Base", result.base), ("Candidate", result.candidate)):
        say(console, f"{which}: {identity(run)}", "dim")
    for remark in remarks(result):
        say(console, remark, "yellow")
    for row in result.tested:
        say(console, f"{row.title}: {reason(row, result.question.margin)}")
    for limit in result.limits:
        say(console, f"Limit of {limited(limit.limit)}: {limit_reason(limit)}")
    console.print()
    console.print(_groups("Asked about", result.tested, console), soft_wrap=False)
    if result.limits:
        console.print()
        console.print(_limits(result.limits), soft_wrap=False)
    if result.others:
        console.print()
        console.print(_groups("For information", result.others, console), soft_wrap=False)
    console.print()
    say(console, POPULATION, "dim")


def _groups(title: str, rows: Sequence[GroupRow], console: Console) -> Table:
    wide = console.width >= WIDE
    table = empty(title)
    table.add_column("Verdict", no_wrap=True)
    means = ("Base", "Candidate") if wide else ()
    evidence = ("Pass e", "Fail e") if wide else ("Pass e",)
    for name in (*means, "Points", "+", "-", "n", "Open", *evidence, "More"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        cells = [_percent(row.base), _percent(row.candidate)] if wide else []
        cells += [interval_text(row), str(row.better), str(row.worse), str(row.units)]
        cells += [str(row.units - row.decided), e_value(row.passing)]
        cells += [e_value(row.failing)] if wide else []
        cells.append(_more(row))
        table.add_row(_text(row.title), _verdict(row.verdict), *map(Text, cells))
    return table


def _limits(rows: Sequence[LimitRow]) -> Table:
    table = empty("Limit")
    table.add_column("Verdict", no_wrap=True)
    for name in ("Violations", "n", "Below", "Pass e", "Fail e", "More"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        cells = [violations_text(row), str(row.units), share_of(row.upper)]
        cells += [e_value(row.passing), e_value(row.failing), _more(row)]
        table.add_row(_text(limited(row.limit)), _verdict(row.verdict), *map(Text, cells))
    return table


def _more(row: GroupRow | LimitRow) -> str:
    return "" if row.more is None or row.more.to_pass is None else f"~{row.more.to_pass}"


def _percent(share: float | None) -> str:
    return "-" if share is None else percent(share)


def _verdict(verdict: GateVerdict) -> Text:
    return Text(VERDICT[verdict], _STYLE[verdict])


def _text(text: str) -> Text:
    return Text(reveal(text))
