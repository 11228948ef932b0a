"""`charter objectives`: how service levels stand, what burns, and files for other tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from charter.cli.objectives_screen import as_json, shown, table
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger, settings_of
from charter.cli.who import by_option, who
from charter.cli.whole_file import write_whole
from charter.errors import ConfigError, LedgerError, LedgerUnavailable
from charter.gateway.place import place_of
from charter.govern.objectives.breach import Breach, breaches, raised
from charter.govern.objectives.grafana import dashboard
from charter.govern.objectives.judge_errors import errors_of
from charter.govern.objectives.moment import required, written
from charter.govern.objectives.objective import Objective, Objectives
from charter.govern.objectives.objectives_file import load_objectives
from charter.govern.objectives.objectives_text import objectives_text
from charter.govern.objectives.openslo import MOST_CHARACTERS, from_openslo, to_openslo
from charter.govern.objectives.prometheus import exposition, rules
from charter.govern.objectives.recorded import Lines, alert_lines, changes, standing
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.rollup_open import open_rollups
from charter.govern.objectives.status import Status, as_of, statuses
from charter.ledger.ledger import Ledger
from charter.load import load
from charter.records.objective import AlertEnded, AlertRaised

EXIT_FIRES = 1
TRIES = 5
"""How often another process may be quicker before this one gives up."""
MOST_REASON = 2000
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


_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
_AT = click.option("--at", metavar="TIME", help="As of then, such as 2026-01-31T23:59:59Z; now.")
_SPEC = click.option(
    "--spec", metavar="SPEC", help="The spec: whose root sections have no budget, but breaches."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("objectives", cls=_Group)
def command() -> None:
    """Say how service levels stand: value, budget left, alerts.

    `charter objectives FILE` is short for `charter objectives show FILE`. A file is made by hand
    or by `import`; see docs/objectives.md.
    """


@command.command("show")
@_FILE
@_AT
@_SPEC
@_JSON
@ledger_place
@config_option
def show_command(**given: Any) -> None:
    """Show every objective; exit 1 where an alert fires or a root section was broken.

    Nothing is recorded: see `alert`.
    """
    objectives = load_objectives(given["file"])
    at = _moment(given)
    with _opened(given) as (ledger, rollup):
        found = statuses(objectives, as_of(rollup.measure, at))
        broken = _breaches(given, ledger, at)
        lines = alert_lines(ledger)
    _say(given, objectives, found, broken, at, lines)
    _exit(found, _unended(broken, lines))


@command.command("check")
@_FILE
def check_command(file: Path) -> None:
    """Read a file and say what it asks for; exit 2 where it cannot be used."""
    objectives = load_objectives(file)
    for each in objectives.every:
        click.echo(plain(shown(each)))
    number = len(objectives.every)
    click.echo(plain(f"{file}: {number} {'objective' if number == 1 else 'objectives'}"))


@command.command("alert")
@_FILE
@_SPEC
@_JSON
@ledger_place
@config_option
def alert_command(**given: Any) -> None:
    """Record what begins to fire, and what does so no more; exit 1 where something fires.

    Run it every minute or so. It may run in several places: an alert is recorded once.
    """
    objectives = load_objectives(given["file"])
    with _opened(given) as (ledger, rollup):
        for _ in range(TRIES):
            moment = now()
            at = required(moment, "now")
            rollup.update(ledger)
            found = statuses(objectives, as_of(rollup.measure, at))
            broken = _breaches(given, ledger, at)
            lines = alert_lines(ledger)
            made = _changes(objectives, found, broken, lines, moment)
            try:
                if made:
                    ledger.append(*made)
                break
            except LedgerUnavailable:
                raise
            except LedgerError:  # another process was quicker: look again
                continue
        else:
            raise LedgerError(
                "others record alerts at the same time", hint="run this in one place, or later"
            )
        lines = alert_lines(ledger)
    if given["as_json"]:
        write_json({"recorded": [_record_json(each) for each in made]})
    else:
        for each in made:
            click.echo(plain(_record_text(each)))
        if not made:
            click.echo("nothing changed")
    _exit(found, standing(lines))


@command.command("end")
@click.argument("alert", metavar="RUN/NUMBER")
@click.option("--reason", required=True, help="What was done; it stays in the ledger.")
@by_option
@ledger_place
@config_option
def end_command(**given: Any) -> None:
    """End an alert by hand, such as `root:protect_privacy/breach/1` once it is dealt with."""
    run, _, number = given["alert"].rpartition("/")
    reason = given["reason"].strip()
    if not 0 < len(reason) <= MOST_REASON:
        raise click.UsageError("say what was done with --reason: it is part of the record")
    person = who(given["by"])
    with opened_ledger(given) as ledger:
        number_ = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        lines = alert_lines(ledger)
        if lines.find(run, number_) is None:
            _refuse(given["alert"], "there is no such alert: see `charter objectives alerts`")
        if (run, number_) in lines.ended:
            _refuse(given["alert"], "it was ended already")
        try:
            ledger.append(AlertEnded(run, number_, now(), person, reason))
        except LedgerUnavailable:
            raise
        except LedgerError:
            _refuse(given["alert"], "somebody else ended it meanwhile: look again")
    click.echo(plain(f"{run}/{number_}: ended by {person}"))


@command.command("alerts")
@_JSON
@ledger_place
@config_option
def alerts_command(**given: Any) -> None:
    """List the alerts that nobody has ended; exit 1 where there are any."""
    with opened_ledger(given) as ledger:
        found = alert_lines(ledger).every_open
    if given["as_json"]:
        write_json({"alerts": [_record_json(each) for each in found]})
    else:
        for each in found:
            click.echo(plain(_record_text(each)))
        if not found:
            click.echo("no alert is open")
    if found:
        raise click.exceptions.Exit(EXIT_FIRES)


@command.command("exposition")
@_FILE
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
    with _opened(given) as (ledger, rollup):
        found = statuses(objectives, as_of(rollup.measure, at))
        text = exposition(found, standing(alert_lines(ledger)))
    if given["out"] is None:
        click.echo(text, nl=False)
        return
    write_whole(given["out"], text)


@command.command("export")
@_FILE
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
    try:
        with source.open("rb") as file:
            raw = file.read(4 * MOST_CHARACTERS + 1)
        text = raw.decode("utf-8-sig")
    except OSError as cause:
        raise ConfigError(f"{source} cannot be read: {cause.strerror or cause}") from cause
    except UnicodeDecodeError as cause:
        raise ConfigError(f"{source} is not UTF-8 text", hint="save it as UTF-8") from cause
    every = from_openslo(text, str(source))
    write_whole(out, objectives_text(every))
    click.echo(plain(f"{out}: {len(every)} {'objective' if len(every) == 1 else 'objectives'}"))


@contextmanager
def _opened(given: dict[str, Any]) -> Iterator[tuple[Ledger, Rollup]]:
    """Open the ledger with its counts, brought up to date."""
    place = place_of(settings_of(given).ledger, given.get("place"))
    with opened_ledger(given) as ledger:
        store, kept = open_rollups(place)
        if not kept:
            note("nothing can be written beside the ledger: it is counted anew each time")
        rollup = Rollup(store, errors=errors_of(ledger))
        try:
            rollup.update(ledger)
            yield ledger, rollup
        finally:
            rollup.close()


def _moment(given: dict[str, Any]) -> int:
    return required(given["at"] or now(), "--at")


def _breaches(given: dict[str, Any], ledger: Ledger, at: int) -> tuple[Breach, ...]:
    """Return confirmed breaches of root sections; none without a spec, which says what is root."""
    if given["spec"] is None:
        return ()
    spec = load(given["spec"])
    root = {each.id for each in spec.sections if each.authority == "root"}
    moment = written(at)
    return tuple(each for each in breaches(ledger, root) if each.at <= moment)


def _changes(
    objectives: Objectives,
    found: tuple[Status, ...],
    broken: tuple[Breach, ...],
    lines: Lines,
    at: str,
) -> tuple[AlertRaised | AlertEnded, ...]:
    existing = (alert for every in lines.raised.values() for alert in every)
    return (
        *changes(found, lines, at=at, definition=objectives.digest),
        *raised(broken, existing, at=at, definition=objectives.digest),
    )


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
        write_json(as_json(objectives, found, waiting, written(at)))
        return
    for line in table(found):
        click.echo(plain(line))
    for each in waiting:
        said = f"BREACH of root section {each.section}: {each.decision}, found by {each.people}"
        click.echo(plain(said + (f", not by {each.others}" if each.others else "")))
    if given["spec"] is None:
        note("breaches of root sections are not looked for: name the spec with --spec")


def _exit(found: tuple[Status, ...], broken: object) -> None:
    if broken or any(each.alerts.severity for each in found):
        raise click.exceptions.Exit(EXIT_FIRES)


def _refuse(wanted: str, why: str) -> NoReturn:
    click.echo(plain(f"{wanted[:80]}: not done: {why}"), err=True)
    raise click.exceptions.Exit(EXIT_FIRES)


def _record_json(record: AlertRaised | AlertEnded) -> dict[str, Any]:
    if isinstance(record, AlertEnded):
        return {
            "event": "ended", "alert": f"{record.run}/{record.number}", "at": record.at,
            "by": record.by, "reason": record.reason,
        }  # fmt: skip
    return {
        "event": "raised", "alert": f"{record.run}/{record.number}", "at": record.at,
        "objective": record.objective, "severity": record.severity,
        "long_minutes": record.long_minutes, "bad": record.bad, "total": record.total,
        "burn": record.burn, "short_burn": record.short_burn, "links": list(record.links),
    }  # fmt: skip


def _record_text(record: AlertRaised | AlertEnded) -> str:
    name = f"{record.run}/{record.number}"
    if isinstance(record, AlertEnded):
        return f"ended   {name}  {record.at}  {record.reason}"
    if not record.burn:
        return f"raised  {name}  {record.at}  breach: {', '.join(record.links)}"
    return (
        f"raised  {name}  {record.at}  burns {record.burn} over {record.long_minutes} min"
        f" ({record.bad} of {record.total} bad), {record.short_burn} of late"
    )
