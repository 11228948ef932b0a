"""A boundary into an overlay, from an incident: first what is going to be done, then the file.

    1. the new text is made, and shown to add that boundary and nothing else
    2. on record: that it is about to be written, with its digest
    3. the file is written, whole or not at all
    4. on record: that it was done, or that it could not be

Where it breaks off in between, the incident says that it was begun (`containment.unfinished`), and
doing the same again goes on from there: a file that has the boundary already is not written again,
and nothing is recorded twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from charter.errors import CharterError, StorageError
from charter.govern.incidents import containment
from charter.govern.incidents.book import append, append_anyway, incident
from charter.govern.incidents.containment import unfinished
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.state import Incident
from charter.govern.incidents.tighten import Tightened, Tightening, tighten
from charter.govern.instants import written
from charter.ledger.ledger import Ledger
from charter.load import load, load_effective, read_source
from charter.policy.compiled.compile import compile_policy
from charter.records.record import Record
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.spec.spec import Spec
from charter.syntax.reader import parse


class Writes(Protocol):
    """What writes a file in one step: `cli.whole_file.write_whole`."""

    def __call__(self, target: Path, text: str, *, was: str) -> None:
        """Write it. Raises StorageError where it does not hold `was`, and is left alone."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants which boundary in which overlay, and why."""

    file: Path
    bases: Sequence[str | Path]
    """What the overlay stands on, from the base up."""
    wanted: Tightening
    reason: str
    by: str
    now: datetime
    wholes: Sequence[Sequence[str | Path]] = ()
    """Stacks that it is part of and that must still be in order, each from the base up."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it."""

    boundary: str
    digest: str
    """Of the overlay's text, as it is now or in a drill would be."""
    rehearsed: bool = False
    went_on: bool = False
    """Whether it had been begun before, and was brought to its end."""


def tighten_overlay(ledger: Ledger, found: Incident, ask: Ask, write: Writes) -> Done:
    """Add a boundary to an overlay, on record before and after.

    Raises Refused for what an overlay may not say or an incident no longer allows, ConfigError,
    SpecError, StorageError where the file cannot be written, and LedgerError.
    """
    overlay = load(ask.file)
    begun = next((e for e in unfinished(found) if e.state == ask.wanted.id), None)
    if begun is not None and begun.value == overlay.digest:
        done = Tightened(overlay.source.text, overlay.digest, ask.wanted.id, ask.wanted.section)
        _record_done(ledger, found, ask, done)
        return Done(done.boundary, done.digest, went_on=True)
    made = tighten(load_effective(ask.bases[0], ask.bases[1:]), overlay, ask.wanted)
    _check_wholes(ask, overlay, made)
    finished = _done(found, ask, made)  # refused here where the incident is closed
    if found.drill:
        append(ledger, (finished,))
        return Done(made.boundary, made.digest, rehearsed=True)
    if begun is None or begun.value != made.digest:
        _record_begun(ledger, found, ask, made, overlay)
        found = incident(ledger, found.id, now=ask.now)
    _write(ledger, found, ask, made, overlay, write)
    _record_done(ledger, found, ask, made)
    return Done(made.boundary, made.digest, went_on=begun is not None)


def _check_wholes(ask: Ask, overlay: Spec, made: Tightened) -> None:
    """Refuse what would keep another stack from being served: overlays name digests below them."""
    source = Source(overlay.source.path, made.text)
    new = build(parse(source), name=overlay.name, version=overlay.version)
    for whole in ask.wholes:
        documents = [new if Path(each) == ask.file else load(each) for each in whole]
        try:
            compile_policy(layer(documents[0], *documents[1:]))
        except CharterError as cause:
            named = "/".join(Path(whole[-1]).parts[-2:])
            raise Refused(
                f"with it {named} would be served no more: {cause.message}",
                hint="tighten the overlay on top instead, or change both by hand",
            ) from cause


def _done(found: Incident, ask: Ask, made: Tightened) -> Record:
    return containment.overlay(
        found,
        at=written(ask.now),
        by=ask.by,
        digest=made.digest,
        boundary=made.boundary,
        section=made.section,
        reason=ask.reason,
    )


def _record_begun(
    ledger: Ledger, found: Incident, ask: Ask, made: Tightened, overlay: Spec
) -> None:
    known = unfinished(found)

    def make(now: Incident) -> Sequence[Record]:
        if unfinished(now) != known:
            raise Refused(
                "somebody else is writing into an overlay for it at this moment",
                hint="look at it again with charter incident show",
            )
        return (
            containment.overlay_begun(
                now,
                at=written(ask.now),
                by=ask.by,
                digest=made.digest,
                boundary=made.boundary,
                name=overlay.name,
                reason=ask.reason,
            ),
        )

    append_anyway(ledger, found, make, now=ask.now)


def _write(  # noqa: PLR0913, PLR0917 - what is written, for whom
    ledger: Ledger, found: Incident, ask: Ask, made: Tightened, overlay: Spec, write: Writes
) -> None:
    try:
        write(ask.file, made.text, was=overlay.source.text)
    except StorageError as error:
        why = error.message
        if _holds(ask.file, made.digest):
            return  # somebody else brought the same to its end

        def make(now: Incident) -> Sequence[Record]:
            return (
                containment.overlay_given_up(
                    now, at=written(ask.now), by=ask.by, boundary=made.boundary, why=why
                ),
            )

        append_anyway(ledger, found, make, now=ask.now)
        raise


def _holds(file: Path, digest: str) -> bool:
    try:
        return read_source(file).digest == digest
    except CharterError:
        return False


def _record_done(ledger: Ledger, found: Incident, ask: Ask, made: Tightened) -> None:
    """Record that it was done, once: somebody else may have recorded it meanwhile."""

    def make(now: Incident) -> Sequence[Record]:
        left = any(each.state == made.boundary for each in unfinished(now))
        return (_done(now, ask, made),) if left else ()

    append_anyway(ledger, found, make, now=ask.now)
