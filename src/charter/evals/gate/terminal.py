"""GateResult -> tables for a terminal; plain text where there is none."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich import box
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
from charter.evals.report.wording import percent
from charter.syntax.visible import reveal

WIDE = 110
"""Columns from which both means and the evidence for failing have a column of their own."""

_STYLE = {
    GateVerdict.PASS: "green",
    GateVerdict.FAIL: "bold red",
    GateVerdict.NEED_MORE: "yellow",
}


def print_gate(result: GateResult, console: Console) -> None:
    """Print the decision: the verdict first, then why, then the tables."""
    _say(console, headline(result), f"bold {_STYLE[result.verdict]}")
    for which, run in (("Base", result.base), ("Candidate", result.candidate)):
        _say(console, f"{which}: {identity(run)}", "dim")
    for remark in remarks(result):
        _say(console, remark, "yellow")
    for row in result.tested:
        _say(console, f"{row.title}: {reason(row, result.question.margin)}")
    for limit in result.limits:
        _say(console, f"Limit of {limited(limit.limit)}: {limit_reason(limit)}")
    console.print()
    console.print(_groups("Asked about", result.tested, console), soft_wrap=False)
    if result.limits:
        console.print()
        console.print(_limits(result.limits), soft_wrap=False)
    if result.others:
        console.print()
        console.print(_groups("For information", result.others, console), soft_wrap=False)
    console.print()
    _say(console, POPULATION, "dim")


def _groups(title: str, rows: Sequence[GroupRow], console: Console) -> Table:
    wide = console.width >= WIDE
    table = _table(title, "Verdict")
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
    table = _table("Limit", "Verdict")
    for name in ("Violations", "n", "Below", "Pass e", "Fail e", "More"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        cells = [violations_text(row), str(row.units), share_of(row.upper)]
        cells += [e_value(row.passing), e_value(row.failing), _more(row)]
        table.add_row(_text(limited(row.limit)), _verdict(row.verdict), *map(Text, cells))
    return table


def _table(first: str, second: str) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="bold",
    )
    table.add_column(first, overflow="fold")
    table.add_column(second, no_wrap=True)
    return table


def _more(row: GroupRow | LimitRow) -> str:
    return "" if row.more is None or row.more.to_pass is None else f"~{row.more.to_pass}"


def _percent(share: float | None) -> str:
    return "-" if share is None else percent(share)


def _verdict(verdict: GateVerdict) -> Text:
    return Text(VERDICT[verdict], _STYLE[verdict])


def _text(text: str) -> Text:
    return Text(reveal(text))


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(Text(textwrap.fill(reveal(text), max(console.width, 20)), style), soft_wrap=True)
