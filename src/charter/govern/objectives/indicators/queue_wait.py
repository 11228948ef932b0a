"""Items of the review queue that get their first review in time."""

from __future__ import annotations

from collections.abc import Iterator

from charter.govern.objectives.indicator import Begun, Ended, Look, Waited
from charter.records.oversight import AnswerKnown, ItemMoved, ItemQueued
from charter.records.record import Record
from charter.records.review import ReviewRecorded


def events(record: Record, look: Look) -> Iterator[Begun | Ended]:
    """Yield items; the first blind review of their decision ends them, a withdrawal drops them.

    An item with a known answer is an exercise, and in no figure. One on an answer that was judged
    before waits for no first review: it never counts.
    """
    if isinstance(record, ItemQueued):
        yield Begun(record.run, record.at, record.section, record.application, record.decision)
        if look.reviewed(record.decision, record.section):
            yield Ended(record.run, record.at, "dropped")
    elif isinstance(record, ReviewRecorded) and record.blind:
        yield Ended(record.run, record.at, "done")
    elif isinstance(record, AnswerKnown) or (
        isinstance(record, ItemMoved) and record.move == "withdrawn"
    ):
        yield Ended(record.run, record.at, "dropped")


INDICATOR = Waited(
    says="queued items reviewed in time",
    scopes=frozenset({"section", "application"}),
    reads=frozenset({ItemQueued, ItemMoved, AnswerKnown, ReviewRecorded}),
    events=events,
)
