"""`charter propose new SPEC` and `word`: other words for clauses, and what they rest on."""

from __future__ import annotations

import re
import secrets
from typing import Any

import click

from charter.cli.free_text import FREE_TEXT
from charter.cli.known_ledger import known_ledger
from charter.cli.ledger_file import ledger_file
from charter.cli.propose_base import beneath
from charter.cli.propose_facts import facts_options, worded_of
from charter.cli.propose_found import named, proposal_argument
from charter.cli.propose_screen import lines
from charter.cli.reason import reason_of
from charter.cli.refused import refusing
from charter.cli.screen import plain
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.cli.who import by_option, who
from charter.errors import AlreadyRecorded
from charter.evolve.proposals.edit import edits_json
from charter.evolve.proposals.fold import proposals
from charter.evolve.proposals.moves import word
from charter.evolve.proposals.origins import check_origin, origin_of
from charter.evolve.proposals.refused import Refused
from charter.evolve.proposals.wording import Worded
from charter.load import load
from charter.records.proposal import KINDS, ProposalMade, ProposalWorded

MOST_TITLE = 200
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")


@click.command("new")
@click.argument("spec")
@click.option("--title", required=True, type=FREE_TEXT, help="What it is about, in one line.")
@click.option("--kind", required=True, type=click.Choice(KINDS), help="What kind of change it is.")
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
@click.option(
    "--origin",
    "origins",
    required=True,
    multiple=True,
    metavar="KIND:ID",
    help="What it comes from: comment, survey (SURVEY#ITEM), incident, suite, determinacy or "
    "person; with =TEXT what that says; repeatable.",
)
@facts_options
@click.option("--id", "proposal", metavar="ID", help="An id of one's own; else one is made.")
@by_option
@ledger_place
@config_option
def new(**given: Any) -> None:
    """Propose other words for a spec.

    What is proposed is the difference of SPEC and a changed copy of it. Everything else is found
    out and put on record: what becomes stale, who has to agree, what people said and how models
    did, and of what nothing is known.
    """
    by, at, reason = who(given["by"]), now(), reason_of(given)
    run = given["proposal"] or f"prop_{secrets.token_hex(12)}"
    title = " ".join(given["title"].split())
    if not _ID.fullmatch(run):
        raise click.UsageError(
            f"--id {run!r:.80}: 3 to 64 letters, digits, dots, dashes, underscores"
        )
    if not 0 < len(title) <= MOST_TITLE:
        raise click.UsageError(f"--title: one line of at most {MOST_TITLE} characters")
    origins = tuple(dict.fromkeys(map(origin_of, given["origins"])))
    spec = load(given["spec"])
    with refusing(run), opened_ledger(given) as ledger:
        below = beneath(spec, given["bases"])
        specs = (spec, *([below.spec] if below else []))
        with known_ledger(ledger_file(given["runs_place"])) as runs:
            for each in origins:
                check_origin(ledger, each, specs, runs=runs)
        found, facts = worded_of(given, spec, ledger)
        made = ProposalMade(
            run,
            at,
            by,
            given["kind"],
            title,
            reason,
            spec.name,
            spec.version,
            spec.digest,
            origins,
            found.sections,
            found.needs.level,
            tuple(given["questions"]),
        )
        try:
            ledger.append(made, _worded(run, 1, at, by, found, facts))
        except AlreadyRecorded as cause:
            raise Refused("there is a proposal of this id already") from cause
        click.echo(plain("\n".join(lines(named(proposals(ledger), run)))))


@click.command("word")
@proposal_argument
@click.argument("spec")
@facts_options
@by_option
@ledger_place
@config_option
def word_command(**given: Any) -> None:
    """Give a proposal other words, as a whole; the earlier ones stay on record.

    SPEC is the text that the words are for: the present one. Votes are votes on words, and those
    on earlier words count no more.
    """
    by, at, spec = who(given["by"]), now(), load(given["spec"])
    with refusing(given["proposal"]), opened_ledger(given) as ledger:
        every = proposals(ledger)
        state = named(every, given["proposal"])
        found, facts = worded_of(given, spec, ledger)
        record = _worded(state.id, state.numbers[0] + 1, at, by, found, facts)
        click.echo(plain("\n".join(lines(word(ledger, every, state, record)))))


def _worded(  # noqa: PLR0913, PLR0917 - the record, part by part
    run: str, number: int, at: str, by: str, found: Worded, facts: str
) -> ProposalWorded:
    edits = edits_json(found.edits, base=found.old.digest)
    return ProposalWorded(run, number, at, by, edits, facts, found.new.digest)
