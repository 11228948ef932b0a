"""`charter suite coverage [SPEC]`: which clauses have no, one, enough scenarios."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from charter.cli.screen import badge, console, plain, write_json
from charter.estimates.interval import ENOUGH
from charter.evals.coverage import Cover, Coverage, Covered, SectionCover, coverage
from charter.evals.suite import Suite, compile_suite
from charter.load import STARTER, load
from charter.spec.overlays.layer import layer
from charter.spec.spec import Spec

_STYLE = {Cover.NONE: "bold red", Cover.ONE: "yellow", Cover.SOME: "yellow", Cover.ENOUGH: "green"}
_WORDS = {
    Cover.NONE: "none",
    Cover.ONE: "one",
    Cover.SOME: f"2-{ENOUGH - 1}",
    Cover.ENOUGH: f"{ENOUGH}+",
}
"""Scenarios of a clause, as the tables head them."""
MAX_TEXT = 100
"""Characters of a clause that are shown."""


@click.command("coverage")
@click.argument("spec", default=STARTER)
@click.option(
    "--level",
    type=click.Choice(["none", "one", "some"]),
    help="List only clauses that are covered this well or less.",
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def coverage_command(spec: str, level: str | None, *, as_json: bool) -> None:
    """Show which clauses of SPEC have no, one, some, enough scenarios.

    Accepted scenarios that measure count, those made from one source once; drafts are counted
    apart. The first table has the clauses of each authority by their number of scenarios, the
    second those of each section with all its scenarios and those that name no clause; then come
    the clauses.
    """
    from charter.evals.coverage_json import coverage_json  # noqa: PLC0415 - pydantic, for JSON

    loaded = load(spec)
    levels = tuple(each.name for each in layer(loaded).ladder.levels)
    found = coverage(suite_of(loaded), levels)
    wanted = Cover(level) if level else None
    clauses = found.ranked(wanted or Cover.ENOUGH)
    if as_json:
        write_json(coverage_json(found, loaded, clauses, wanted))
        return
    screen = console()
    _print_counts(found, loaded, screen)
    if clauses:
        _print_sections(found, {clause.section for clause in clauses}, screen)
        _print_clauses(clauses, wanted, screen)


def suite_of(spec: Spec) -> Suite:
    """Compile all scenarios of a spec, drafts included; it may have none."""
    if not any(group.scenarios or group.problems for group in spec.scenario_sets):
        return Suite(spec, (), "")
    return compile_suite(spec, drafts=True, training=True)


def _print_counts(found: Coverage, spec: Spec, screen: Console) -> None:
    total = len(found.clauses)
    version = f" {spec.version}" if spec.version else ""
    screen.print(Text(plain(f"{spec.title}{version}: {total} clauses that bind"), "bold"))
    table = _table("authority", *(_WORDS[cover] for cover in Cover), "clauses")
    for name, clauses in found.by_authority():
        counted = [sum(each.cover is cover for each in clauses) for cover in Cover]
        table.add_row(badge(name), *map(str, counted), str(len(clauses)))
    counts = found.counts
    table.add_row("all", *(str(counts[cover]) for cover in Cover), str(total), style="bold")
    screen.print(table, soft_wrap=False)


def _print_sections(found: Coverage, listed: set[str], screen: Console) -> None:
    screen.print()
    columns = (*(_WORDS[cover] for cover in Cover), "scenarios", "unnamed", "drafts")
    table = _table("section", *columns)
    for section in found.sections:
        if section.id in listed:
            _add_section(table, section)
    screen.print(table, soft_wrap=False)


def _add_section(table: Table, section: SectionCover) -> None:
    counted = [sum(each.cover is cover for each in section.clauses) for cover in Cover]
    numbers = (*counted, section.scenarios, section.unnamed, section.drafts)
    table.add_row(Text(plain(section.id)), *map(str, numbers))


def _print_clauses(clauses: Sequence[Covered], level: Cover | None, screen: Console) -> None:
    authority = None
    for clause in clauses:
        if clause.authority != authority:
            authority = clause.authority
            screen.print()
            screen.print(Text(f"{plain(authority)}: clauses, the strongest first", "bold"))
        screen.print(_line(clause))
    if level is not None:
        screen.print()
        screen.print(Text(f"Only clauses covered like {level.value!r} or less.", "dim"))


def _line(clause: Covered) -> Text:
    text = " ".join(plain(clause.text).split())
    if len(text) > MAX_TEXT:
        text = f"{text[: MAX_TEXT - 1]}\u2026"
    counted = _counted(clause.scenarios, "scenario")
    if clause.judged:
        counted += f", {clause.judged} for a judge"
    if clause.drafts:
        counted += f", {_counted(clause.drafts, 'draft')}"
    return Text.assemble(
        "  ",
        (f"{clause.cover.value:<7}", _STYLE[clause.cover]),
        f"{clause.strength.value:<7}",
        (plain(clause.id), "bold"),
        f" ({counted}): {text}",
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(first, overflow="fold", min_width=24 if first == "section" else None)
    for name in numbers:
        table.add_column(name, justify="right")
    return table
