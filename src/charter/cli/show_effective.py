"""`charter show --effective`: a spec with its overlays, and where each part of it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.text import Text

from charter.cli.screen import badge, plain
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.export_effective import changed, export_effective, export_layered
from charter.spec.spec import Clause, Example, Section

_SHORT = 23


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
    """Print the layers, then the tree with the layer of every section."""
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
    for section in spec.sections:
        screen.print(_line(effective, section))
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
    for boundary in section.boundaries if "/" not in wanted else ():
        screen.print(
            Text.assemble(
                f"  boundary {plain(boundary.id)}: ",
                (f"{plain(boundary.effect)} ", "bold"),
                plain(f"on {boundary.on} when {boundary.when}"),
                _from(effective, effective.origin(boundary)),
            )
        )


def _show_part(effective: Effective, part: Clause | Example, screen: Console) -> None:
    if isinstance(part, Clause):
        head, words = f"  {part.id.partition('/')[2]}  {part.strength}  ", part.text
    else:
        head, words = f"  example {part.id.partition('/')[2]}  ", part.caption
    screen.print(
        Text.assemble(
            (plain(head), "dim"), plain(words), _from(effective, effective.origins[part.id])
        )
    )


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
