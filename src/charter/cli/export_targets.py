"""`charter export sft|dpo|rubrics SPEC`: training targets from a spec, with a data card."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from charter.cli.finite_range import FiniteRange
from charter.cli.overlay_option import overlay_option
from charter.cli.screen import note, plain
from charter.cli.whole_file import write_whole
from charter.errors import CharterError, ConfigError, PluginError
from charter.evolve.card import Written, card, reason_counts
from charter.evolve.exporter import Exporter, Record
from charter.evolve.jsonl import lines
from charter.evolve.material import UNKNOWN, Material, gather_material
from charter.evolve.split import split
from charter.load import load, load_effective
from charter.source import digest_of

EXIT_EMPTY = 1


def target_command(name: str, exporter: Exporter) -> click.Command:
    """Return the command of one exporter."""

    @click.command(name, help=_help(exporter))
    @click.argument("spec")
    @overlay_option
    @click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write there instead of on standard output, with a data card beside it.",
    )
    @click.option(
        "--validation",
        type=FiniteRange(0, 0.5, min_open=True),
        metavar="SHARE",
        help="Put this share of the examples of each section into a file of its own: FILE with "
        "`.train` and `.validation` before its suffix.",
    )
    def command(**given: Any) -> None:
        _export(name, exporter, given)

    return command


def _help(exporter: Exporter) -> str:
    text = inspect.cleandoc(exporter.__doc__ or "")
    return (
        f"{text}\n\nScenarios that measure and drafts are never written, nor what is nearly the "
        "same as one. Exits with 1 when there is nothing to write."
    )


def _export(name: str, exporter: Exporter, given: dict[str, Any]) -> None:
    overlays = [load(path) for path in given["overlays"]]
    effective = load_effective(given["spec"], given["overlays"])
    material = gather_material(effective.spec, overlays=overlays)
    records = _records(name, exporter, material)
    out: Path | None = given["out"]
    share: float | None = given["validation"]
    if out is None and share is not None:
        raise ConfigError("--validation writes two files", hint="name them with --out FILE")
    if not records:
        _report(material, 0)
        raise click.exceptions.Exit(EXIT_EMPTY)
    if out is None:
        click.echo(lines(records), nl=False)
    elif share is None:
        files = [_write(out, records)]
        _write_card(out, card(name, exporter, material, records, files))
    else:
        parts = split(records, share)
        files = [
            _write(out.with_suffix(f".{part}{out.suffix}"), found)
            for part, found in zip(parts._fields, parts, strict=True)
        ]
        _write_card(out, card(name, exporter, material, records, files))
    _report(material, len(records))


def _records(name: str, exporter: Exporter, material: Material) -> list[Record]:
    try:
        return list(exporter.records(material))
    except CharterError:
        raise
    except Exception as cause:
        raise PluginError(f"exporter {name!r} failed: {cause}") from cause


def _write(target: Path, records: Sequence[Record]) -> Written:
    text = lines(records)
    write_whole(target, text)
    click.echo(f"{target}: {_counted(len(records))}")
    return Written(target.name, len(records), digest_of(text))


def _write_card(out: Path, text: str) -> None:
    target = out.with_name(f"{out.name}.card.md")
    write_whole(target, text)
    click.echo(f"{target}: data card")


def _report(material: Material, records: int) -> None:
    if material.licence == UNKNOWN:
        note("licence unknown: the front matter of the spec, or of an overlay, has no `license`")
    for reason, count in sorted(reason_counts(material).items(), key=lambda each: -each[1]):
        note(plain(f"left out: {count} because: {reason}"))
    held = f"{material.held_out} scenarios are held out, {material.drafts} are drafts"
    note(f"{_counted(records)}; {held}")


def _counted(records: int) -> str:
    return f"{records} record{'' if records == 1 else 's'}"
