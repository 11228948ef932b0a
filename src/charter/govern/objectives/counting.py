"""Records of a ledger -> rows of the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from charter.govern.instants import MINUTE_MS, milliseconds
from charter.govern.objectives.indicator import Begun, Counted, Ended, Indicator, Waited
from charter.govern.objectives.rollup_store import Session
from charter.ledger.board import APPROVED, DENIED, SUPERSEDED, Board, folded
from charter.ledger.ledger import Ledger
from charter.records.approval import ApprovalAsked, ApprovalExpired, ApprovalUsed, ApprovalVoted
from charter.records.decision import DecisionRecorded
from charter.records.oversight import AnswerKnown, ItemQueued
from charter.records.record import Record
from charter.records.review import ReviewRecorded
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn

MINUTE, HOUR = 0, 1
MOST_NAMES: Mapping[str, int] = {"place": 2000, "application": 200, "model": 200}
"""Values of one dimension that are told apart: clients that invent models make nothing grow."""
OTHER = "(other)"
MOST_NAME = 300
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
_COUNT = (
    "INSERT INTO counts (series, place, span, bucket, application, model, bad, total)"
    " VALUES (:series, :place, :span, :bucket, :application, :model, :bad, :total)"
    " ON CONFLICT (series, place, span, bucket, application, model)"
    " DO UPDATE SET bad = counts.bad + excluded.bad, total = counts.total + excluded.total"
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


class LedgerLook:
    """Answers indicators' questions from the ledger, as of the record that is being counted."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.index = 0

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
        for index, record in self._ledger.read_any(kinds, run=run):
            if index <= self.index:
                board.take(index, record)
        state = board.approval(run)
        if state is None or moment is None:
            return False
        return state.status(moment / 1000) in (APPROVED, DENIED, SUPERSEDED)


class Counting:
    """Takes records in the order of the ledger within one transaction; `save` writes the sums."""

    def __init__(
        self, session: Session, look: LedgerLook, indicators: Mapping[str, Indicator]
    ) -> None:
        self._session = session
        self._look = look
        self._counted = {n: i for n, i in indicators.items() if isinstance(i, Counted)}
        self._waited = {n: i for n, i in indicators.items() if isinstance(i, Waited) and not i.load}
        self._sums: Counter[tuple[str, str, int, str, str, bool]] = Counter()
        self._names: dict[str, set[str]] = {dimension: set() for dimension in MOST_NAMES}
        for dimension, name in session.all("SELECT dimension, name FROM names"):
            self._names.setdefault(dimension, set()).add(name)

    def take(self, index: int, record: Record) -> None:
        """Count one record; one whose time cannot be read is left out."""
        self._look.index = index
        for series, counter in self._counted.items():
            if type(record) in counter.reads:
                self._count(series, counter, record)
        for series, waited in self._waited.items():
            if type(record) in waited.reads:
                for event in waited.events(record, self._look):
                    self._wait(series, event)
        if type(record) in ALWAYS:
            self._keep(record)

    def save(self) -> None:
        """Add what was counted to minutes and hours."""
        rows: dict[tuple[str, str, int, int, str, str], list[int]] = {}
        for (series, place, minute, application, model, bad), number in self._sums.items():
            for span, bucket in ((MINUTE, minute), (HOUR, minute // 60)):
                row = rows.setdefault((series, place, span, bucket, application, model), [0, 0])
                row[0] += number if bad else 0
                row[1] += number
        names = ("series", "place", "span", "bucket", "application", "model")
        self._session.many(
            _COUNT,
            [
                dict(zip(names, key, strict=True)) | {"bad": bad, "total": total}
                for key, (bad, total) in sorted(rows.items())
            ],
        )
        self._sums.clear()

    def _count(self, series: str, indicator: Counted, record: Record) -> None:
        for each in indicator.events(record, self._look):
            moment = milliseconds(each.at)
            if moment is None or each.total <= 0:
                continue
            minute = moment // MINUTE_MS
            application = self._known("application", each.application)
            model = self._known("model", each.model)
            sections = {place.partition("/")[0] for place in each.places}
            for place in {"", *sections, *each.places}:
                shown = self._known("place", place)
                bad, good = int(each.bad), each.total - int(each.bad)
                if bad:
                    self._sums[series, shown, minute, application, model, True] += bad
                if good:
                    self._sums[series, shown, minute, application, model, False] += good

    def _run(self, statement: str, values: Mapping[str, Any]) -> None:
        """Change something; a NUL in a name, which PostgreSQL cannot hold, is shown as such."""
        clean = {
            name: value.replace("\x00", "\ufffd") if isinstance(value, str) else value
            for name, value in values.items()
        }
        self._session.run(statement, clean)

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
                "place": self._known("place", event.place),
                "application": self._known("application", event.application),
                "began": moment,
            },
        )

    def _keep(self, record: Record) -> None:
        """Keep what samples, judges and people say, answer by answer."""
        run = self._run
        match record:
            case SampleDrawn():
                for each in record.strata:
                    run(_STRATUM, {"sample": record.run, "name": each.name,
                        "population": each.population, "drawn": each.drawn})  # fmt: skip
            case AnswerDrawn():
                run(_ANSWER, self._whence(record.decision)
                    | {"sample": record.run, "section": record.section, "stratum": record.stratum,
                       "application": record.application, "model": record.model})  # fmt: skip
            case AnswerJudged():
                moment = milliseconds(record.at)
                run(_VERDICT, {
                    "decision": record.decision, "section": record.section, "sample": record.run,
                    "judge": record.judge, "calibration": record.calibration,
                    "verdict": record.verdict, "minute": (moment or 0) // MINUTE_MS,
                })  # fmt: skip
            case ReviewRecorded() if record.drawn == "random" and not record.blind:
                pass  # no evidence of anything: see `sampling.sample.people_say`
            case ReviewRecorded():
                moment = milliseconds(record.at)
                right = None if record.decision_right is None else int(record.decision_right)
                run(_REVIEW, self._whence(record.run)
                    | {"person": folded(record.by), "section": record.section,
                       "label": record.label, "refusal": record.refusal or "", "right": right,
                       "drawn": record.drawn,
                       "said": (moment or 0) // MINUTE_MS})  # fmt: skip
            case ItemQueued():
                run("INSERT INTO items VALUES (:item, :decision) ON CONFLICT (item) DO NOTHING",
                    {"item": record.run, "decision": record.decision})  # fmt: skip
            case AnswerKnown():
                run("INSERT INTO exercises VALUES (:item) ON CONFLICT (item) DO NOTHING",
                    {"item": record.run})  # fmt: skip

    def _whence(self, decision: str) -> dict[str, Any]:
        """Return what a decision says of itself; minute -1 for one that is not in the ledger."""
        found = self._look.decision(decision)
        moment = None if found is None else milliseconds(found.at)
        return {
            "decision": decision,
            "application": "" if found is None else found.application,
            "model": "" if found is None else found.model,
            "effect": "" if found is None else found.effect,
            "minute": -1 if moment is None else moment // MINUTE_MS,
        }

    def _known(self, dimension: str, name: str) -> str:
        """Return a name, or `(other)` where there are too many; the empty one is always known."""
        name = name.replace("\x00", "\ufffd")
        known = self._names[dimension]
        if not name or name in known:
            return name
        if len(known) >= MOST_NAMES[dimension] or len(name) > MOST_NAME:
            return OTHER
        known.add(name)
        self._session.run(
            "INSERT INTO names VALUES (:dimension, :name) ON CONFLICT (dimension, name) DO NOTHING",
            {"dimension": dimension, "name": name},
        )
        return name
