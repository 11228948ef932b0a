"""Needs -> sentences and a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from charter.cli.screen import badge, plain
from charter.evals.needed import Need, Needs

DASH = "-"


def print_needs(found: Needs, screen: Console) -> None:
    """Print what is missing: the answer first, then what it rests on, then the tables."""
    for place, sentence in enumerate(sentences(found)):
        screen.print(Text(sentence, "bold" if not place else ""), soft_wrap=False)
    for title, rows in (("Section", found.sections), ("Authority", found.authorities)):
        if not rows:
            continue
        screen.print()
        table = _table(title, rows, targets=_asked(found), varied=found.clustered)
        screen.print(table, soft_wrap=False)


def sentences(found: Needs) -> list[str]:
    """Return the answer and the assumptions in words."""
    question, given, whole = found.question, found.assumptions, found.whole
    short = [need for need in found.sections if need.missing]
    drafts = f" ({whole.drafts} more are drafts)" if whole.drafts else ""
    lines = [
        (
            f"To find a difference of {_points(question.difference)} between two models asked the "
            f"same scenarios, {whole.needed} scenarios are needed; there are "
            f"{whole.scenarios}{drafts}: {_missing(whole.missing)}."
        )
    ]
    if whole.detects is not None:
        lines.append(f"Those there are find differences of {_points(whole.detects)} or more.")
    if found.sections:
        lines.append(
            f"For the same within each section, {len(short)} of {len(found.sections)} sections "
            f"are short, by {sum(need.missing for need in short)} scenarios together."
        )
    lines.append(_confirming(found))
    lines.append(
        f"Assumed: power {question.power:.0%}, two-sided error {question.alpha:g}; standard "
        f"deviation of one scenario's difference {given.planned_sd:.3f}, from "
        f"{plain(given.origin)}{_repeated(found)}."
    )
    if found.clustered:
        lines.append(
            "Scenarios of one source tell less than as many of different ones: their correlation "
            f"is taken as {given.correlation:.2f}, and the numbers hold for sources as they are."
        )
    return [line for line in lines if line]


def _confirming(found: Needs) -> str:
    if not _asked(found):
        return ""
    needs = [need.missing_to_confirm for need in found.sections if need.to_confirm is not None]
    short = sum(1 for missing in needs if missing)
    many = f", all {found.clauses} at once" if found.clauses > 1 else ""
    return (
        f"A target counts as met after so many scenarios that all adhered (one-sided error "
        f"{found.question.alpha:g}{many}): {short} of {len(needs)} sections with a target have "
        "too few."
    )


def _asked(found: Needs) -> bool:
    return any(need.target is not None for need in (found.whole, *found.sections))


def _repeated(found: Needs) -> str:
    given = found.assumptions
    if given.repeat is None:
        return ""
    times = f"{given.repeat} answers" if given.repeat > 1 else "one answer"
    return f", with {times} to each scenario in place of {given.had}"


def _table(title: str, rows: Sequence[Need], *, targets: bool, varied: bool) -> Table:
    """Return a row for each need; `varied`: whether they need different numbers."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(title, overflow="fold", min_width=24)
    if title == "Section":
        table.add_column("Level", no_wrap=True)
    needs = ("Needs",) if varied else ()
    asked = ("Target", "All of", "Lacks") if targets else ()
    for name in ("Has", *needs, "Lacks", "Finds", *asked):
        table.add_column(name, justify="right", no_wrap=True)
    for need in rows:
        cells = [Text(plain(need.id))]
        if title == "Section":
            cells.append(badge(need.authority))
        cells += [
            Text(str(need.scenarios)),
            *([Text(str(need.needed))] if varied else []),
            Text(str(need.missing), "yellow" if need.missing else "dim"),
            Text(DASH if need.detects is None else _points(need.detects)),
        ]
        if targets:
            cells += _target_cells(need)
        table.add_row(*cells)
    return table


def _target_cells(need: Need) -> list[Text]:
    if need.target is None:
        return [Text(DASH)] * 3
    share = f"{100 * need.target.value:g} %"
    if need.to_confirm is None:
        return [Text(share), Text("none"), Text(DASH)]
    missing = need.missing_to_confirm
    style = "yellow" if missing else "dim"
    return [Text(share), Text(str(need.to_confirm)), Text(str(missing), style)]


def _points(fraction: float) -> str:
    return f"{100 * fraction:.1f} pt"


def _missing(number: int) -> str:
    return f"{number} are missing" if number > 1 else "one is missing" if number else "none missing"
