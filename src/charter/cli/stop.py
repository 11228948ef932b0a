"""`charter stop`: nothing in its reach is served from now on, running streams included."""

from __future__ import annotations

import secrets
from typing import Any

import click

from charter.cli.reason import reason_of
from charter.cli.screen import plain, write_json
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.cli.who import by_option, who
from charter.console.known import NEWEST, known
from charter.errors import CharterError
from charter.ledger.board import Board
from charter.ledger.ledger import Ledger
from charter.records.stop import StopOrdered

MOST_NAME = 300


@click.command("stop")
@click.option("--app", metavar="APPLICATION", help="Stop one application.")
@click.option("--tool", metavar="TOOL", help="Stop one tool, whoever calls it.")
@click.option("--all", "everything", is_flag=True, help="Stop everything.")
@click.option("--list", "listed", is_flag=True, help="List the stops in force.")
@click.option("--reason", help="Why; it stays in the ledger.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@by_option
@ledger_place
@config_option
def command(**given: Any) -> None:
    """Stop an application, a tool or everything.

    Every gateway on the ledger refuses what a stop reaches within a second, and ends streams that
    are running. Who ordered it and why is recorded. `charter resume` ends it.
    """
    reach, name = ("", "") if given["listed"] else _reach(given)
    with opened_ledger(given) as ledger:
        if given["listed"]:
            _list(ledger, as_json=given["as_json"])
            return
        stop = StopOrdered(
            run=f"stp_{secrets.token_hex(16)}",
            at=now(),
            reach=reach,
            name=name,
            by=who(given["by"]),
            reason=reason_of(given),
        )
        ledger.append(stop)
        strange = _strange(ledger, stop)
    if strange:
        click.echo(plain(strange), err=True)
    if given["as_json"]:
        write_json(_as_json(stop))
    else:
        click.echo(plain(f"{stop.run}: {_spoken(stop)} stopped by {stop.by}"))


def _reach(given: dict[str, Any]) -> tuple[str, str]:
    """Return what is stopped. Raises UsageError unless exactly one thing and a reason are named."""
    named = [
        (reach, given[option].strip())
        for reach, option in (("app", "app"), ("tool", "tool"))
        if given[option] is not None
    ]
    if given["everything"]:
        named.append(("all", ""))
    if len(named) != 1:
        raise click.UsageError("name one of --app, --tool and --all")
    reach, name = named[0]
    if reach != "all" and not 0 < len(name) <= MOST_NAME:
        raise click.UsageError(f"--{reach} takes a name of 1 to {MOST_NAME} characters")
    reason_of(given)
    return reach, name


def _strange(ledger: Ledger, stop: StopOrdered) -> str:
    """Return a warning where none of the newest decisions has the name: it may be misspelled."""
    try:
        names = known(ledger)
    except CharterError:  # the stop holds all the same
        return ""
    if stop.reach == "all" or stop.name in names.of(stop.reach):
        return ""
    have = ", ".join(names.of(stop.reach)[:20]) or "none"
    kind = "application" if stop.reach == "app" else "tool"
    return (
        f"no {kind} {stop.name!r} among the newest {NEWEST} decisions: is it spelled so? ({have})"
    )


def _list(ledger: Ledger, *, as_json: bool) -> None:
    board = Board()
    board.poll(ledger)
    if as_json:
        write_json({"stops": [_as_json(stop) for stop in board.stops]})
        return
    for stop in board.stops:
        click.echo(plain(f"{stop.run}  {stop.at}  {_spoken(stop)}  {stop.by}: {stop.reason}"))
    if not board.stops:
        click.echo("no stop is in force")


def _spoken(stop: StopOrdered) -> str:
    kind = {"app": "application ", "tool": "tool "}.get(stop.reach)
    return "everything" if kind is None else f"{kind}{stop.name}"


def _as_json(stop: StopOrdered) -> dict[str, str]:
    return {
        "id": stop.run,
        "at": stop.at,
        "reach": stop.reach,
        "name": stop.name,
        "by": stop.by,
        "reason": stop.reason,
    }
