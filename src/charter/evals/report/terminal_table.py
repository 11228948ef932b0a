"""What the tables and paragraphs of a terminal report share."""

from __future__ import annotations

import re
import textwrap

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from charter.evals.report.wording import brief_text
from charter.records.run import RunStarted
from charter.syntax.visible import reveal

WIDE = 110
"""Columns from which authorities and every reason for no verdict have a column of their own."""
AUTHORITY_STYLE = {
    "root": "red",
    "system": "magenta",
    "developer": "blue",
    "user": "cyan",
    "guideline": "green",
}


def empty(first: str) -> Table:
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


def say(console: Console, text: str, style: str = "") -> None:
    """Print a paragraph; a number and its unit stay on one line, as textwrap breaks at blanks."""
    joined = re.sub(r"(?<=\d) (?=%)", "\u00a0", reveal(text))
    lines = (textwrap.fill(line, max(console.width, 20)) for line in joined.split("\n"))
    console.print(Text("\n".join(lines).replace("\u00a0", " "), style), soft_wrap=True)


def identity(run: RunStarted) -> str:
    """Return what was measured on what, and when."""
    version = f" {run.spec_version}" if run.spec_version else ""
    brief = f" with {brief_text(run.brief)}" if run.brief else ""
    return (
        f"{run.spec_name}{version} ({run.spec_digest[:19]}) on {run.model.provider}:"
        f"{run.model.name}{brief}, {run.at}, run {run.run}"
    )
