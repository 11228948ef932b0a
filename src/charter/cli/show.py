"""`charter show SPEC[#ID]`: the tree of a spec, one section, or one clause; SPEC may be a URL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sized
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from charter.cli.screen import badge, console, plain, write_json
from charter.cli.site_address import is_address
from charter.errors import ConfigError, UnknownClause
from charter.load import load, stack_beside
from charter.source import Span
from charter.spec.overlays.layer import layer
from charter.spec.spec import AUTHORITIES, Clause, Example, Section, Spec

_GRADE_STYLE = {"GOOD": "green", "OK": "yellow", "BAD": "red"}
_SHORT = 12


@click.command("show")
@click.argument("target", metavar="SPEC[#ID]")
@click.option("--json", "as_json", is_flag=True, help="Write the public JSON format.")
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    help="Lay this over SPEC; repeatable, in order. Implies --effective.",
)
@click.option(
    "--effective",
    is_flag=True,
    help="Show what holds with all overlays, and where each part comes from.",
)
@click.option("--reader", help="Read as `model-spec` or `markdown` instead of guessing.")
def command(
    target: str, *, as_json: bool, overlays: tuple[str, ...], effective: bool, reader: str | None
) -> None:
    """Show a spec as a tree, or one section or clause with its examples.

    ID is a section (`protect_privacy`) or a clause (`protect_privacy/badr`). With --effective,
    an overlay as SPEC is laid on the base that its digest names, where that lies beside it. SPEC
    may be the address of a site that `charter publish` made, or of a page of it.
    """
    path, wanted = _split(target)
    address = is_address(path)
    if address and (overlays or effective or reader):
        raise ConfigError(
            "a published spec is shown as it is", hint="leave --overlay, --effective, --reader out"
        )
    if overlays or effective:
        if reader:
            raise ConfigError("--reader does not go with --effective", hint="leave it out")
        _effective(path, wanted, overlays, as_json=as_json)
        return
    spec = _read(path) if address else load(path, reader=reader)
    if as_json:
        write_json(_json(spec, wanted))
    elif not wanted:
        _show_spec(spec, console())
    elif "/" in wanted:
        _show_clause(spec, _clause_or_example(spec, wanted), console())
    else:
        _show_section(spec, spec.section(wanted), console())


def _effective(path: str, wanted: str, overlays: tuple[str, ...], *, as_json: bool) -> None:
    from charter.cli.show_effective import (  # noqa: PLC0415 - needed for this alone
        effective_json,
        show_effective,
        show_effective_part,
    )

    spec = load(path)
    below = stack_beside(spec) if "extends" in spec.metadata else None
    laid = layer(below or spec, *((spec,) if below else ()), *map(load, overlays))
    if as_json:
        write_json(effective_json(laid, wanted))
    elif wanted:
        show_effective_part(laid, wanted, console())
    else:
        show_effective(laid, console())


def _split(target: str) -> tuple[str, str]:
    """Return path and id; a file whose own name holds `#` is taken whole."""
    with suppress(OSError):
        if Path(target).is_file():
            return target, ""
    path, _, wanted = target.partition("#")
    return path, wanted


def _json(spec: Spec, wanted: str) -> dict[str, Any]:
    from charter.spec.export import export, export_clause, export_section  # noqa: PLC0415 - pydantic is slow to import

    if not wanted:
        return export(spec)
    if "/" not in wanted:
        return export_section(spec.section(wanted))
    found = _clause_or_example(spec, wanted)
    if isinstance(found, Clause):
        return export_clause(found)
    section = export_section(spec.section(found.section))
    return next(dict(example) for example in section["examples"] if example["id"] == found.id)


def _clause_or_example(spec: Spec, wanted: str) -> Clause | Example:
    section = spec.section(wanted.partition("/")[0])
    for example in section.examples:
        if example.id == wanted:
            return example
    try:
        return spec.clause(wanted)
    except UnknownClause:
        # a prefix is enough where only one clause has it
        found = [clause for clause in section.clauses if clause.id.startswith(wanted)]
        if len(found) != 1:
            raise
        return found[0]


def _show_spec(spec: Spec, screen: Console) -> None:
    clauses = sum(1 for _ in spec.clauses)
    examples = list(spec.examples)
    grades = sum(len(example.responses) for example in examples)
    normative = sum(section.normative for section in spec.sections)
    screen.print(_title(spec))
    for section in spec.sections:
        screen.print(_line(section))
    boundaries = sum(len(section.boundaries) for section in spec.sections)
    screen.print(
        f"{len(spec.sections)} sections ({normative} with authority) · {clauses} clauses · "
        f"{len(examples)} examples ({grades} graded responses) · {boundaries} boundaries"
    )
    count = Counter(section.authority or "none" for section in spec.sections)
    ladder = [*AUTHORITIES, *sorted(set(count) - {*AUTHORITIES, "none"}), "none"]
    screen.print(" · ".join(f"{plain(name)} {count[name]}" for name in ladder if count[name]))


def _title(spec: Spec) -> Text:
    version = f" {spec.version}" if spec.version else ""
    return Text.assemble(
        (plain(spec.title), "bold"), plain(version), (f"  {spec.digest[:23]}", "dim")
    )


def _number(things: Sized, noun: str) -> str:
    return f"1 {noun}" if len(things) == 1 else f"{len(things)} {noun}s"


def _line(section: Section) -> Text:
    tags = f" [{', '.join(section.tags)}]" if section.tags else ""
    counts = f"{_number(section.clauses, 'clause')}, {_number(section.examples, 'example')}"
    return Text.assemble(
        "  " * section.depth,
        badge(section.authority),
        "  ",
        plain(section.title),
        (f"  #{plain(section.id)}", "dim"),
        (plain(tags), "italic"),
        (f"  {counts}" if section.clauses or section.examples else "", "dim"),
    )


def _show_section(spec: Spec, section: Section, screen: Console) -> None:
    screen.print(Text.assemble(badge(section.authority), "  ", (plain(section.title), "bold")))
    screen.print(Text(plain(f"#{section.id} · {_place(spec, section.heading_span)}"), "dim"))
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for clause in section.clauses:
        table.add_row(
            Text(plain(clause.id.partition("/")[2]), "dim"), clause.strength, plain(clause.text)
        )
    screen.print(Padding(table, (1, 0)), soft_wrap=False)
    for boundary in section.boundaries:
        screen.print(
            Text.assemble(
                (f"{boundary.effect} ", "bold"), plain(f"on {boundary.on} when {boundary.when}")
            )
        )
    for example in section.examples:
        _show_example(example, screen)


def _show_clause(spec: Spec, found: Clause | Example, screen: Console) -> None:
    section = spec.section(found.section)
    if isinstance(found, Example):
        _show_example(found, screen)
        return
    screen.print(Text.assemble(badge(section.authority), "  ", (plain(section.title), "bold")))
    screen.print(plain(found.text))
    screen.print(
        Text(
            f"{found.strength} · {plain(found.id)} · {plain(_place(spec, found.span))} · "
            f"characters {found.span.start}-{found.span.end}",
            "dim",
        )
    )
    for example in section.examples:
        _show_example(example, screen)


def _read(address: str) -> Spec:
    from charter.cli.published import read_published  # noqa: PLC0415 - slow to import, seldom asked

    return read_published(address)


def _place(spec: Spec, span: Span) -> str:
    """Return where a span stands; of a published spec the text is not known."""
    return str(spec.source.locate(span)) if spec.source.text else spec.source.path


def _show_example(example: Example, screen: Console) -> None:
    screen.print(
        Text.assemble(
            "\n",
            ("Example  ", "bold"),
            plain(example.caption or "(no caption)"),
            (f"  {example.id}", "dim"),
        )
    )
    for count, message in enumerate(example.messages):
        _show_responses(example, count, screen)
        tool = message.attribute("recipient") or message.attribute("name")
        head = f"{message.role} ({tool})" if tool else message.role
        settings = "".join(f"[{key}: {value}] " for key, value in message.settings)
        screen.print(
            Text.assemble(
                (f"  {plain(head):>{_SHORT}}  ", "bold"), plain(settings + message.content)
            )
        )
    _show_responses(example, len(example.messages), screen)


def _show_responses(example: Example, after: int, screen: Console) -> None:
    for response in example.responses:
        if response.after != after:
            continue
        grade = response.grade.value if response.grade else "?"
        reason = f" {response.reason}" if response.reason else ""
        cites = f" [#{response.cites}]" if response.cites else ""
        screen.print(
            Text.assemble(
                (f"  {grade:>{_SHORT}}", _GRADE_STYLE.get(grade, "bold")),
                (plain(cites + reason), "italic"),
            )
        )
        screen.print(
            Padding(Text(plain(response.message.content)), (0, 0, 0, _SHORT + 4)), soft_wrap=False
        )
