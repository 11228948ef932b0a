"""`charter propose adopt ID SPEC`: write the words into the spec, where they belong."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import click

from charter.cli.one_writer import check_apart, check_writable, one_writer
from charter.cli.propose_base import base_option, beneath
from charter.cli.propose_found import Acting, acting_on, proposal_argument
from charter.cli.propose_validation import read_validation
from charter.cli.reason import reason_of
from charter.cli.release_ledger import acting_options
from charter.cli.screen import plain
from charter.cli.whole_file import write_whole
from charter.errors import AlreadyRecorded, ConfigError, StorageError
from charter.evolve.proposals.adoption import Outcome, adopting, against, outcome
from charter.evolve.proposals.changed import sections_of
from charter.evolve.proposals.changelog import FILE, entry, in_changelog, in_notes
from charter.evolve.proposals.edit import read_edits
from charter.evolve.proposals.fold import ProposalState
from charter.evolve.proposals.moves import record_move
from charter.evolve.proposals.refused import Refused
from charter.evolve.proposals.tries import tries
from charter.load import load, read_source, spec_file, starter_folder
from charter.records.proposal import ADOPTED, ProposalApplied
from charter.source import digest_of
from charter.spec.spec import Spec

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("adopt")
@proposal_argument
@click.argument("spec")
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
@click.option("--rebase", is_flag=True, help="Also where the stretches stand elsewhere now.")
@click.option(
    "--override",
    is_flag=True,
    help="By the role override: adopt though the validation does not hold; shown everywhere.",
)
@click.option("--version", metavar="NEW", help="Write this version into the front matter too.")
@click.option(
    "--changelog",
    type=_FILE,
    metavar="FILE",
    help=f"Where the entry goes; {FILE} beside the spec without it.",
)
@click.option(
    "--notes",
    type=_FILE,
    metavar="FILE",
    help="The notes of `charter publish`, instead: under --version, or the spec's version.",
)
@click.option(
    "--master-key",
    "master",
    type=_FILE,
    metavar="FILE",
    help="Key file of the payloads, to read what people said.",
)
@base_option
@acting_options
def command(**given: Any) -> None:
    """Adopt a proposal: decide, write the words into SPEC, and the changelog.

    Refused, with every reason, where approvals are missing, where people do not say that the words
    say what they meant, or where a stretch of the text has changed since. Outside of the stretches
    nothing changes, but a version that --version asks for. Done twice, it changes nothing more.
    """
    reason = reason_of(given)
    if given["notes"] and given["changelog"]:
        raise click.UsageError("--notes or --changelog, not both")
    file = spec_file(given["spec"])
    if file.resolve().is_relative_to(starter_folder()):
        raise ConfigError(
            "the starter spec that comes with Charter is not written into",
            hint="make a copy of your own: charter new spec my-spec",
        )
    log = given["notes"] or given["changelog"] or file.parent / FILE
    check_apart((file, log))
    with acting_on(given) as a, one_writer((file, log)):
        if a.state.applied:
            click.echo(plain(f"{a.state.id}: was adopted already; nothing changed"))
            return
        spec = load(given["spec"])
        below = beneath(spec, given["bases"])
        made = outcome(a.state, spec, below=below, rebase=given["rebase"], version=given["version"])
        # What can be refused is refused before anything is recorded.
        _changelog(given, a.state, spec, _text(log))
        for each in (file, log):
            check_writable(each)
        state = a.state if a.state.state == ADOPTED else _decide(given, a, reason)
        known = _text(log)
        told = _Log(log, known, _changelog(given, state, spec, known))
        try:
            _write(a, state, made, told, spec)
        except StorageError as error:
            hint = "the decision stands in the ledger: once that is mended, run this again"
            raise StorageError(error.message, hint=hint) from error


def _decide(given: dict[str, Any], a: Acting, reason: str) -> ProposalState:
    """Record the decision. Raises Refused where anything speaks against it."""
    override = given["override"]
    asked = tries(a.ledger, a.state)
    found = read_validation(given, a, asked)
    person = a.person.id
    reasons = against(a.state, a.roles, found, by=person, override=override, at=a.at)
    if reasons:
        for each in reasons[:-1]:
            click.echo(plain(f"{a.state.id}: not done: {each}"), err=True)
        raise Refused(reasons[-1])
    if override and found is not None and found.holds:
        raise Refused("its validation holds: there is nothing to override")
    record = adopting(
        a.state, a.roles, found, asked=asked, by=person, reason=reason, override=override, at=a.at
    )
    return record_move(a.ledger, a.found, a.state, record)


class _Log(NamedTuple):
    """The changelog, or the notes: the text it had, and that with the entry."""

    file: Path
    known: str
    text: str


def _changelog(given: dict[str, Any], state: ProposalState, spec: Spec, known: str) -> str:
    """Return the text of the changelog or the notes with the entry. Raises Refused."""
    line = entry(state)
    if not given["notes"]:
        return in_changelog(known, line, id=state.id)
    version = given["version"] or spec.version
    if not version:
        raise Refused("which version is the note on?", hint="name it with --version")
    return in_notes(known, line, version=version, ids=sections_of(state) or (state.id,))


def _text(file: Path) -> str:
    return read_source(file).text if file.exists() else ""


def _write(a: Acting, state: ProposalState, made: Outcome, log: _Log, spec: Spec) -> None:
    """Write the spec, then the changelog, then the record: begun again, it goes on from there."""
    file = Path(spec.source.path)
    if made.text != spec.source.text:
        write_whole(file, made.text, was=spec.source.text)
    if log.text != log.known:
        write_whole(log.file, log.text, was=log.known if log.file.exists() else None)
    # Words that stand there already came out of the text that they were made for.
    same = spec.digest == state.words.result
    before = read_edits(state.words.edits)[0] if same else spec.digest
    after = digest_of(made.text)
    record = ProposalApplied(state.id, a.at, a.person.id, before, after, entry(state))
    with suppress(AlreadyRecorded):  # the same, by somebody else meanwhile
        a.ledger.append(record)
    there = " (it stood there already)" if made.there else ""
    click.echo(plain(f"{state.id}: adopted by {state.moves[-1].by}; in {file}{there}"))
    click.echo(plain(f"  changelog: {log.file}"))
    if state.moves[-1].role == "override":
        click.echo(plain(f"  OVERRIDDEN: its validation does not hold: {state.moves[-1].reason}"))
