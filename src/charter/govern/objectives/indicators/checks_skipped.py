"""Checks and boundaries that were due and not skipped."""

from __future__ import annotations

from collections.abc import Iterator

from charter.govern.objectives.indicator import Counted, Events, Look
from charter.govern.objectives.indicators.checks_errored import statuses
from charter.records.decision import DecisionRecorded
from charter.records.record import Record


def events(record: Record, look: Look) -> Iterator[Events]:
    """Yield one event for each check that was due."""
    del look
    if isinstance(record, DecisionRecorded):
        due = statuses(record)
        bad = due.count("skipped")
        yield Events(record.at, bad, len(due), (), record.application, record.model)


INDICATOR = Counted(
    says="due checks that were not skipped",
    scopes=frozenset({"application", "model"}),
    reads=frozenset({DecisionRecorded}),
    events=events,
)
