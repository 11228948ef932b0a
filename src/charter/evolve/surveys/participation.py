"""Somebody takes part: they agree, get a receipt, and are found again by it.

A record of a participation names no person. Its id comes of the receipt, which is stored nowhere:
whoever has it is who took part. Everything they say is sealed under a key of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

from charter.errors import AlreadyRecorded
from charter.evolve.surveys.invitation import is_invited
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.secret_code import (
    digest_of_code,
    participation_id,
    read_code,
    same_code,
)
from charter.evolve.surveys.survey import Survey
from charter.ledger.body import canonical
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.records.survey import (
    OPEN,
    PANEL,
    InvitationUsed,
    ParticipantJoined,
    ParticipantWithdrew,
)
from charter.source import digest_of

APPLICATION = "public:survey"
"""Stands for surveys where subjects are named: no caller's application has a colon in it."""


@dataclass(frozen=True, slots=True)
class Participation:
    """Somebody's part in a survey."""

    joined: ParticipantJoined
    withdrawn: bool

    @property
    def id(self) -> str:
        """The participation's id; a pseudonym."""
        return self.joined.run


def consent_digest(survey: Survey, language: str) -> str:
    """Return the digest of all that somebody is told before they agree, in one language.

    Raises KeyError for a language that the survey does not have.
    """
    promise = survey.promise
    told = {
        "consent": promise.consent[language],
        "purpose": promise.purpose[language],
        "contact": promise.contact,
        "retention_days": promise.retention_days,
    }
    return digest_of(canonical(told))


def join(  # noqa: PLR0913 - each is part of the record, by name
    ledger: Ledger,
    vault: Vault,
    opening: Opening,
    *,
    receipt: str,
    language: str,
    consent: str,
    at: str,
    code: str = "",
) -> Participation:
    """Let somebody take part. It is durable when this returns; the same receipt joins once.

    `receipt` is one of `secret_code.new_code`, made for this form; `consent` the
    `consent_digest` of what they were shown. With the `code` of an invitation, as typed, they are
    part of the panel and the code is used up; without one, of the open call.
    Raises Refused: closed, language, consent, channel, unknown (no such code) or used.
    """
    survey = opening.survey
    _may_join(opening, language, consent, at)
    invited = _invited(ledger, opening, code) if code.strip() else ""
    channel = PANEL if invited else OPEN
    if channel not in survey.channels:
        why = "it takes an invitation" if channel == OPEN else "it has no panel"
        raise Refused(f"{survey.id}: {why}", why="channel")
    receipt = read_code(receipt)
    if not receipt:
        raise Refused("that is no receipt", why="unknown")
    run = participation_id(receipt)
    record = ParticipantJoined(
        run=run,
        at=at,
        survey=survey.id,
        digest=opening.digest,
        channel=channel,
        invitation=invited,
        language=language,
        consent=consent,
        receipt=digest_of_code(receipt),
        subject=vault.pseudonym(APPLICATION, run),
    )
    used = (InvitationUsed(invited, survey.id, run),) if invited else ()
    try:
        ledger.append(record, *used)
    except AlreadyRecorded as cause:
        found = find(ledger, receipt)
        if found is None:
            raise Refused("this invitation was used before", why="used") from cause
        if (found.joined.survey, found.joined.invitation) != (survey.id, invited):
            raise Refused("this receipt is of something else", why="unknown") from cause
        return found  # the same form, sent again
    return Participation(record, withdrawn=False)


def find(ledger: Ledger, receipt: str) -> Participation | None:
    """Return the part that a receipt is of, as it was typed; None where it is of none."""
    code = read_code(receipt)
    if not code:
        return None
    found = participation(ledger, participation_id(code))
    return found if found is not None and same_code(code, found.joined.receipt) else None


def participation(ledger: Ledger, run: str) -> Participation | None:
    """Return a part by its id, for whoever has looked at the receipt before."""
    joined = next(iter(ledger.read(ParticipantJoined, run=run, limit=1)), None)
    if joined is None:
        return None
    return Participation(joined, withdrawn=is_withdrawn(ledger, run))


def is_withdrawn(ledger: Ledger, run: str) -> bool:
    """Whether somebody took back all they said."""
    return next(iter(ledger.read(ParticipantWithdrew, run=run, limit=1)), None) is not None


def _may_join(opening: Opening, language: str, consent: str, at: str) -> None:
    survey = opening.survey
    if not opening.takes(at):
        raise Refused(f"{survey.id} takes no more answers", why="closed")
    if language not in survey.languages:
        raise Refused(f"{survey.id} is not in {language!r:.40}", why="language")
    if consent != consent_digest(survey, language):
        raise Refused("what was agreed to is not what is promised now", why="consent")


def _invited(ledger: Ledger, opening: Opening, code: str) -> str:
    """Return the digest of an invitation. Raises Refused where it is none."""
    plain = read_code(code)
    if not plain or not is_invited(ledger, opening.id, plain):
        raise Refused("this is no invitation to this survey", why="unknown")
    return digest_of_code(plain)
