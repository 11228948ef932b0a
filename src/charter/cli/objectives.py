"""`charter objectives`: how service levels stand, what burns, and files for other tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from charter.cli import objectives_alert
from charter.cli.objectives_given import (
    breaches_in,
    counted,
    end_with,
    file_argument,
    json_option,
    spec_option,
)
from charter.cli.objectives_screen import as_json, shown, table
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, now
from charter.cli.whole_file import write_whole
from charter.errors import ConfigError
from charter.govern.instants import required, written_ms
from charter.govern.objectives.breach import Breach
from charter.govern.objectives.grafana import dashboard
from charter.govern.objectives.objective import Objective, Objectives
from charter.govern.objectives.objectives_file import load_objectives
from charter.govern.objectives.objectives_text import objectives_text
from charter.govern.objectives.openslo import from_openslo, to_openslo
from charter.govern.objectives.prometheus import exposition, rules
from charter.govern.objectives.recorded import Lines, alert_lines, standing
from charter.govern.objectives.status import Status, as_of, statuses
from charter.govern.read_yaml import read_file

_EXPORTS: dict[str, Callable[[tuple[Objective, ...]], str]] = {
    "openslo": to_openslo,
    "prometheus": rules,
    "grafana": dashboard,
}


class _Group(click.Group):
    """`charter objectives FILE` stands for `charter objectives show FILE`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take what is no command for the file to show."""
        known = args[0] in self.commands or args[0] in ctx.help_option_names
        return super().resolve_command(ctx, args if known else ["show", *args])


_AT = click.option("--at", metavar="TIME", help="As of then, such as 2026-01-31T23:59:59Z; now.")


@click.group("objectives", cls=_Group)
def command() -> None:
    """Say how service levels stand: value, budget left, alerts.

    `charter objectives FILE` is short for `charter objectives show FILE`. A file is made by hand
    or by `import`; see docs/objectives.md.
    """


@command.command("show")
@file_argument
@_AT
@spec_option
@json_option
@ledger_place
@config_option
def show_command(**given: Any) -> None:
    """Show every objective; exit 1 where an alert fires or a root section was broken.

    Nothing is recorded: see `alert`.
    """
    objectives = load_objectives(given["file"])
    at = _moment(given)
    with counted(given) as (ledger, rollup):
        found = statuses(objectives, as_of(rollup.measure, at))
        broken = breaches_in(given, ledger, at)
        lines = alert_lines(ledger)
    _say(given, objectives, found, broken, at, lines)
    end_with(found, _unended(broken, lines))


@command.command("check")
@file_argument
def check_command(file: Path) -> None:
    """Read a file and say what it asks for; exit 2 where it cannot be used."""
    objectives = load_objectives(file)
    for each in objectives.every:
        click.echo(plain(shown(each)))
    number = len(objectives.every)
    click.echo(plain(f"{file}: {number} {'objective' if number == 1 else 'objectives'}"))


for each in objectives_alert.COMMANDS:
    command.add_command(each)


@command.command("exposition")
@file_argument
@_AT
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there, whole or not at all, for a collector that reads files.",
)
@ledger_place
@config_option
def exposition_command(**given: Any) -> None:
    """Print the state of objectives as Prometheus reads it."""
    objectives = load_objectives(given["file"])
    at = _moment(given)
    with counted(given) as (ledger, rollup):
        found = statuses(objectives, as_of(rollup.measure, at))
        text = exposition(found, standing(alert_lines(ledger)))
    if given["out"] is None:
        click.echo(text, nl=False)
        return
    write_whole(given["out"], text)


@command.command("export")
@file_argument
@click.option("--format", "kind", required=True, type=click.Choice(sorted(_EXPORTS)),
              help="OpenSLO v1, rules of Prometheus, or a dashboard of Grafana.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              metavar="FILE", help="Where to write it.")  # fmt: skip
def export_command(file: Path, kind: str, out: Path) -> None:
    """Write objectives in the format of another tool."""
    objectives = load_objectives(file)
    write_whole(out, _EXPORTS[kind](objectives.every))
    number = len(objectives.every)
    click.echo(plain(f"{out}: {number} {'objective' if number == 1 else 'objectives'}"))


@command.command("import")
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path), metavar="OPENSLO")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              metavar="FILE", help="Where to write the objectives.")  # fmt: skip
def import_command(source: Path, out: Path) -> None:
    """Take objectives over from OpenSLO v1."""
    if out.exists():
        raise ConfigError(f"{out} is there already", hint="name a new file")
    text = read_file(source, hint="name a file of OpenSLO").text
    every = from_openslo(text, str(source))
    write_whole(out, objectives_text(every))
    click.echo(plain(f"{out}: {len(every)} {'objective' if len(every) == 1 else 'objectives'}"))


def _moment(given: dict[str, Any]) -> int:
    return required(given["at"] or now(), "--at")


def _unended(broken: tuple[Breach, ...], lines: Lines) -> list[Breach]:
    """Return breaches but those that a person has ended."""
    over = {
        (alert.objective, link)
        for run, every in lines.raised.items()
        for alert in every
        if (run, alert.number) in lines.ended
        for link in alert.links
    }
    return [each for each in broken if (f"root:{each.section}", each.decision) not in over]


def _say(  # noqa: PLR0913, PLR0917 - what there is to say
    given: dict[str, Any],
    objectives: Objectives,
    found: tuple[Status, ...],
    broken: tuple[Breach, ...],
    at: int,
    lines: Lines,
) -> None:
    waiting = _unended(broken, lines)
    if given["as_json"]:
        write_json(as_json(objectives, found, waiting, written_ms(at)))
        return
    for line in table(found):
        click.echo(plain(line))
    for each in waiting:
        said = f"BREACH of root section {each.section}: {each.decision}, found by {each.people}"
        click.echo(plain(said + (f", not by {each.others}" if each.others else "")))
    if given["spec"] is None:
        note("breaches of root sections are not looked for: name the spec with --spec")
