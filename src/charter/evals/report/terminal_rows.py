"""Rows of a result -> tables of a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from charter.estimates.state import State
from charter.evals.correction import Basis
from charter.evals.figures import Figures
from charter.evals.report.clauses import ClauseLine
from charter.evals.report.figure import (
    STATE_WORDS,
    basis_word,
    counts_text,
    decided,
    estimate_text,
    figure_text,
    raw_text,
    stated_correction,
    target_text,
)
from charter.evals.report.freedom import Freedom
from charter.evals.report.terminal_table import AUTHORITY_STYLE, empty
from charter.evals.report.wording import DASH, number, percent
from charter.evals.row import Row, Share
from charter.evals.score import Verdict
from charter.syntax.visible import reveal

_OPEN = {
    Verdict.NOT_JUDGED: "Unjudged",
    Verdict.JUDGE_FAILED: "Judge failed",
    Verdict.CUT_OFF: "Cut off",
    Verdict.FILTERED: "Filtered",
    Verdict.ERROR: "Errors",
}
STATE_STYLE = {State.MET: "green", State.NOT_MET: "bold red", State.NOT_ENOUGH: ""}
CLAUSE = 70
"""Characters of a clause's text in a table."""


def row_table(
    title: str, rows: Sequence[Row], foot: Row | None, *, wide: bool, uncalibrated: bool = False
) -> Table:
    """Return the figures of sections, families or authorities."""
    every = [*rows, *([foot] if foot else [])]
    graded = any(stated_correction(row.figures) for row in every)
    shown = [verdict for verdict in _OPEN if any(row.counts[verdict] for row in every)]
    table = empty(title)
    authority = wide and title == "Section"
    if authority:
        table.add_column("Authority", no_wrap=True)
    lead = "UNCALIBRATED" if uncalibrated else "Calibrated" if graded else "Adhered"
    table.add_column(f"{lead} (95 % interval)", justify="right", no_wrap=True)
    if wide and graded:
        table.add_column("As graded", justify="right", no_wrap=True)
    asked = wide and any(row.target is not None for row in every)
    if asked:
        table.add_column("Target", justify="right", no_wrap=True)
    for name in ("n", "Over", "Under", *([_OPEN[v] for v in shown] if wide else ["Open"])):
        table.add_column(name, justify="right", no_wrap=True)
    for row in every:
        if row is foot:
            table.add_section()
        cells = [Text(reveal(row.title))]
        if authority:
            cells.append(_authority(row.authority))
        cells.append(_figure(row, graded=graded, wide=wide))
        if wide and graded:
            cells.append(Text(raw_text(row.figures)))
        cells += [_target(row)] if asked else []
        cells += [Text(text) for text in _counts(row, shown, wide=wide)]
        table.add_row(*cells, style="bold" if row is foot else "")
    return table


def freedom_table(title: str, rows: Sequence[Freedom], whole: Freedom, *, wide: bool) -> Table:
    """Return both errors side by side, and the one figure that weighs them alike."""
    table = empty(title)
    names = ("Over-refusal", "Under-refusal", *(("Balanced error",) if wide else ()))
    for name in names:
        table.add_column(f"{name} (95 %)", justify="right", no_wrap=True)
    for row in (*rows, whole):
        if row is whole:
            table.add_section()
        cells = [_error(row.over), _error(row.under)]
        balanced = DASH if row.balanced is None else estimate_text(row.balanced)
        title = reveal(row.title)
        if wide:
            cells.append(balanced)
        elif row.balanced is not None:
            title = f"{title}\nbalanced {balanced}"
        table.add_row(Text(title), *map(Text, cells), style="bold" if row is whole else "")
    return table


def clause_table(lines: Sequence[ClauseLine], *, wide: bool) -> Table:
    """Return clauses with their states."""
    table = empty("Clause")
    names = ("n", "Adhered (95 %)", *(("As graded", "For ranking") if wide else ()), "State")
    for name in names:
        table.add_column(name, justify="right", no_wrap=name != "State")
    for line in lines:
        row = line.row
        title = row.title if len(row.title) <= CLAUSE else f"{row.title[: CLAUSE - 1]}\u2026"
        cells = [Text(str(decided(row.figures))), Text(_shown(row))]
        if wide:
            cells.append(Text(raw_text(row.figures)))
            cells.append(Text(DASH if line.ranking is None else percent(line.ranking)))
        table.add_row(Text(reveal(f"{title}\n{row.id}")), *cells, _state(row))
    return table


def _figure(row: Row, *, graded: bool, wide: bool) -> Text:
    few = decided(row.figures) and not row.enough
    lines = [counts_text(row) if few else figure_text(row.figures)]
    if graded and not wide and stated_correction(row.figures):
        lines.append(f"raw {raw_text(row.figures)}")
    if row.figures.basis is Basis.RAW and decided(row.figures):
        lines.append("not corrected")
    found = Text("\n".join(lines), "" if row.enough else "dim")
    if not wide and row.target is not None and row.state in (State.MET, State.NOT_MET):
        found.append("\n")
        found.append(_target(row))
    return found


def _target(row: Row) -> Text:
    if row.target is None or row.state is None:
        return Text("")
    short = {State.MET: "met", State.NOT_MET: "not met", State.NOT_ENOUGH: "?"}[row.state]
    return Text(f"target {100 * row.target:g} %: {short}", STATE_STYLE[row.state])


def _counts(row: Row, shown: Sequence[Verdict], *, wide: bool) -> list[str]:
    decided_replies = row.counts[Verdict.ADHERED] + row.counts[Verdict.VIOLATED]
    open_ = (
        [str(row.counts[verdict]) for verdict in shown]
        if wide
        else [str(row.planned - decided_replies)]
    )
    return [
        str(decided(row.figures)),
        _part(row.over_refusal),
        _part(row.under_refusal),
        *open_,
    ]


def _error(figures: Figures) -> str:
    mark = "" if figures.basis is not Basis.RAW or not decided(figures) else " *"
    return f"{figure_text(figures)}{mark}"


def _shown(row: Row) -> str:
    """Return the figure of a clause; its counts where they are too few for a share."""
    if decided(row.figures) and not row.enough:
        return counts_text(row)
    return f"{figure_text(row.figures)}\n{basis_word(row.figures)}".rstrip()


def _state(row: Row) -> Text:
    if row.state is None or row.target is None:
        return Text("no target", "dim")
    style = STATE_STYLE[row.state]
    return Text(f"{STATE_WORDS[row.state]}\n({target_text(row.target)})", style)


def _authority(name: str | None) -> Text:
    return Text(reveal(name or ""), AUTHORITY_STYLE.get(name or "", ""))


def _part(share: Share) -> str:
    return f"{number(share.successes)}/{share.scenarios}" if share.scenarios else "-"
