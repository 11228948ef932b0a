"""Records of a ledger -> rows of the counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from charter.govern.instants import MINUTE_MS, milliseconds
from charter.govern.objectives.indicator import (
    Begun,
    Counted,
    Ended,
    Events,
    Indicator,
    Look,
    Waited,
)
from charter.govern.objectives.rollup_store import Session
from charter.govern.objectives.rollup_sums import Names, Sums
from charter.ledger.board import APPROVED, DENIED, SUPERSEDED, Board, folded
from charter.ledger.ledger import Ledger
from charter.records.approval import ApprovalAsked, ApprovalExpired, ApprovalUsed, ApprovalVoted
from charter.records.decision import DecisionRecorded
from charter.records.oversight import AnswerKnown, ItemQueued
from charter.records.record import Record
from charter.records.review import ReviewRecorded
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn

KEPT_IN_MIND = 20_000
"""Decisions."""
_Counts = Callable[[Record, Look], Iterable[Events]]
_Waits = Callable[[Record, Look], Iterable[Begun | Ended]]
ALWAYS: frozenset[type[Record]] = frozenset(
    {SampleDrawn, AnswerDrawn, AnswerJudged, ReviewRecorded, ItemQueued, AnswerKnown}
)
_BEGUN = (
    "INSERT INTO waits (series, id, about, place, application, began, ended, outcome)"
    " VALUES (:series, :id, :about, :place, :application, :began, NULL, '')"
    " ON CONFLICT (series, id) DO NOTHING"
)
_ENDED = (
    "UPDATE waits SET ended = :at, outcome = :outcome WHERE series = :series AND ended IS NULL"
    " AND (id = :id OR about = :id)"
)
_STRATUM = (
    "INSERT INTO strata VALUES (:sample, :name, :population, :drawn)"
    " ON CONFLICT (sample, name) DO NOTHING"
)
_ANSWER = (
    "INSERT INTO answers VALUES (:sample, :decision, :section, :stratum, :application, :model,"
    " :effect, :minute) ON CONFLICT (sample, decision) DO NOTHING"
)
_VERDICT = (
    "INSERT INTO verdicts VALUES (:decision, :section, :sample, :judge, :calibration, :verdict,"
    " :minute) ON CONFLICT (sample, decision, judge) DO NOTHING"
)
_REVIEW = (
    "INSERT INTO reviews VALUES (:decision, :person, :section, :label, :refusal, :right, :drawn,"
    " :application, :model, :effect, :minute, :said) ON CONFLICT (decision, person) DO NOTHING"
)


def section_of(place: str) -> str:
    """Return the section of a place: one of its clauses that was judged counts for it."""
    return place.partition("/")[0]


class Whence(NamedTuple):
    """What a decision says of itself to those who judge it."""

    at: str
    application: str
    model: str
    effect: str


class LedgerLook:
    """Answers indicators' questions from the ledger, as of the record that is being counted."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.index = 0
        self._newest: dict[str, tuple[str, str, str, str]] = {}
        self._newer: dict[str, tuple[str, str, str, str]] = {}

    def passed(self, record: DecisionRecorded) -> None:
        """Keep a decision in mind, the newest so many: what is judged was decided on lately."""
        decision = record.decision
        if decision.rpartition(".")[0] != record.exchange:
            return  # it is found by its exchange, or not at all
        if len(self._newest) >= KEPT_IN_MIND:
            self._newest, self._newer = {}, self._newest
        if decision not in self._newest and decision not in self._newer:  # the first one counts
            found = (record.at, record.application, record.model, record.effect)
            self._newest[decision] = found

    def whence(self, decision: str) -> Whence | None:
        """Return where a decision came from; None where the ledger did not have it by then."""
        found = self._newest.get(decision) or self._newer.get(decision)
        if found is not None:
            return Whence(*found)
        exchange = decision.rpartition(".")[0] or decision
        for index, record in self._ledger.read_any((DecisionRecorded,), thread=exchange):
            if index >= self.index:
                return None
            if isinstance(record, DecisionRecorded) and record.decision == decision:
                return Whence(record.at, record.application, record.model, record.effect)
        return None

    def decision(self, id: str) -> DecisionRecorded | None:  # noqa: A002 - what it is called
        """Return a decision by its id: that of its exchange, and a number."""
        exchange = id.rpartition(".")[0] or id
        found = self._ledger.read(DecisionRecorded, thread=exchange, limit=1000)
        return next((each for each in found if each.decision == id), None)

    def asked(self, run: str) -> ApprovalAsked | None:
        """Return what an approval was asked for."""
        return next(iter(self._ledger.read(ApprovalAsked, run=run, limit=1)), None)

    def decided(self, run: str, at: str) -> bool:
        """Whether people have decided on an approval by a time, as the gateway counts votes."""
        moment, board = milliseconds(at), Board()
        kinds = (ApprovalAsked, ApprovalVoted, ApprovalExpired, ApprovalUsed)
        found = {*self._before(run), *self._ledger.read_any(kinds, run=run)}
        for index, record in sorted(found, key=itemgetter(0)):
            if index <= self.index:
                board.take(index, record)
        state = board.approval(run)
        if state is None or moment is None:
            return False
        return state.status(moment / 1000) in (APPROVED, DENIED, SUPERSEDED)

    def reviewed(self, decision: str, section: str) -> bool:
        """Whether somebody has judged an answer by a section, blindly, as items count opinions."""
        return any(
            isinstance(record, ReviewRecorded) and record.blind and section in ("", record.section)
            for index, record in self._ledger.read_any((ReviewRecorded,), run=decision)
            if index <= self.index
        )

    def _before(self, run: str) -> Iterator[tuple[int, Record]]:
        """Yield what an approval was edited from, and that again: their editors ask here too."""
        seen: set[str] = set()
        while run and run not in seen:
            seen.add(run)
            asked = next(iter(self._ledger.read_any((ApprovalAsked,), run=run, limit=1)), None)
            if asked is None:
                return
            yield asked
            run = asked[1].edited_from if isinstance(asked[1], ApprovalAsked) else ""


