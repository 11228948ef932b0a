"""The alert on each drift: raised, told to people, and ended."""

from __future__ import annotations

from datetime import timedelta

from charter.records.objective import AlertEnded, AlertRaised, NoticeSent

from .diary import Diary
from .plan import DRIFT_DAY, ERRORED_DAYS, REFUSING_DAY, Plan, digest, stamp

RAISED = {
    "checks": ERRORED_DAYS[0] + 1,
    "accord-no-fabrication": DRIFT_DAY + 38,
    "over-refusals-helpdesk": REFUSING_DAY + 62,
}
"""Objectives, and the days on which they were found to burn."""


def alert(plan: Plan, diary: Diary) -> None:
    """Note the alerts of the year."""
    for objective, day in RAISED.items():
        line, at = f"{objective}/ticket", plan.day(day, hours=23.5)
        raised = AlertRaised(
            run=line,
            number=1,
            at=stamp(at),
            objective=objective,
            severity="ticket",
            definition="sha256:" + digest("objectives"),
            long_minutes=40320,
            bad=40,
            total=400,
            burn="2",
            short_burn="2",
        )
        told, end = at + timedelta(minutes=1), at + timedelta(days=3)
        diary.note(at, raised)
        diary.note(told, NoticeSent(f"{line}/1", 1, stamp(told), "alert.raised", "desk", "sent"))
        diary.note(end, AlertEnded(line, 1, stamp(end), "ben", "looked into"))
