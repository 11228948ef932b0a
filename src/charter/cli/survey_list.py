"""`charter survey list`: the surveys of a ledger, and how many take part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.evolve.surveys.counts import SurveyCounts
from charter.ledger.ledger import Ledger
from charter.records.survey import CHANNELS


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@ledger_place
@config_option
def command(**given: Any) -> None:
    """List surveys: open or closed, who joined by which way, who withdrew, what was noted.

    Counts of who takes part, and no figure of what they said.
    """
    with opened_ledger(given) as ledger:
        rows = list(_rows(ledger))
    if given["as_json"]:
        write_json({"surveys": rows})
        return
    for row in rows:
        click.echo(plain(_line(row)))
    if not rows:
        note("no survey was opened yet")


def _rows(ledger: Ledger) -> Iterator[dict[str, Any]]:
    at = now()
    for each in SurveyCounts().of(ledger):
        found = each.opening
        yield {
            "id": found.id,
            "title": found.survey.title[found.survey.languages[0]],
            "digest": found.digest,
            "open": found.takes(at),
            "opened": found.record.at,
            "closes": found.survey.closes or None,
            "closed": None if found.closed is None else found.closed.at,
            "joined": {name: way.joined for name, way in each.channels.items()},
            "answers": {name: way.answers for name, way in each.channels.items()},
            "withdrew": {name: way.withdrew for name, way in each.channels.items()},
            "noted": {name: dict(sorted(way.notes.items())) for name, way in each.channels.items()},
            "invited": each.codes,
            "used": each.used,
        }


def _line(row: Mapping[str, Any]) -> str:
    noted = {name: sum(notes.values()) for name, notes in row["noted"].items()}
    codes = f"; codes: {row['invited']}, used {row['used']}" if row["invited"] else ""
    return (
        f"{row['id']}  {_state(row)}  joined: {_apart(row['joined'])}; "
        f"answers: {_apart(row['answers'])}; withdrew: {_apart(row['withdrew'])}; "
        f"notes: {_apart(noted)}{codes}"
    )


def _apart(counts: Mapping[str, int]) -> str:
    """Return a count of each way that people came: never their sum."""
    return ", ".join(f"{counts[each]} {each}" for each in CHANNELS)


def _state(row: Mapping[str, Any]) -> str:
    if row["closed"]:
        return f"closed {row['closed']}"
    if not row["open"]:
        return f"closed, its last day was {row['closes']} (still to do: charter survey close)"
    return f"open until {row['closes']}" if row["closes"] else "open"
