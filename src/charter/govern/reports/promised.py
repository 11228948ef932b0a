"""What was promised and what is owed: objectives, thresholds and obligations, as they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from charter.govern.objectives.budget import LEFT, SPENT
from charter.govern.objectives.status import Status
from charter.govern.obligations.answer import CAUTION, Answer, State
from charter.govern.reports.figure import Figure, Query, Section, Table
from charter.govern.reports.question import IN_PERIOD, Questions
from charter.govern.thresholds.threshold import ThresholdState

_ALERTS = (
    "SELECT body->>'at', run, body->>'number', body->>'severity', body->>'bad', body->>'total', "  # noqa: S608
    f"body->>'burn' FROM records WHERE kind = 'AlertRaised' AND {IN_PERIOD} ORDER BY \"index\""
)


def objectives(ask: Questions, found: Sequence[Status], file: str, *, at: str = "") -> Section:
    """Return how service levels stood at a time, else the end of the period, and its alerts."""
    query = Query("verb", f"charter objectives {file} --at {at or ask.period.until} --json")
    head = ("at", "objective", "number", "severity", "bad", "events", "burn rate")
    return Section(
        "objectives",
        "Objectives",
        "Service levels over their own periods, as they stood at the end of this one. What rests "
        "on a judge is corrected for its measured error; a judge that is not known to be fit gives "
        "no figure.",
        figures=tuple(_objective(each, query) for each in found),
        tables=(ask.table("alerts", "Alerts", head, _ALERTS),),
        headline=_kept(found),
    )


def thresholds(found: Sequence[ThresholdState], query: Query) -> Section:
    """Return which thresholds are passed: anything that cannot be ruled out is crossed."""
    rows = tuple(
        (
            each.id,
            each.threshold.title,
            each.threshold.level,
            each.state.value,
            each.why,
            each.threshold.owner,
            each.threshold.approver,
        )
        for each in found
    )
    head = ("threshold", "title", "level", "state", "why", "owner", "approver")
    return Section(
        "thresholds",
        "Thresholds",
        "One is passed only where the upper confidence bound of fresh evidence lies below it by "
        "the margin. Evidence that is missing, too old or of another model counts as crossed.",
        tables=(Table("thresholds-judged", "Thresholds", head, rows, query),),
        headline=f"Thresholds that are crossed or cannot be ruled out: "
        f"{sum(each.crossed for each in found)} of {len(found)}.",
    )


def obligations(found: Sequence[tuple[str, Answer]], query: Query) -> Section:
    """Return what there is evidence of, by regime. Never says whether a law is kept."""
    counts = Counter(answer.state for _, answer in found)
    rows = tuple(
        (regime, answer.obligation.id, answer.obligation.title, answer.state.value, _lacks(answer))
        for regime, answer in found
        if answer.state is not State.NOT_APPLICABLE
    )
    head = ("regime", "obligation", "what it asks", "answer", "what is missing")
    idle = (State.NOT_APPLICABLE, State.NOT_YET, State.ENDED)
    binding = sum(answer.state not in idle for _, answer in found)
    return Section(
        "obligations",
        "Obligations",
        CAUTION,
        figures=tuple(
            Figure(
                id=f"obligations-{state.value.replace(' ', '-')}",
                label=f"Obligations: {state.value}",
                value=float(counts[state]),
                unit="count",
                query=query,
            )
            for state in State
        ),
        tables=(Table("obligations-answered", "Answers", head, rows, query),),
        headline=f"Obligations that apply or may apply: {binding}. There is evidence of "
        f"{counts[State.EVIDENCE]}, in part of {counts[State.PARTIAL]}, of {counts[State.NONE]} "
        f"none; of {counts[State.OUT_OF_DATE]} it is out of date; undecided: "
        f"{counts[State.UNDECIDED]}.",
    )


def _objective(status: Status, query: Query) -> Figure:
    objective, measure = status.objective, status.measure
    good = None if measure.is_empty or not measure.fit else measure.good
    said = [
        f"target {float(100 * objective.target):g} %",
        f"budget {status.budget.state}",
        f"alerts: {status.alerts.severity or status.alerts.state}",
        measure.note,
    ]
    return Figure(
        id=f"objective-{objective.id}",
        label=objective.title,
        value=None if good is None else good.value,
        unit="share",
        query=query,
        low=None if good is None else good.interval.low,
        high=None if good is None else good.interval.high,
        n=measure.total,
        note="; ".join(each for each in said if each),
    )


def _kept(found: Sequence[Status]) -> str:
    states = Counter(each.budget.state for each in found)
    firing = sum(bool(each.alerts.severity) for each in found)
    return (
        f"Objectives: {len(found)}. Budgets spent: {states[SPENT]}, with some left: "
        f"{states[LEFT]}, of the others it is not known. Firing an alert: {firing}."
    )


def _lacks(answer: Answer) -> str:
    open_ = f"open: {', '.join(answer.open)}" if answer.open else ""
    said = dict.fromkeys(
        (answer.why, open_, *answer.missing)
    )  # why it is undecided is what is open
    return "; ".join(each for each in said if each)
