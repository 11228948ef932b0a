"""Decisions that neither the upstream nor the gateway failed on."""

from __future__ import annotations

from collections.abc import Iterator

from charter.govern.objectives.indicator import Counted, Events, Look
from charter.records.decision import DecisionRecorded
from charter.records.record import Record


def events(record: Record, look: Look) -> Iterator[Events]:
    """Yield one event for each decision."""
    del look
    if isinstance(record, DecisionRecorded):
        bad = bool(record.failure)
        yield Events(record.at, bad, 1, record.citations, record.application, record.model)


INDICATOR = Counted(
    says="decisions without a failure",
    scopes=frozenset({"clause", "section", "application", "model"}),
    reads=frozenset({DecisionRecorded}),
    events=events,
)
