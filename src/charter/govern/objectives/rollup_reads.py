"""Counts -> what an indicator came to in a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from charter.estimates.drawn import JudgeErrors
from charter.govern.instants import MINUTE_MS
from charter.govern.objectives.drawn import measure_of
from charter.govern.objectives.indicator import (
    Answer,
    Drawn,
    Opinion,
    Waited,
)
from charter.govern.objectives.measure import Measure, counted
from charter.govern.objectives.objective import Objective
from charter.govern.objectives.rollup_store import Session

MOST_ANSWERS = 200_000
"""Answers of one window that are put together."""


def measured(
    session: Session,
    objective: Objective,
    indicator: Waited,
    minutes: int,
    at: int,
) -> Measure:
    """Return what waits came to in the `minutes` up to `at`, in milliseconds."""
    last = at // MINUTE_MS
    first = last - minutes + 1
    if indicator.load:
        return _load(session, objective, indicator.load, first, last)
    return _waits(session, objective, first * MINUTE_MS, at)


def measured_answers(
    answers: Sequence[Answer], indicator: Drawn, first: int, errors: Mapping[str, JudgeErrors]
) -> Measure:
    """Return what answers came to that were decided on in minute `first` or later."""
    if len(answers) > MOST_ANSWERS:
        note = f"more than {MOST_ANSWERS} answers: narrow the scope"
        return Measure(0, 0, None, exact=False, fit=False, note=note)
    return measure_of([each for each in answers if each.minute >= first], indicator, errors)


def _scope_of_waits(objective: Objective) -> tuple[str, dict[str, Any]]:
    tests, values = "", {}
    if objective.scope.place:
        tests, values = " AND place = :place", {"place": objective.scope.place}
    if objective.scope.application:
        tests += " AND application = :application"
        values["application"] = objective.scope.application
    return tests, values


_KEPT = (
    " AND NOT EXISTS (SELECT 1 FROM dropped WHERE dropped.series = waits.series"
    " AND dropped.id = waits.id)"
)


def _waits(session: Session, objective: Objective, first: int, at: int) -> Measure:
    """Return waits by when each became good or bad: by its end, or when its time ran out."""
    tests, values = _scope_of_waits(objective)
    limit = (objective.within or 0) * 1000
    shape = "SELECT count(*) FROM waits WHERE series = :series"
    good = session.all(
        f"{shape}{tests}{_KEPT} AND outcome = 'done' AND ended >= :first AND ended <= :at"
        " AND ended - began <= :limit",
        values | {"series": objective.indicator, "first": first, "at": at, "limit": limit},
    )
    late = session.all(
        f"{shape}{tests}{_KEPT} AND began >= :first - :limit - 1 AND began <= :at - :limit - 1"
        " AND (ended IS NULL OR ended > :at OR ended - began > :limit)",
        values | {"series": objective.indicator, "first": first, "at": at, "limit": limit},
    )
    failed = session.all(
        f"{shape}{tests}{_KEPT} AND outcome = 'bad' AND ended >= :first AND ended <= :at"
        " AND ended - began <= :limit",
        values | {"series": objective.indicator, "first": first, "at": at, "limit": limit},
    )
    bad = int(late[0][0]) + int(failed[0][0])
    return counted(bad, bad + int(good[0][0]))


def _load(session: Session, objective: Objective, series: str, first: int, last: int) -> Measure:
    """Return minutes by whether more items waited at their end than may."""
    tests, values = _scope_of_waits(objective)
    rows = session.all(
        f"SELECT began, ended FROM waits WHERE series = :series{tests}{_KEPT}"  # noqa: S608 - our own names
        " AND began < :end AND (ended IS NULL OR ended >= :start)",
        values | {"series": series, "start": first * MINUTE_MS, "end": (last + 1) * MINUTE_MS},
    )
    if not rows and not session.all(
        f"SELECT 1 FROM waits WHERE series = :series{tests} LIMIT 1",  # noqa: S608 - the same
        values | {"series": series},
    ):
        return counted(0, 0)
    changes = [0] * (last - first + 2)
    for began, ended in rows:
        changes[max(0, began // MINUTE_MS - first)] += 1
        if ended is not None and ended // MINUTE_MS <= last:
            changes[max(0, ended // MINUTE_MS - first)] -= 1
    bad = waiting = 0
    for change in changes[:-1]:
        waiting += change
        bad += waiting > (objective.most or 0)
    return counted(bad, last - first + 1, note="minutes are no independent events")


_NO_EXERCISE = (
    " NOT EXISTS (SELECT 1 FROM items JOIN exercises ON exercises.item = items.item"
    " WHERE items.decision = {table}.decision)"
)


_TESTED = (
    "SELECT DISTINCT reviews.person FROM exercises JOIN items ON items.item = exercises.item"
    " JOIN reviews ON reviews.decision = items.decision WHERE reviews.said <= :last"
)
"""Who was given an answer that is known, by then."""


def answers_of(
    session: Session, objective: Objective, indicator: Drawn, first: int, last: int
) -> list[Answer]:
    """Return answers that were decided on in a window, with all that was said of them until then.

    Of a sample where there are any; else those that people were given by chance. A small
    population counts whole.
    """
    scope = objective.scope
    sampled = [] if indicator.everything else _sampled(session, objective, first, last)
    where, values = "", {"first": first, "last": last}
    for name, value in scope.named:
        where += f" AND {name} = :{name}"
        values[name] = value  # type: ignore[assignment]  # texts among the numbers
    rows = session.all(
        "SELECT decision, person, section, label, refusal, right_one, drawn, effect, minute"  # noqa: S608 - our own names
        " FROM reviews WHERE minute >= :first AND minute <= :last AND said <= :last"
        f"{where} AND {_NO_EXERCISE.format(table='reviews')} ORDER BY decision, person"
        f" LIMIT {MOST_ANSWERS + 1}",
        values,
    )
    tested = {row[0] for row in session.all(_TESTED, {"last": last})} if rows else set()
    opinions: dict[tuple[str, str], list[Opinion]] = {}
    alone: dict[tuple[str, str], tuple[int, str]] = {}
    for decision, person, section, label, refusal, right, drawn, effect, minute in rows:
        if drawn == "random" or (indicator.everything and drawn == "flagged"):
            right_one = None if right is None else bool(right)
            said = Opinion(person, label, refusal, right_one, person in tested)
            opinions.setdefault((decision, section), []).append(said)
            alone[decision, section] = (minute, effect)
    if sampled:
        return [
            Answer(d, minute, section, stratum, weight, effect, verdicts,
                   tuple(opinions.get((d, section), ())))
            for d, minute, section, stratum, weight, effect, verdicts in sampled
        ]  # fmt: skip
    return [
        Answer(d, minute, section, "", 1.0, effect, (), tuple(opinions[d, section]))
        for (d, section), (minute, effect) in alone.items()
    ]


def _sampled(session: Session, objective: Objective, first: int, last: int) -> list[Any]:
    where, values = "", {"first": first, "last": last}
    for name, value in objective.scope.named:
        where += f" AND answers.{name} = :{name}"
        values[name] = value  # type: ignore[assignment]  # texts among the numbers
    tests = (
        f"answers.minute >= :first AND answers.minute <= :last{where}"
        f" AND {_NO_EXERCISE.format(table='answers')}"
    )
    rows = session.all(
        "SELECT answers.sample, answers.decision, answers.minute, answers.section,"  # noqa: S608 - our own names
        " answers.stratum, answers.effect, strata.population, strata.drawn FROM answers"
        " JOIN strata ON strata.sample = answers.sample AND strata.name = answers.stratum"
        f" WHERE {tests} AND strata.drawn > 0 ORDER BY answers.sample, answers.decision"
        f" LIMIT {MOST_ANSWERS + 1}",
        values,
    )
    said: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for sample, decision, judge, calibration, verdict in session.all(
        "SELECT verdicts.sample, verdicts.decision, judge, calibration, verdict FROM verdicts"  # noqa: S608 - our own names
        " JOIN answers ON answers.sample = verdicts.sample"
        " AND answers.decision = verdicts.decision AND answers.section = verdicts.section"
        f" WHERE {tests} AND verdicts.minute <= :last ORDER BY judge",
        values,
    ):
        said.setdefault((sample, decision), []).append((judge, calibration, verdict))
    return [
        (d, minute, section, stratum, population / drawn, effect, tuple(said.get((sample, d), ())))
        for sample, d, minute, section, stratum, effect, population, drawn in rows
    ]
