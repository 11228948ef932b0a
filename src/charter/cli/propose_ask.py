"""`charter propose ask ID SPEC`: draft the survey that validates the words of a proposal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charter.cli.propose_base import base_option, beneath
from charter.cli.propose_found import named, proposal_argument
from charter.cli.refused import refusing
from charter.cli.screen import note, plain
from charter.cli.survey_drafting import (
    language_option,
    languages_in,
    new_id,
    out_option,
    trait_option,
)
from charter.cli.vault_options import config_option, ledger_place, opened_ledger
from charter.cli.whole_file import write_whole
from charter.evolve.proposals.asking import Asking, validating
from charter.evolve.proposals.edit import read_edits
from charter.evolve.proposals.fold import NEXT, WORDED_IN, ProposalState, proposals
from charter.evolve.proposals.refused import Refused
from charter.evolve.proposals.tries import confidence, percent, tries
from charter.evolve.proposals.wording import Worded, of_edits
from charter.evolve.surveys.check import check
from charter.evolve.surveys.draft import text_of_draft
from charter.evolve.surveys.read import read_survey
from charter.load import load
from charter.records.survey import CHANNELS, OPEN
from charter.source import Source


@click.command("ask")
@proposal_argument
@click.argument("spec")
@out_option
@language_option
@trait_option
@click.option(
    "--channel",
    type=click.Choice(CHANNELS),
    default=OPEN,
    show_default=True,
    help="Whose answers decide: people who come by themselves, or those who were drawn and have a "
    "code of `charter survey invite`.",
)
@base_option
@ledger_place
@config_option
def command(**given: Any) -> None:
    """Draft the survey that validates a proposal: its final words, put to people.

    Every rule that is new or reads otherwise is a statement; of one that goes it is asked whether
    it may. SPEC is the text that the words are for. Finish it, then `charter survey open` it, and
    `charter propose move ID validation --survey` names it. Nothing is recorded.
    """
    out: Path = given["out"]
    id_ = new_id(out, "validation")
    languages = languages_in(given["languages"])
    with refusing(given["proposal"]), opened_ledger(given) as ledger:
        state = named(proposals(ledger), given["proposal"])
        found = _words(state, given)
        asking = Asking(id_, languages, tuple(dict.fromkeys(given["traits"])), given["channel"])
        text = text_of_draft(validating(found, state.id, asking))
        number = len(tries(ledger, state)) + 1
    written = read_survey(Source(str(out), text))  # what it could not read itself is not written
    marks = sum(each.rule == "unfinished" for each in check(written, found.new))
    write_whole(out, text)
    count = len(written.survey.items)
    items = "1 item" if count == 1 else f"{count} items"
    click.echo(plain(f"{out}: {items}, {marks} texts for you to finish"))
    if state.state in WORDED_IN:
        note(plain(f"it is {state.state}: once its words change, they take another survey"))
    if number > 1:
        sure = percent(confidence(number))
        note(f"survey number {number} to validate it: held against bounds of {sure} intervals")
    click.echo(plain(f"Edit it, then: charter survey open {out}"))


def _words(state: ProposalState, given: dict[str, Any]) -> Worded:
    """Return the words of a proposal, compared with what they replace. Raises Refused."""
    if not NEXT[state.state]:
        raise Refused(f"it is {state.state}: nothing is left to ask")
    spec = load(given["spec"])
    base, edits = read_edits(state.words.edits)
    if spec.digest != base:
        raise Refused(
            f"{spec.source.path} is not the text that the words are for",
            hint="name that text; where it changed since, word the proposal anew",
        )
    return of_edits(spec, edits, base=base, below=beneath(spec, given["bases"]))
