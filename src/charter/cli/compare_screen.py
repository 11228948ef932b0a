"""Comparison of specs -> terminal: profiles first, then subject by subject, then what is alone.

Everything fits 100 columns, with two specs and with three.
"""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from charter.cli.compare_rungs import policies_of, rungs
from charter.cli.screen import plain
from charter.compare.align import Likeness
from charter.compare.beside import labels
from charter.compare.comparison import LIMITS, Comparison, Row, Side

MAX_ROWS = 400
"""Rows of one table; more are counted (all of them: --format json)."""
WIDTH = 100
"""Columns of a line at most; the widths of the columns of tables add up to less."""
_LETTERS = "ABC"


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print a comparison."""
    names = tuple(line(name) for name in labels([side.spec for side in comparison.sides]))
    _profiles(comparison, names, console)
    _rungs(comparison, names, console)
    _topics(comparison, names, console)
    _rows(comparison, names, console)
    for at, name in enumerate(names):
        _alone(comparison, at, names, console)
        _near(comparison, at, name, names, console)
    console.print()
    for limit in LIMITS:
        console.print(f"- {limit}", style="dim")


def line(text: str) -> str:
    """Return what a spec says as one line without characters that could steer a terminal."""
    return plain(" ".join(text.split()))


def parts_of(likeness: Likeness) -> str:
    """Return what a score is made of, in words."""
    if likeness.structure is None:
        return f"meaning {likeness.meaning:.2f}, no structure"
    return f"meaning {likeness.meaning:.2f}, structure {likeness.structure:.2f}"


def _profiles(comparison: Comparison, names: tuple[str, ...], console: Console) -> None:
    table = Table(title="How strongly they speak, in clauses", title_justify="left")
    table.add_column("")
    for name in names:
        table.add_column(Text(name), justify="right", overflow="fold", max_width=22)
    facts = (
        ("sections", lambda side: len(side.spec.sections)),
        ("with an authority", lambda side: len(side.authorities) or "not stated"),
        ("clauses", lambda side: side.profile.clauses),
        ("must", lambda side: side.profile.must),
        ("should", lambda side: side.profile.should),
        ("may", lambda side: side.profile.may),
        ("forbid", lambda side: side.profile.forbids),
        ("demand", lambda side: side.profile.demands),
        ("permit", lambda side: side.profile.permissions),
    )
    for label, value in facts:
        table.add_row(label, *(str(value(side)) for side in comparison.sides))
    console.print(table)


def _rungs(comparison: Comparison, names: tuple[str, ...], console: Console) -> None:
    """Print, for the levels that any section has, how many do and who may set them aside."""
    table = Table(title="Who may set aside what, in sections", title_justify="left")
    table.add_column("level", overflow="fold", max_width=20)
    for name in names:
        table.add_column(Text(name), overflow="fold", max_width=22)
    for rung in rungs(comparison, policies_of(comparison)):
        if any(number for _, number in rung.sides):
            cells = (
                f"{number}: {who.who}" if who and number else "-" for who, number in rung.sides
            )
            table.add_row(Text(line(rung.name)), *map(Text, map(line, cells)))
    if table.row_count:
        console.print(table)


def _topics(comparison: Comparison, names: tuple[str, ...], console: Console) -> None:
    table = Table(title="By part of the first: must / should / may", title_justify="left")
    table.add_column("part", overflow="fold", max_width=30)
    for name in names:
        table.add_column(Text(name), justify="right", overflow="fold", max_width=19)
    for topic in comparison.topics[:MAX_ROWS]:
        figures = (f"{each.must} / {each.should} / {each.may}" for each in topic.profiles)
        table.add_row(Text(line(topic.title)), *figures)
    console.print(table)
    _cut(len(comparison.topics), console)


def _rows(comparison: Comparison, names: tuple[str, ...], console: Console) -> None:
    rows = comparison.shared()
    title = f"What more than one has a section on ({len(rows)}), by {comparison.method}"
    table = Table(title=title, title_justify="left")
    for name in names:
        table.add_column(Text(name), overflow="fold", max_width=66 // len(names))
    table.add_column("score", overflow="fold", max_width=18)
    for row in rows[:MAX_ROWS]:
        cells = (_cell(comparison.sides[at], found) for at, found in enumerate(row.sections))
        table.add_row(*cells, _score(row), style="bold" if row.differs else None)
    console.print(table)
    console.print("m: meaning, s: structure (the sections that they stand in).", style="dim")
    if len(names) > 2:
        said = ", ".join(f"{letter}: {name}" for letter, name in zip(_LETTERS, names, strict=True))
        console.print(Text(f"{said}.", style="dim"))
    differing = len(comparison.differing())
    if differing:
        console.print(f"Authority differs in {differing} of them (bold).")
    _cut(len(rows), console)


def _score(row: Row) -> str:
    """Return a line for each two sides that are aligned."""
    lines = []
    for join in row.joins:
        found = join.pair.likeness
        around = "-" if found.structure is None else f"{found.structure:.2f}"
        whose = f"{_LETTERS[join.first]}{_LETTERS[join.second]} " if len(row.sections) > 2 else ""
        said = "said" if join.pair.by == "people" else f"{join.pair.score:.2f}"
        lines.append(f"{whose}{said}\nm {found.meaning:.2f} s {around}")
    return "\n".join(lines)


def _cell(side: Side, section_id: str | None) -> Text:
    if section_id is None:
        return Text()
    authority = side.authorities.get(section_id, "not stated")
    said = f"\n{line(section_id)} · {line(authority)}"
    return Text.assemble(line(side.spec.index[section_id].title), (said, "dim"))


def _alone(comparison: Comparison, at: int, names: tuple[str, ...], console: Console) -> None:
    rows = comparison.only(at)
    console.print(Text(f"\nOnly {names[at]} has a section on ({len(rows)}):", style="bold"))
    for row in rows[:MAX_ROWS]:
        _entry(comparison, at, row, names, console)
    _cut(len(rows), console)


def _near(
    comparison: Comparison, at: int, name: str, names: tuple[str, ...], console: Console
) -> None:
    rows = comparison.beside(at)
    if not rows:
        return
    said = f"\nIn {name}, near a section that is nearer to another ({len(rows)}):"
    console.print(Text(said, style="bold"))
    for row in rows[:MAX_ROWS]:
        _entry(comparison, at, row, names, console)
    _cut(len(rows), console)


def _entry(
    comparison: Comparison, at: int, row: Row, names: tuple[str, ...], console: Console
) -> None:
    section = comparison.sides[at].spec.index[row.sections[at] or ""]
    clauses = f"{len(section.clauses)} clauses" if len(section.clauses) != 1 else "1 clause"
    more = f"  {line(section.id)}, {clauses}"
    said = Text.assemble(line(section.title), (more, "dim"))
    console.print(
        Padding(said, (0, 0, 0, 2), expand=False), width=min(WIDTH, console.width), soft_wrap=False
    )
    for other, near in enumerate(row.nearest):
        if near is None:
            continue
        found = near.likeness
        whose = f" of {names[other]}" if len(names) > 2 else ""
        what = f"nearest{whose}: {line(comparison.sides[other].spec.index[near.section].title)}"
        figure = f", {found.meaning:.2f}, {verdict(comparison, row, other)}"
        nearest = Padding(Text(what + figure, style="dim"), (0, 0, 0, 4), expand=False)
        console.print(nearest, width=min(WIDTH, console.width), soft_wrap=False)


def verdict(comparison: Comparison, row: Row, other: int) -> str:
    """Return why what is nearest to a section that stands alone does not stand beside it."""
    near = row.nearest[other]
    if near is None:
        return ""
    if not near.likeness.enough:
        return f"below the {near.likeness.least:.2f} that counts"
    own = comparison.sides[row.sides[0]].spec
    taken = comparison.partners(other, near.section, row.sides[0])
    return f"nearer to {line(own.index[taken[0]].title)}" if taken else "nearer to another"


def _cut(number: int, console: Console) -> None:
    if number > MAX_ROWS:
        console.print(f"  {number - MAX_ROWS} more are in the JSON form.", style="dim")
