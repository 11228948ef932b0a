"""`charter propose adopt ID SPEC`: write the words into the spec, where they belong."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charter.cli.propose_found import Acting, acting_on, proposal_argument
from charter.cli.reason import reason_of
from charter.cli.release_ledger import acting_options
from charter.cli.screen import note, plain
from charter.cli.vault_options import opened
from charter.cli.whole_file import write_whole
from charter.errors import AlreadyRecorded, ConfigError
from charter.evolve.proposals.adoption import Outcome, adopting, against, outcome
from charter.evolve.proposals.changelog import FILE, entry, in_changelog, in_notes
from charter.evolve.proposals.fold import ProposalState
from charter.evolve.proposals.moves import record_move
from charter.evolve.proposals.refused import Refused
from charter.evolve.surveys.gathered import gather
from charter.evolve.surveys.opening import opening
from charter.load import load, read_source, spec_file, starter_folder
from charter.records.proposal import ADOPTED, ProposalApplied
from charter.source import digest_of
from charter.spec.spec import Spec

if TYPE_CHECKING:  # what computes figures takes long to import
    from charter.evolve.proposals.validation import Validation

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
    with acting_on(given) as a:
        if a.state.applied:
            click.echo(plain(f"{a.state.id}: was adopted already; nothing changed"))
            return
        spec = load(given["spec"])
        if spec_file(given["spec"]).is_relative_to(starter_folder()):
            raise ConfigError(
                "the starter spec that comes with Charter is not written into",
                hint="make a copy of your own: charter new spec my-spec",
            )
        made = outcome(a.state, spec, rebase=given["rebase"], version=given["version"])
        _changelog(given, a.state, spec)  # so that it is refused before anything is recorded
        state = a.state if a.state.state == ADOPTED else _decide(given, a, reason)
        _write(given, a, state, made, _changelog(given, state, spec), spec)


def _decide(given: dict[str, Any], a: Acting, reason: str) -> ProposalState:
    """Record the decision. Raises Refused where anything speaks against it."""
    override = given["override"]
    found = _validation(given, a)
    person = a.person.id
    reasons = against(a.state, a.roles, found, by=person, override=override, at=a.at)
    if reasons:
        for each in reasons[:-1]:
            click.echo(plain(f"{a.state.id}: not done: {each}"), err=True)
        raise Refused(reasons[-1])
    if override and found is not None and found.holds:
        raise Refused("its validation holds: there is nothing to override")
    record = adopting(a.state, a.roles, found, by=person, reason=reason, override=override, at=a.at)
    return record_move(a.ledger, a.found, a.state, record)


def _validation(given: dict[str, Any], a: Acting) -> Validation | None:
    """Return what the validation came to; None, after a note, where that cannot be told."""
    survey = a.state.survey
    asked = opening(a.ledger, survey) if survey else None
    if asked is None:
        return None
    if asked.open:
        note(plain(f"{survey} is still open: its result is read once it is closed"))
        return None
    if asked.record.number > 1:
        note(plain(f"{survey} was opened again after it was closed: it validates nothing"))
        return None
    try:
        from charter.evolve.proposals.validation import validation  # noqa: PLC0415 - slow
        from charter.evolve.results.results_of import reading_of, results_of  # noqa: PLC0415

        with opened(given) as (ledger, vault):
            results = results_of(gather(ledger, vault, asked), reading_of(asked.survey))
    except ConfigError as error:
        note(plain(f"what people said cannot be read: {error}"))
        return None
    return validation(asked.survey, results)


def _changelog(given: dict[str, Any], state: ProposalState, spec: Spec) -> tuple[Path, str]:
    """Return the file of the entry, and its text with it. Raises Refused."""
    line = entry(state)
    if given["notes"]:
        version = given["version"] or spec.version
        if not version:
            raise Refused("which version is the note on?", hint="name it with --version")
        text = _text(given["notes"])
        ids = state.made.sections or (state.id,)
        return given["notes"], in_notes(text, line, version=version, ids=ids)
    file = given["changelog"] or spec_file(given["spec"]).parent / FILE
    return file, in_changelog(_text(file), line, id=state.id)


def _text(file: Path) -> str:
    return read_source(file).text if file.exists() else ""


def _write(  # noqa: PLR0913, PLR0917 - the files and the record of one adoption
    given: dict[str, Any],
    a: Acting,
    state: ProposalState,
    made: Outcome,
    log: tuple[Path, str],
    spec: Spec,
) -> None:
    """Write the spec, then the changelog, then the record: begun again, it goes on from there."""
    file = spec_file(given["spec"])
    if made.text != spec.source.text:
        write_whole(file, made.text, was=spec.source.text)
    before = _text(log[0])
    if log[1] != before:
        write_whole(log[0], log[1], was=before if log[0].exists() else None)
    record = ProposalApplied(
        state.id, a.at, a.person.id, spec.digest, digest_of(made.text), entry(state)
    )
    with suppress(AlreadyRecorded):  # the same, by somebody else meanwhile
        a.ledger.append(record)
    there = " (it stood there already)" if made.there else ""
    click.echo(plain(f"{state.id}: adopted by {state.moves[-1].by}; in {file}{there}"))
    click.echo(plain(f"  changelog: {log[0]}"))
    if state.moves[-1].role == "override":
        click.echo(plain(f"  OVERRIDDEN: its validation does not hold: {state.moves[-1].reason}"))
