"""Records of what was decided on and did not leave, or not all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from charter.records.approval import ApprovalUsed
from charter.records.decision import DecisionRecorded
from charter.records.record import Record

_LEFT = ("forwarded", "edited")


def withheld(records: Iterable[Record], done: str, left: int = 0) -> tuple[Record, ...]:
    """Return the records of texts and calls of which only `left` characters left, and why.

    `done` is for those that would have left. What did not leave uses no approval up.
    """
    return tuple(
        replace(one, done=done if one.done in _LEFT else one.done, released=left)
        if isinstance(one, DecisionRecorded)
        else one
        for one in records
        if not isinstance(one, ApprovalUsed)
    )


def uncounted(records: Iterable[Record]) -> tuple[Record, ...]:
    """Return the records of a text that others stand for: what left of it is counted there."""
    return tuple(
        replace(one, released=0) if isinstance(one, DecisionRecorded) else one for one in records
    )


def changed(records: Iterable[Record], left: int) -> tuple[Record, ...]:
    """Return the records of a text that was edited for the sake of those beside it."""
    return tuple(
        replace(one, done="edited", released=left)
        if isinstance(one, DecisionRecorded) and one.done in _LEFT
        else one
        for one in records
    )
