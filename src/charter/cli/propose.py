"""`charter propose`: from what people said to a changed clause whose origin can be traced."""

from __future__ import annotations

from typing import Any

import click

from charter.cli import propose_adopt, propose_ask, propose_export, propose_new
from charter.cli.propose_found import acting_on, named, proposal_argument
from charter.cli.propose_screen import lines, proposal_json, row
from charter.cli.reason import reason_of
from charter.cli.release_ledger import acting_options
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, opened_ledger
from charter.evolve.proposals import moves
from charter.evolve.proposals.agreement import agreement
from charter.evolve.proposals.asking import unshown
from charter.evolve.proposals.changed import proposals_on, says_of
from charter.evolve.proposals.fold import APPROVE, DENY, WITHDRAW, proposals
from charter.evolve.proposals.tries import tries, try_lines
from charter.evolve.surveys.opening import opening
from charter.records.proposal import ADOPTED, STATES, VALIDATION


@click.group("propose")
def command() -> None:
    """Propose other words for a spec, ask people, decide, and write them into the text.

    A proposal goes from draft to consultation to validation, and is adopted, deferred or set
    aside; what is deferred may come back. Every step is taken by a role, with a reason.
    """


for each in (
    propose_new.new,
    propose_new.word_command,
    propose_ask.command,
    propose_adopt.command,
    propose_export.command,
):
    command.add_command(each)


@command.command("list")
@click.option("--state", type=click.Choice(STATES), help="Those in this state only.")
@click.option(
    "--on",
    "rule",
    metavar="ID",
    help="Those only whose words change this section, or this clause by its old or new id.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@ledger_place
@config_option
def list_command(**given: Any) -> None:
    """List proposals, oldest first."""
    with opened_ledger(given) as ledger:
        found = [e for e in proposals(ledger).all() if given["state"] in (None, e.state)]
        if given["rule"] is not None:
            found = list(proposals_on(found, given["rule"]))
        if given["as_json"]:
            write_json({"proposals": [proposal_json(each) for each in found]})
            return
        for each in found:
            click.echo(plain(row(each)))
    if not found:
        wanted = given["state"] is not None or given["rule"] is not None
        note("no proposal is like that" if wanted else "nobody has proposed anything yet")


@command.command("show")
@proposal_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with everything known.")
@ledger_place
@config_option
def show_command(**given: Any) -> None:
    """Show a proposal: its words, origins, what is known of its effects, who said what."""
    with opened_ledger(given) as ledger:
        state = named(proposals(ledger), given["proposal"])
        asked = tries(ledger, state)
        if given["as_json"]:
            write_json(proposal_json(state, asked))
        else:
            told = (f"  to validate it: {each}" for each in try_lines(asked))
            click.echo(plain("\n".join((*lines(state), *told))))


@command.command("vote")
@proposal_argument
@click.argument("verdict", type=click.Choice((APPROVE, DENY, WITHDRAW)))
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
@acting_options
def vote_command(**given: Any) -> None:
    """Say whether the words that are validated shall be adopted. Once for each wording.

    Whoever proposed it, or chose the words, does not vote. `withdraw` takes one's vote back, until
    they are adopted; who does that says nothing of these words again.
    """
    reason, verdict = reason_of(given), given["verdict"]
    with acting_on(given) as a:
        seen, by, at = (a.ledger, a.found, a.state, a.roles), a.person.id, a.at
        if verdict == WITHDRAW:
            state = moves.withdraw(*seen, by=by, reason=reason, at=at)
        else:
            state = moves.vote(*seen, by=by, verdict=verdict, reason=reason, at=at)
        click.echo(plain(f"{state.id}: {given['verdict']} by {a.person.id}"))
        for line in agreement(state, a.roles, at=a.at).against:
            click.echo(plain(f"  {line}"))


@command.command("move")
@proposal_argument
@click.argument("state", type=click.Choice([each for each in STATES if each != ADOPTED]))
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
@click.option("--survey", default="", metavar="ID", help="What asks people in that state.")
@acting_options
def move_command(**given: Any) -> None:
    """Move a proposal to another state. Adopting is `charter propose adopt`.

    An owner or approver over something that changes does it. Consultation and validation name an
    open survey; that of a validation says so, and is about the text with these very words.
    """
    reason = reason_of(given)
    with acting_on(given) as a:
        state = moves.move(
            a.ledger,
            a.found,
            a.state,
            a.roles,
            to=given["state"],
            by=a.person.id,
            reason=reason,
            at=a.at,
            survey=given["survey"],
        )
        click.echo(plain(f"{state.id}: {state.state} by {a.person.id}"))
        asked = opening(a.ledger, state.survey) if state.state == VALIDATION else None
        missed = unshown(asked.survey, says_of(state)) if asked else ()
        if missed:
            what = f"{state.survey} does not show the words of {', '.join(missed[:5])}"
            note(plain(f"{what}: does it put them to people in another way?"))
