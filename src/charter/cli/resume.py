"""`charter resume`: a stop comes to its end."""

from __future__ import annotations

from typing import Any

import click

from charter.cli.free_text import FREE_TEXT
from charter.cli.screen import plain
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.cli.who import by_option, who
from charter.errors import ConfigError
from charter.ledger.board import Board
from charter.records.stop import StopLifted


@click.command("resume")
@click.argument("stop", metavar="STOP-ID")
@click.option("--reason", type=FREE_TEXT, required=True, help="Why; it stays in the ledger.")
@by_option
@ledger_place
@config_option
def command(**given: Any) -> None:
    """End a stop: what it reached is served again, within a second on every replica.

    STOP-ID is what `charter stop` printed; `charter stop --list` shows those in force. Other stops
    that reach the same stay in force.
    """
    reason = given["reason"].strip()
    if not reason:
        raise click.UsageError("say why with --reason: it is part of the record")
    with opened_ledger(given) as ledger:
        board = Board()
        board.poll(ledger)
        if given["stop"] not in [stop.run for stop in board.stops]:
            raise ConfigError(
                f"no stop {given['stop'][:80]!r} is in force", hint="see `charter stop --list`"
            )
        lifted = StopLifted(given["stop"], now(), who(given["by"]), reason)
        ledger.append(lifted)
    click.echo(plain(f"{lifted.run}: ended by {lifted.by}"))
