"""Taking back all that one said, and keeping the promise of how long it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from charter.errors import AlreadyRecorded
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.participation import Participation, is_withdrawn
from charter.evolve.surveys.refused import Refused
from charter.ledger.erasure import erase, standing
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.policy.instant import instant
from charter.records.erasure import HoldPlaced
from charter.records.survey import AnswerGiven, ParticipantJoined, ParticipantWithdrew

PARTICIPANT = "participant"
"""Who erases where somebody withdrew."""
_DAY = 24 * 60 * 60
_TRIES = 20


class _Why(NamedTuple):
    """What the record of an erasure says."""

    by: str
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of what was due to be erased."""

    erased: int
    """Participations of which nothing can be read any more."""
    held: int
    """Participations under a legal hold: erased when it is lifted and this is done again."""


def withdraw(ledger: Ledger, vault: Vault, part: Participation, *, at: str) -> bool:
    """Take back all that somebody said; from now on it counts in no figure. Idempotent.

    The record, the erasure and its record are one transaction. Returns False where a legal hold
    keeps the words sealed for now; they count nowhere all the same.
    """
    withdrew = ParticipantWithdrew(part.id, at, part.joined.survey)
    for _ in range(_TRIES):
        if is_withdrawn(ledger, part.id):
            return erase_withdrawn(ledger, vault, part, at=at)
        try:
            why = _withdrew(part.joined.survey, PARTICIPANT)._asdict()
            done = erase(ledger, vault, part.joined.subject, **why, at=at, also=(withdrew,))
            if isinstance(done, HoldPlaced):
                ledger.append(withdrew)
                return False
        except AlreadyRecorded:
            continue  # withdrawn twice at once, or erased by somebody else
        return True
    raise Refused("too many others erase at the same time", why="many", hint="try again")


def erase_withdrawn(
    ledger: Ledger, vault: Vault, part: Participation, *, at: str | None = None
) -> bool:
    """Erase what is left of somebody who withdrew; False where a legal hold forbids it.

    Something is left after a hold, and where an answer came in at the same moment.
    """
    when = at if at is not None else _withdrawn_at(ledger, part.id)
    why = _withdrew(part.joined.survey, PARTICIPANT)
    return _erased(ledger, vault, part.joined.subject, why, at=when)


def expire(ledger: Ledger, vault: Vault, opening: Opening, *, by: str, at: str) -> Kept:
    """Erase what the survey promised to keep no longer, and what is left of who withdrew.

    The days count from the last answer of each participation, since taking one back is no reason
    to keep the others longer; `at` is now. Figures that were written down stay. May be done again
    and again.
    """
    now, days = instant(at), opening.survey.promise.retention_days
    last = {each.run: each.at for each in ledger.read(AnswerGiven) if each.payload}
    gone = {record.run for record in ledger.read(ParticipantWithdrew)}
    erased = held = 0
    for joined in _joined(ledger, opening.id):
        since = last.get(joined.run, joined.at)
        due = instant(since) + days * _DAY <= now
        if not (due or joined.run in gone) or not ledger.store.payload_ids(joined.subject):
            continue
        over = _Why(by, f"kept for {days} days, as promised", f"retention promised by {opening.id}")
        why = _withdrew(opening.id, by) if joined.run in gone else over
        done = _erased(ledger, vault, joined.subject, why, at=at)
        erased, held = erased + done, held + (not done)
    return Kept(erased, held)


def _joined(ledger: Ledger, survey: str) -> Iterator[ParticipantJoined]:
    return (record for record in ledger.read(ParticipantJoined) if record.survey == survey)


def _withdrew(survey: str, by: str) -> _Why:
    return _Why(by, f"withdrew from {survey}", "consent was withdrawn")


def _erased(ledger: Ledger, vault: Vault, subject: str, why: _Why, *, at: str) -> bool:
    for _ in range(_TRIES):
        if not ledger.store.payload_ids(subject):
            vault.forget(subject)
            return True
        if standing(ledger, subject):
            return False
        try:
            done = erase(ledger, vault, subject, **why._asdict(), at=at)
        except AlreadyRecorded:
            continue  # somebody else erased it: look again
        return not isinstance(done, HoldPlaced)
    return False


def _withdrawn_at(ledger: Ledger, run: str) -> str:
    return next(iter(ledger.read(ParticipantWithdrew, run=run, limit=1))).at