class Counting:
    """Takes records in the order of the ledger within one transaction; `save` writes the sums."""

    def __init__(
        self, session: Session, look: LedgerLook, indicators: Mapping[str, Indicator]
    ) -> None:
        self._session = session
        self._look = look
        self._counted: dict[type[Record], list[tuple[str, _Counts]]] = {}
        self._waited: dict[type[Record], list[tuple[str, _Waits]]] = {}
        for name, each in indicators.items():
            if isinstance(each, Counted):
                for kind in each.reads:
                    self._counted.setdefault(kind, []).append((name, each.events))
            elif isinstance(each, Waited) and not each.load:
                for kind in each.reads:
                    self._waited.setdefault(kind, []).append((name, each.events))
        self._names = Names(session)
        self._known = self._names.known
        self._sums = Sums(session, self._names)
        self._later: dict[str, list[dict[str, Any]]] = {}

    def take(self, index: int, record: Record) -> None:
        """Count one record; one whose time cannot be read is left out."""
        look, kind = self._look, type(record)
        look.index = index
        for series, events in self._counted.get(kind, ()):
            for event in events(record, look):
                self._sums.take(series, event)
        for series, waits in self._waited.get(kind, ()):
            for wait in waits(record, look):
                self._wait(series, wait)
        if kind in ALWAYS:
            self._keep(record)
        elif isinstance(record, DecisionRecorded):
            look.passed(record)

    def save(self) -> None:
        """Add what was counted, and what was said of answers."""
        self._sums.save()
        for statement, rows in self._later.items():
            self._session.many(statement, rows)
        self._later.clear()

    def _run(self, statement: str, values: Mapping[str, Any]) -> None:
        """Change something now: what comes next may depend on it."""
        self._session.run(statement, _clean(values))

    def _add(self, statement: str, values: Mapping[str, Any]) -> None:
        """Add a row with the others of its kind when all are there: nothing depends on it."""
        self._later.setdefault(statement, []).append(_clean(values))

    def _wait(self, series: str, event: Begun | Ended) -> None:
        moment = milliseconds(event.at)
        if moment is None:
            return
        if isinstance(event, Ended):
            values = {"series": series, "id": event.id}
            if event.outcome == "dropped":
                self._run("INSERT INTO dropped VALUES (:series, :id)"
                                  " ON CONFLICT (series, id) DO NOTHING", values)  # fmt: skip
                return
            self._run(_ENDED, values | {"at": moment, "outcome": event.outcome})
            return
        self._run(
            _BEGUN,
            {
                "series": series,
                "id": event.id,
                "about": event.about,
                "place": self._known("place", section_of(event.place)),
                "application": self._known("application", event.application),
                "began": moment,
            },
        )

    def _keep(self, record: Record) -> None:
        """Keep what samples, judges and people say, answer by answer."""
        add = self._add
        match record:
            case SampleDrawn():
                for each in record.strata:
                    add(_STRATUM, {"sample": record.run, "name": each.name,
                        "population": each.population, "drawn": each.drawn})  # fmt: skip
            case AnswerDrawn():
                add(_ANSWER, self._whence(record.decision)
                    | {"sample": record.run, "section": section_of(record.section),
                       "stratum": record.stratum,
                       "application": record.application, "model": record.model})  # fmt: skip
            case AnswerJudged():
                moment = milliseconds(record.at)
                add(_VERDICT, {
                    "decision": record.decision, "section": section_of(record.section),
                    "sample": record.run, "judge": record.judge, "calibration": record.calibration,
                    "verdict": record.verdict, "minute": (moment or 0) // MINUTE_MS,
                })  # fmt: skip
            case ReviewRecorded() if record.drawn == "random" and not record.blind:
                pass  # no evidence of anything: see `sampling.sample.people_say`
            case ReviewRecorded():
                moment = milliseconds(record.at)
                right = None if record.decision_right is None else int(record.decision_right)
                add(_REVIEW, self._whence(record.run)
                    | {"person": folded(record.by), "section": section_of(record.section),
                       "label": record.label, "refusal": record.refusal or "", "right": right,
                       "drawn": record.drawn,
                       "said": (moment or 0) // MINUTE_MS})  # fmt: skip
            case ItemQueued():
                add("INSERT INTO items VALUES (:item, :decision) ON CONFLICT (item) DO NOTHING",
                    {"item": record.run, "decision": record.decision})  # fmt: skip
            case AnswerKnown():
                add("INSERT INTO exercises VALUES (:item) ON CONFLICT (item) DO NOTHING",
                    {"item": record.run})  # fmt: skip

    def _whence(self, decision: str) -> dict[str, Any]:
        """Return what a decision says of itself; minute -1 for one that is not in the ledger."""
        found = self._look.whence(decision)
        moment = None if found is None else milliseconds(found.at)
        return {
            "decision": decision,
            "application": "" if found is None else found.application,
            "model": "" if found is None else found.model,
            "effect": "" if found is None else found.effect,
            "minute": -1 if moment is None else moment // MINUTE_MS,
        }


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which a NUL, which PostgreSQL cannot hold, is shown as such."""
    return {
        name: value.replace("\x00", "\ufffd") if isinstance(value, str) else value
        for name, value in values.items()
    }
