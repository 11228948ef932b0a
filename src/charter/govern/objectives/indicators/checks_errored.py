"""Checks and boundaries that were due and did not fail."""

from __future__ import annotations

from collections.abc import Iterator

from charter.govern.objectives.indicator import Counted, Events, Look
from charter.records.decision import DecisionRecorded, asked
from charter.records.record import Record

DUE = ("ran", "skipped", "errored")


def statuses(record: DecisionRecorded) -> list[str]:
    """Return what became of each check and boundary that was due."""
    found = [check.status for check in record.checks]
    found += ["ran" if " " not in each else asked(each)[1] for each in record.boundaries]
    return [status for status in found if status in DUE]


def events(record: Record, look: Look) -> Iterator[Events]:
    """Yield one event for each check that was due."""
    del look
    if isinstance(record, DecisionRecorded):
        due = statuses(record)
        bad = due.count("errored")
        yield Events(record.at, bad, len(due), (), record.application, record.model)


INDICATOR = Counted(
    says="due checks that did not fail",
    scopes=frozenset({"application", "model"}),
    reads=frozenset({DecisionRecorded}),
    events=events,
)
