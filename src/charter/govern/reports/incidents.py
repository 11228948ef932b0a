"""What went wrong in a period, and which reports it owed to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from charter.govern.incidents.clocks import (
    MET,
    MET_LATE,
    NOT_APPLICABLE,
    NOT_STARTED,
    OVERDUE,
    Clock,
    clocks,
)
from charter.govern.incidents.fold import fold_all
from charter.govern.incidents.regime import Regime
from charter.govern.incidents.state import CLOSED, Incident
from charter.govern.instants import instant
from charter.govern.reports.figure import Figure, Query, Section, Table
from charter.govern.reports.question import IN_PERIOD, Questions, count_of
from charter.govern.reports.wording import counts_of, several
from charter.records.incident import IncidentAmended, IncidentOpened

_REAL = "CAST(body->'drill' AS TEXT) = 'false'"
_DRILL = "CAST(body->'drill' AS TEXT) = 'true'"
_NO_DRILL = f"run IN (SELECT run FROM records WHERE kind = 'IncidentOpened' AND {_REAL})"  # noqa: S608
_OPENED = (
    "SELECT body->>'at', run, body->>'severity', body->>'source', body->>'title' "  # noqa: S608
    f"FROM records WHERE kind = 'IncidentOpened' AND {_REAL} AND {IN_PERIOD} ORDER BY \"index\""
)
_CLOCKS = Query("verb", "charter incident clocks --all --json")


def incidents(ask: Questions, regimes: Sequence[Regime], *, now: datetime) -> Section:
    """Return what was opened and closed, and every clock that ran; drills stand apart."""
    found = [each for each in fold_all(_records(ask), now=now) if not each.drill]
    mine = [each for each in found if _touches(each, ask)]
    running = [(each, clock) for each in mine for clock in clocks(each, regimes, now=now)]
    told = [pair for pair in running if pair[1].state not in (NOT_APPLICABLE, NOT_STARTED)]
    closed = count_of("IncidentAmended", "body->>'change' = 'closed'", _NO_DRILL)
    owed = [clock for _, clock in told if not _is_over(clock)]
    states = {state: sum(clock.state == state for clock in owed) for state in _SAID}
    figures = (
        ask.count("opened", "Opened", count_of("IncidentOpened", _REAL)),
        ask.count("closed", "Closed", closed),
        *(_clock_figure(state, states[state]) for state in _SAID),
        ask.count("drills", "Drills held", count_of("IncidentOpened", _DRILL)),
    )
    counts = counts_of(figures)
    said = (
        f"{several(counts['opened'], 'incident')} opened, {counts['closed']} closed; reports that "
        f"are owed: {counts['reports-met']} handed in on time, {counts['reports-met-late']} late, "
        f"{counts['reports-overdue']} overdue."
    )
    return Section(
        "incidents",
        "Incidents",
        "Departures from the spec that somebody opened as incidents, and the reports that they "
        "owe by the regimes that apply or may apply. Drills are in no figure but their own.",
        figures=figures,
        headline=said,
        tables=(
            ask.table(
                "incidents-opened",
                "Opened",
                ("at", "incident", "severity at first", "source", "title"),
                _OPENED,
            ),
            Table(
                "clocks",
                "Reports owed",
                ("incident", "regime", "report", "due", "state", "open questions"),
                tuple(_row(each, clock) for each, clock in told),
                _CLOCKS,
            ),
        ),
    )


_SAID = {
    MET: "Reports handed in on time",
    MET_LATE: "Reports handed in late",
    OVERDUE: "Reports overdue now",
}


def _records(ask: Questions) -> list[IncidentOpened | IncidentAmended]:
    found = []
    for index, record in ask.ledger.read_any((IncidentOpened, IncidentAmended)):
        if index > ask.size:
            break
        if isinstance(record, IncidentOpened | IncidentAmended):
            found.append(record)
    return found


def _touches(incident: Incident, ask: Questions) -> bool:
    """Whether it was open in the period, or opened or closed in it."""
    since, until = instant(ask.period.since), instant(ask.period.until)
    said = [at for event in incident.timeline if (at := instant(event.at)) is not None]
    if not said or since is None or until is None:
        return True  # better once too often than left out
    return min(said) < until and (incident.status != CLOSED or max(said) >= since)


def _is_over(clock: Clock) -> bool:
    """Whether it is a series that ended with the incident: no report of it was handed in last."""
    return clock.state == MET and clock.starts_at is not None and clock.due_at is None


def _clock_figure(state: str, count: int) -> Figure:
    return Figure(
        id=f"reports-{state.replace(' ', '-')}",
        label=_SAID[state],
        value=float(count),
        unit="count",
        query=_CLOCKS,
        note="of the incidents in this period",
    )


def _row(incident: Incident, clock: Clock) -> tuple[str, ...]:
    due = "" if clock.due_at is None else f"{clock.due_at:%Y-%m-%d %H:%M} UTC"
    return (
        incident.id,
        clock.regime,
        clock.title,
        due,
        clock.state,
        ", ".join(clock.undecided),
    )
