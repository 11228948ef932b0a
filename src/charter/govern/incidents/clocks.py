"""Which reports an incident owes, from when, and until when. Pure: the time is handed in.

All arithmetic is in UTC on instants: a day is 24 hours, a week 168, whatever clocks on walls do.
Laws that count in calendar or working days give as much time or more. What is not answered yet
counts as if it applied, and says so: no deadline is missed for want of an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from charter.govern.incidents.condition import answer
from charter.govern.incidents.regime import RESOLVED_AT, START, Case, Regime, Stage
from charter.govern.incidents.state import TIMES, Incident, Moment
from charter.govern.instants import instant

WARN_SHARE = 4
"""A clock warns when less than one part in so many of its period is left."""

NOT_APPLICABLE = "not applicable"
NOT_STARTED = "not started"
COUNTING = "counting"
WARNING = "warning"
OVERDUE = "overdue"
MET = "met"
MET_LATE = "met late"
PRESSING = (WARNING, OVERDUE)
RUNNING = (COUNTING, WARNING, OVERDUE)


@dataclass(frozen=True, slots=True)
class Clock:
    """One report of one regime."""

    regime: str
    stage: str
    title: str
    to: str
    state: str
    why: str
    """Of a state without a due time, or what the period is."""
    starts_at: datetime | None
    evidence: str
    """For the start: the time that it is, and what was said for it."""
    record: int | None
    """Number of the record that the start rests on."""
    due_at: datetime | None
    left: timedelta | None
    """Until it is due, negative when overdue; None unless it is running."""
    met_at: datetime | None
    undecided: tuple[str, ...]
    """Fields without an answer: it counts as if it applied."""
    drill: bool


def clocks(incident: Incident, regimes: Iterable[Regime], *, now: datetime) -> tuple[Clock, ...]:
    """Return the clock of every stage of every regime, in their order; `now` is aware."""
    return tuple(
        _Counting(incident, regime, now).clock(stage)
        for regime in regimes
        for stage in regime.stages
    )


def keep_until(incident: Incident, regime: Regime) -> datetime | None:
    """Return until when papers are kept at least: from the later of the incident and its records.

    None where the regime says nothing, or does not apply.
    """
    if regime.keep_for is None or answer(regime.applies, incident.fields).holds is False:
        return None
    said = [instant(event.at) for event in incident.timeline]
    happened = [moment.at for moment in incident.times.values()]
    found = [each for each in (*said, *happened) if each is not None]
    return regime.keep_for.after(max(found)) if found else None


class _Counting:
    """One incident under one regime."""

    def __init__(self, incident: Incident, regime: Regime, now: datetime) -> None:
        self._incident, self._regime, self._now = incident, regime, now

    def clock(self, stage: Stage) -> Clock:
        """Return the clock of a stage."""
        applies = answer(self._regime.applies, self._incident.fields)
        if applies.holds is False:
            return self._idle(stage, NOT_APPLICABLE, f"by {', '.join(applies.fields)}")
        start = self._start()
        known = self._now if start is None else start[1].at
        if known < self._regime.in_force_from:
            day = f"{self._regime.in_force_from:%Y-%m-%d}"
            return self._idle(stage, NOT_APPLICABLE, f"in force from {day}")
        open_ = applies.fields if applies.holds is None else ()
        chosen = self._case(stage)
        if chosen is None:
            return self._idle(stage, NOT_APPLICABLE, "none of its cases applies")
        case, more = chosen
        open_ = tuple(dict.fromkeys((*open_, *more)))
        if start is None:
            named = " or ".join(self._regime.starts_at)
            return self._idle(stage, NOT_STARTED, f"no {named} is recorded", open_)
        return self._from_anchor(stage, case, start, open_)

    def _start(self) -> tuple[str, Moment] | None:
        """Return the earliest of the times that start this regime's clocks; ties as listed."""
        times = self._incident.times
        found = [(name, times[name]) for name in self._regime.starts_at if name in times]
        return min(found, key=lambda each: each[1].at, default=None)

    def _case(self, stage: Stage) -> tuple[Case, tuple[str, ...]] | None:
        """Return the shortest period that applies or may apply, with the fields still open."""
        found: list[tuple[Case, tuple[str, ...]]] = []
        for case in stage.cases:
            said = None if case.when is None else answer(case.when, self._incident.fields)
            if said is None or said.holds:
                found.append((case, ()))
            elif said.holds is None:
                found.append((case, said.fields))
        zero = self._regime.law_checked_on  # any instant: periods are compared
        return min(found, key=lambda each: (each[0].due.after(zero), each[1]), default=None)

    def _from_anchor(
        self, stage: Stage, case: Case, start: tuple[str, Moment], open_: tuple[str, ...]
    ) -> Clock:
        if stage.after == START:
            name, moment = start
            evidence = f"{TIMES[name]}: {moment.evidence}" if moment.evidence else TIMES[name]
            return self._timed(stage, case, moment.at, evidence, moment.number, open_)
        if stage.after == RESOLVED_AT:
            resolved = self._incident.times.get(RESOLVED_AT)
            if resolved is None:
                return self._idle(stage, NOT_STARTED, "it is not resolved", open_)
            return self._timed(stage, case, resolved.at, TIMES[RESOLVED_AT], resolved.number, open_)
        before = self._submitted(stage.after)
        if not before:
            return self._idle(stage, NOT_STARTED, f"{stage.after} is not submitted", open_)
        if stage.repeats:
            return self._repeated(stage, case, before[0], open_)
        at, number = before[0]
        return self._timed(stage, case, at, f"{stage.after} was submitted", number, open_)

    def _submitted(self, stage: Stage | str) -> list[tuple[datetime, int]]:
        """Return when a stage was handed in, with the record that says so, earliest first.

        What follows a resolution counts from the last reopening on.
        """
        found = self._regime.stage(stage) if isinstance(stage, str) else stage
        since = 0
        if found is not None and found.after == RESOLVED_AT:
            events = self._incident.timeline
            since = max((e.number for e in events if e.change == "reopened"), default=0)
        return [
            (each.at, each.number)
            for each in self._incident.submissions
            if found is not None
            and (each.regime, each.stage) == (self._regime.id, found.name)
            and each.number > since
        ]

    def _timed(  # noqa: PLR0913, PLR0917 - one for each part of a clock
        self,
        stage: Stage,
        case: Case,
        starts_at: datetime,
        evidence: str,
        record: int,
        open_: tuple[str, ...],
    ) -> Clock:
        due = case.due.after(starts_at)
        done = self._submitted(stage)
        met = done[0][0] if done else None
        return self._made(stage, case, starts_at, evidence, record, due, met, open_)

    def _repeated(
        self, stage: Stage, case: Case, first: tuple[datetime, int], open_: tuple[str, ...]
    ) -> Clock:
        """Return the clock of the next of a series: each is due one period after the one before.

        It ends when the incident is resolved; one that was due before and never came stays overdue
        until a later stage is submitted.
        """
        later = self._regime.stages[self._regime.stages.index(stage) :]
        given = sorted(each for after in later for each in self._submitted(after))
        last, number, late = first[0], first[1], False
        for at, which in given:
            late = late or at > case.due.after(last)
            if at > last:
                last, number = at, which
        due = case.due.after(last)
        resolved = self._incident.times.get(RESOLVED_AT)
        evidence = "the report before was submitted"
        final = any(self._submitted(after) for after in later[1:])
        if resolved is not None and (resolved.at <= due or final):
            state = MET_LATE if late else MET
            why = f"every {case.due}, until resolved"
            return self._clock(stage, state, why, last, evidence, number, None, None, last, open_)
        return self._made(stage, case, last, evidence, number, due, None, open_)

    def _made(  # noqa: PLR0913, PLR0917 - one for each part of a clock
        self,
        stage: Stage,
        case: Case,
        starts_at: datetime,
        evidence: str,
        record: int,
        due: datetime,
        met: datetime | None,
        open_: tuple[str, ...],
    ) -> Clock:
        left = due - self._now
        if met is not None:
            state = MET if met <= due else MET_LATE
        elif left < timedelta(0):
            state = OVERDUE
        else:
            state = WARNING if left * WARN_SHARE < due - starts_at else COUNTING
        why = f"{case.due}: {case.says}" if case.says else str(case.due)
        left_now = left if met is None else None
        return self._clock(
            stage, state, why, starts_at, evidence, record, due, left_now, met, open_
        )

    def _idle(self, stage: Stage, state: str, why: str, open_: tuple[str, ...] = ()) -> Clock:
        done = self._submitted(stage)
        if done and state == NOT_STARTED:
            state, why = MET, "submitted before the clock started"
            return self._clock(stage, state, why, None, "", None, None, None, done[0][0], open_)
        return self._clock(stage, state, why, None, "", None, None, None, None, open_)

    def _clock(  # noqa: PLR0913, PLR0917 - one for each part of a clock
        self,
        stage: Stage,
        state: str,
        why: str,
        starts_at: datetime | None,
        evidence: str,
        record: int | None,
        due_at: datetime | None,
        left: timedelta | None,
        met_at: datetime | None,
        open_: tuple[str, ...],
    ) -> Clock:
        return Clock(
            regime=self._regime.id,
            stage=stage.name,
            title=stage.title,
            to=stage.to,
            state=state,
            why=why,
            starts_at=starts_at,
            evidence=evidence,
            record=record,
            due_at=due_at,
            left=left,
            met_at=met_at,
            undecided=open_,
            drill=self._incident.drill,
        )
