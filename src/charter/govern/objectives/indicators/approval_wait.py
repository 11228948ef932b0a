"""Approvals that people decide on in time; one that expires is bad however short its time was."""

from __future__ import annotations

from collections.abc import Iterator

from charter.govern.objectives.indicator import Begun, Ended, Look, Waited
from charter.records.approval import ApprovalAsked, ApprovalExpired, ApprovalVoted
from charter.records.record import Record


def events(record: Record, look: Look) -> Iterator[Begun | Ended]:
    """Yield the beginning of a wait with what is asked, its end with the vote that decides."""
    if isinstance(record, ApprovalAsked):
        yield Begun(record.run, record.at, record.section, record.application)
    elif isinstance(record, ApprovalExpired):
        yield Ended(record.run, record.at, "bad")
    elif isinstance(record, ApprovalVoted) and look.decided(record.run, record.at):
        yield Ended(record.run, record.at, "done")


INDICATOR = Waited(
    says="approvals decided in time",
    scopes=frozenset({"section", "application"}),
    reads=frozenset({ApprovalAsked, ApprovalVoted, ApprovalExpired}),
    events=events,
)
