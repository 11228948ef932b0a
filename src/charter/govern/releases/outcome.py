"""What ends a request, recorded so that nothing else can end it as well.

A request is published, denied or withdrawn. Each of these is recorded together with a
`ReleaseDecided`, of which a ledger takes one for each request: of two people who end it at the same
time in two ways, the later is refused, nothing of theirs is recorded, and they are told by whom and
how it ended.
"""

from __future__ import annotations

from typing import TypeAlias

from charter.errors import AlreadyRecorded
from charter.govern.releases.fold import (
    DENIED,
    DENY,
    OUTDATED,
    RELEASED,
    WITHDRAWN,
    Releases,
    ReleaseState,
)
from charter.ledger.ledger import Ledger
from charter.records.record import Record
from charter.records.release import (
    Released,
    ReleaseDecided,
    ReleaseVoted,
    ReleaseWithdrawn,
)

Ending: TypeAlias = ReleaseVoted | Released | ReleaseWithdrawn


def record_outcome(ledger: Ledger, releases: Releases, state: ReleaseState, made: Ending) -> str:
    """Record what somebody decides of a request; return why not, empty where it is recorded.

    `state` is what they saw. `releases` has taken what the ledger gained when this returns.
    Raises LedgerError where the ledger cannot be written.
    """
    try:
        ledger.append(*_with_outcome(state, made))
    except AlreadyRecorded:
        releases.poll(ledger)
        return _meanwhile(releases, releases.get(state.id) or state, made)
    releases.poll(ledger)
    return ""


def _with_outcome(state: ReleaseState, made: Ending) -> tuple[Record, ...]:
    if isinstance(made, Released):
        return made, ReleaseDecided(state.id, made.at, made.by, RELEASED)
    if isinstance(made, ReleaseVoted) and made.verdict == DENY:
        return made, ReleaseDecided(state.id, made.at, made.by, DENIED)
    if isinstance(made, ReleaseWithdrawn) and not state.released:
        return made, ReleaseDecided(state.id, made.at, made.by, WITHDRAWN)
    return (made,)  # an approval ends nothing, and neither does taking back what is official


def _meanwhile(releases: Releases, now: ReleaseState, made: Ending) -> str:
    """Return what happened instead, in words."""
    if now.withdrawn:
        return f"{now.withdrawn.by} withdrew it: {now.withdrawn.reason}"
    if isinstance(made, ReleaseVoted) and any(each.by == made.by for each in now.votes):
        return f"{made.by} has decided already"
    if now.denied:
        return f"{now.denied.by} denied it: {now.denied.note or 'no reason given'}"
    if now.released:
        back = "" if isinstance(made, Released) else ": `charter release withdraw` takes it back"
        return f"{now.released.by} made it official as #{now.released.number}{back}"
    if releases.status(now) == OUTDATED:
        return "another version was released meanwhile: look again, and ask again"
    return "somebody else decided it meanwhile: look again"
