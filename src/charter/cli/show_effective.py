"""`charter show --effective`: a spec with its overlays, and where each part of it comes from.

On a terminal long lines keep their indentation; elsewhere each part is one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from charter.cli.screen import badge, plain
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.export_effective import changed, export_effective, export_layered
from charter.spec.overlays.raw_directive import origin_of, raw_directives
from charter.spec.overlays.terms import CONDITIONS, DEFAULT_TIMER
from charter.spec.reading import DEFAULTS
from charter.spec.spec import Clause, Example, Section

_SHORT = 23
_LONG = 300


def effective_json(effective: Effective, wanted: str) -> dict[str, Any]:
    """Return all of it, one section, or one clause or example."""
    if not wanted:
        return export_effective(effective)
    section = effective.spec.section(wanted.partition("/")[0])
    found = export_layered(effective, section)
    if "/" not in wanted:
        return found
    parts = [*found["clauses"], *found["examples"]]
    known = {part["id"]: part for part in parts}
    return dict(known.get(wanted) or known[effective.spec.clause(wanted).id])


def show_effective(effective: Effective, screen: Console) -> None:
    """Print the layers, then the tree with the layer of every part but the examples."""
    spec = effective.spec
    version = f" {spec.version}" if spec.version else ""
    screen.print(
        Text.assemble(
            (plain(spec.title), "bold"), plain(version), (f"  {effective.digest[:_SHORT]}", "dim")
        )
    )
    for at, layer in enumerate(effective.layers):
        level = f"overlay at {layer.level}" if layer.level else "base"
        screen.print(
            Text.assemble(
                f"  {at}  ",
                (plain(layer.name), "bold"),
                plain(f" {layer.version}" if layer.version else ""),
                f"  {plain(level)}",
                (f"  {layer.digest[:_SHORT]}  {plain(effective.sources[at].path)}", "dim"),
            )
        )
    for said in _settings(effective):
        screen.print(Text(f"  {plain(said)}", "dim"))
    for section in spec.sections:
        screen.print(_line(effective, section))
        indent = 2 * section.depth + 2
        for clause in section.clauses:
            _show_part(effective, clause, screen, indent)
        _show_rules(effective, section, screen, indent)
    clauses = sum(len(section.clauses) for section in spec.sections)
    boundaries = sum(len(section.boundaries) for section in spec.sections)
    screen.print(
        f"{len(spec.sections)} sections · {clauses} clauses · {boundaries} boundaries · "
        f"{len(effective.layers)} layers"
    )


def show_effective_part(effective: Effective, wanted: str, screen: Console) -> None:
    """Print one section, clause or example with the layer of each part."""
    section = effective.spec.section(wanted.partition("/")[0])
    screen.print(_line(effective, section))
    for key, layer in changed(effective, section).items():
        screen.print(Text(f"  {key} set by {_name(effective, layer)}", "dim"))
    parts: Iterable[Clause | Example] = (*section.clauses, *section.examples)
    chosen = [part for part in parts if "/" not in wanted or part.id.startswith(wanted)]
    if "/" in wanted and not chosen:
        effective.spec.clause(wanted)  # says which clauses there are
    for part in chosen:
        _show_part(effective, part, screen)
    if "/" not in wanted:
        _show_rules(effective, section, screen, 2)


def _settings(effective: Effective) -> Iterator[str]:
    """Yield what front matter says that is not the default."""
    for name, value in effective.readings.items():
        if value != DEFAULTS[name]:
            yield f"reading {name}: {value}"
    if effective.conditions != CONDITIONS:
        yield f"sections depend on the settings {', '.join(effective.conditions) or 'none'}"
    if effective.external:
        yield f"unpublished policies: {', '.join(effective.external)}"
    if effective.first_party:
        yield "the operator's own product"
    if effective.default_timer != DEFAULT_TIMER:
        yield f"default timer: {effective.default_timer:g} s"


def _show_part(
    effective: Effective, part: Clause | Example, screen: Console, indent: int = 2
) -> None:
    name = part.id.partition("/")[2]
    if isinstance(part, Clause):
        head, words = f"{name}  {part.strength}  ", part.text
    else:
        head, words = f"example {name}  ", part.caption
    said = Text.assemble(plain(words), _from(effective, effective.origins[part.id]))
    _show_item(screen, indent, Text(plain(head), "dim"), said)


def _show_rules(effective: Effective, section: Section, screen: Console, indent: int) -> None:
    for boundary in section.boundaries:
        said = Text.assemble(
            (f"{plain(boundary.effect)} ", "bold"),
            plain(f"on {boundary.on} when {boundary.when}"),
            _from(effective, effective.origin(boundary)),
        )
        _show_item(screen, indent, Text(f"boundary {plain(boundary.id)}: "), said)
    for raw in raw_directives(section):
        fields = "; ".join(_field(key, value) for key, value in raw.fields.items() if key != "id")
        said = Text.assemble(
            plain(fields[:_LONG]), _from(effective, effective.origins[origin_of(raw)])
        )
        _show_item(screen, indent, Text(f"directive {plain(raw.id)}: "), said)


def _field(key: str, value: object) -> str:
    said = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return f"{key}: {said}"


def _show_item(screen: Console, indent: int, head: Text, said: Text) -> None:
    if not screen.is_terminal:
        screen.file.write(f"{' ' * indent}{head.plain}{said.plain}\n")  # 20 times as fast
        return
    table = Table.grid()
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(head, said)
    screen.print(Padding(table, (0, 0, 0, indent)), soft_wrap=False)


def _line(effective: Effective, section: Section) -> Text:
    tags = f" [{', '.join(section.tags)}]" if section.tags else ""
    return Text.assemble(
        "  " * section.depth,
        badge(section.authority),
        "  ",
        plain(section.title),
        (f"  #{plain(section.id)}", "dim"),
        (plain(tags), "italic"),
        _from(effective, effective.origins[section.id]),
        (_touched(effective, section), "yellow"),
    )


def _touched(effective: Effective, section: Section) -> str:
    """Say which layers above its own changed a section or added to it."""
    found = set(changed(effective, section).values())
    found.update(effective.origins[clause.id] for clause in section.clauses)
    found.update(effective.origins[example.id] for example in section.examples)
    found.update(effective.origin(boundary) for boundary in section.boundaries)
    others = sorted(found - {effective.origins[section.id]})
    return f", changed by {', '.join(_name(effective, at) for at in others)}" if others else ""


def _from(effective: Effective, layer: int) -> tuple[str, str]:
    return f"  \N{LEFTWARDS ARROW} {_name(effective, layer)}", "cyan" if layer else "dim"


def _name(effective: Effective, layer: int) -> str:
    name = effective.layers[layer].name
    shared = sum(each.name == name for each in effective.layers) > 1
    return plain(f"{name} ({layer})" if shared else name)
