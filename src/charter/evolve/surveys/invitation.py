"""Invitations of a panel: codes for people who were drawn, each good for one participation."""

from __future__ import annotations

from collections.abc import Sequence

from charter.errors import AlreadyRecorded
from charter.evolve.surveys.opening import opening
from charter.evolve.surveys.refused import Refused
from charter.evolve.surveys.secret_code import digest_of_code, new_code
from charter.ledger.ledger import Ledger
from charter.records.survey import PANEL, InvitationsMade

MOST_CODES = 10_000
"""Of one record; a larger panel takes several."""
TRIES = 20


def new_codes(count: int) -> tuple[str, ...]:
    """Return that many new codes. They are nowhere else: write them down before `invite`."""
    return tuple(new_code() for _ in range(count))


def invite(  # noqa: PLR0913 - whom, how and by whom, each by name
    ledger: Ledger, survey: str, codes: Sequence[str], *, frame: str, by: str, at: str
) -> InvitationsMade:
    """Make codes count for a survey; only their digests are recorded. All of them, or none.

    `frame` says whom they were drawn from, and how. Raises Refused where the survey was never
    opened or has no panel, and for no codes or more than MOST_CODES.
    """
    found = opening(ledger, survey)
    if found is None:
        raise Refused(f"there is no survey {survey!r:.80}", why="unknown", hint="open it first")
    if PANEL not in found.survey.channels:
        raise Refused(f"{survey} has no panel", why="channel", hint="see its `channels`")
    if not 0 < len(codes) <= MOST_CODES:
        raise Refused(f"{len(codes)} codes; 1 to {MOST_CODES} at a time", why="many")
    digests = tuple(sorted(map(digest_of_code, codes)))
    for _ in range(TRIES):
        made = ledger.read(InvitationsMade, run=survey, newest=True, limit=1)
        number = next((record.number for record in made), 0) + 1
        record = InvitationsMade(survey, number, at, by, frame, digests)
        try:
            ledger.append(record)
        except AlreadyRecorded:
            continue
        return record
    raise Refused("too many others invite at the same time", why="many", hint="try again")


def is_invited(ledger: Ledger, survey: str, code: str) -> bool:
    """Whether a code was made for a survey; used up or not."""
    digest = digest_of_code(code)
    return any(digest in record.codes for record in ledger.read(InvitationsMade, run=survey))
