"""`charter survey list`: the surveys of a ledger, and how many take part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, opened_ledger
from charter.evolve.surveys.opening import openings
from charter.ledger.ledger import Ledger
from charter.records.survey import (
    CHANNELS,
    AnswerGiven,
    ConductNoted,
    InvitationsMade,
    InvitationUsed,
    ParticipantJoined,
    ParticipantWithdrew,
)


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
        joined = ", ".join(f"{row['joined'][each]} {each}" for each in CHANNELS)
        state = "open" if row["open"] else f"closed {row['closed']}"
        said = f"{row['id']}  {state}  joined: {joined}; answers: {row['answers']}"
        more = f"; withdrew: {row['withdrew']}; notes: {sum(row['noted'].values())}"
        codes = f"; codes: {row['invited']}, used {row['used']}" if row["invited"] else ""
        click.echo(plain(said + more + codes))
    if not rows:
        note("no survey was opened yet")


def _rows(ledger: Ledger) -> Iterator[dict[str, Any]]:
    joined = Counter((each.survey, each.channel) for each in ledger.read(ParticipantJoined))
    withdrew = Counter(each.survey for each in ledger.read(ParticipantWithdrew))
    answers = Counter(each.survey for each in ledger.read(AnswerGiven))
    noted = Counter((each.survey, each.kind) for each in ledger.read(ConductNoted))
    used = Counter(each.survey for each in ledger.read(InvitationUsed))
    made: Counter[str] = Counter()
    for each in ledger.read(InvitationsMade):
        made[each.run] += len(each.codes)
    for found in openings(ledger):
        survey = found.id
        yield {
            "id": survey,
            "title": found.survey.title[found.survey.languages[0]],
            "digest": found.digest,
            "open": found.open,
            "opened": found.record.at,
            "closed": None if found.closed is None else found.closed.at,
            "joined": {each: joined[survey, each] for each in CHANNELS},
            "answers": answers[survey],
            "withdrew": withdrew[survey],
            "noted": {kind: count for (of, kind), count in sorted(noted.items()) if of == survey},
            "invited": made[survey],
            "used": used[survey],
        }
