"""Applications that people stop, and what they lift again."""

from __future__ import annotations

from datetime import timedelta

from charter.records.stop import StopLifted, StopOrdered

from .diary import Diary
from .plan import APPLICATIONS, Plan, stamp
from .truth import Truth

NUMBER = 6


def stop(plan: Plan, truth: Truth, diary: Diary) -> None:
    """Note the stops of the year; the last one, of a tool, stands."""
    for number in range(NUMBER):
        at = plan.day(20 + 60 * number, hours=23.95)
        name = plan.id("stp_", number)
        last = number == NUMBER - 1
        reach, what = ("tool", "delete") if last else ("app", list(APPLICATIONS)[number % 3])
        diary.note(at, StopOrdered(name, stamp(at), reach, what, "cleo", "too many errors"))
        if last:
            truth.standing.add(name)
            continue
        end = at + timedelta(minutes=2)
        diary.note(end, StopLifted(name, stamp(end), "ben", "it is mended"))
