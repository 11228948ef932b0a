"""Records -> Incident. Total: what does not fit is kept in the timeline and named an oddity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from charter.govern.incidents.severity import rank
from charter.govern.incidents.state import (
    AFTER_CLOSE,
    CHANGES,
    CLOSED,
    OPEN,
    RESOLVED,
    STATES,
    TIMES,
    VALUE,
    Containment,
    Event,
    Field,
    Incident,
    Moment,
    PostMortem,
    Regression,
    Review,
    Submission,
)
from charter.govern.instants import instant
from charter.ledger.board import folded
from charter.records.incident import IncidentAmended, IncidentOpened, Link

T = TypeVar("T")

ACCEPTED = "accepted"
MOST_ODDITIES = 100
"""Named one by one; the rest is counted."""


def fold(records: Iterable[IncidentOpened | IncidentAmended], *, now: datetime) -> Incident:
    """Return the state that the records of one incident make, in whatever order they come.

    `now` is aware; a record of a later time is an oddity. Never raises on content; without any
    record, ValueError.
    """
    found = list(records)
    if not found:
        raise ValueError("an incident without a record")
    opened = [each for each in found if isinstance(each, IncidentOpened)]
    amended = [each for each in found if isinstance(each, IncidentAmended)]
    folding = _Folding(found[0].run, opened, now)
    for record in sorted(amended, key=lambda each: each.number):
        folding.take(record)
    return folding.incident()


def fold_all(
    records: Iterable[IncidentOpened | IncidentAmended], *, now: datetime
) -> tuple[Incident, ...]:
    """Return every incident that the records speak of, in the order of their first records."""
    groups: dict[str, list[IncidentOpened | IncidentAmended]] = {}
    for record in records:
        groups.setdefault(record.run, []).append(record)
    return tuple(fold(group, now=now) for group in groups.values())


class _Folding:
    """An incident while its records are read."""

    def __init__(self, run: str, opened: list[IncidentOpened], now: datetime) -> None:
        self._now = now
        self._odd: list[str] = []
        self._opened = opened[0] if opened else _never_opened(run)
        self._severity, self._status = self._opened.severity, OPEN
        self._number = 0
        self._last = instant(self._opened.at)
        self._events: list[Event] = []
        self._times: dict[str, Moment] = {}
        self._fields: dict[str, Field] = {}
        self._links: dict[Link, None] = dict.fromkeys(self._opened.links)
        self._submissions: list[Submission] = []
        self._containment: list[Containment] = []
        self._cause: tuple[str, int] = ("", 0)
        self._regressions: dict[str, Regression] = {}
        self._postmortem: PostMortem | None = None
        self._reviews: list[Review] = []
        self._does: Mapping[str, Callable[[Event], None]] = {
            "note": self._note,
            "severity": self._take_severity,
            "link": self._link,
            "time": self._time,
            "field": self._field,
            "submitted": self._submitted,
            "contained": self._contained,
            "cause": self._take_cause,
            "regression": self._regression,
            "postmortem": self._take_postmortem,
            "reviewed": self._reviewed,
            "resolved": self._resolved,
            "closed": self._closed,
            "reopened": self._reopened,
        }
        self._open(opened)

    def _open(self, opened: list[IncidentOpened]) -> None:
        if not opened:
            self._odd.append("it was never opened: amendments stand alone")
        else:
            self._events.append(_opening(self._opened))
            self._check_clock(0, self._opened.at)
            if not rank(self._severity):
                self._odd.append(f"record 0: {self._severity[:40]!r} is no severity")
        if len(opened) > 1:
            self._odd.append(f"it was opened {len(opened)} times: the first counts")

    def take(self, record: IncidentAmended) -> None:
        """Take one amendment, in the order of numbers."""
        event = _event(record)
        self._events.append(event)
        if record.number == self._number or record.number < 1:
            self._odd.append(f"record {record.number}: its number was taken; it changes nothing")
            return
        if record.number != self._number + 1:
            self._odd.append(_missing(self._number + 1, record.number - 1))
        self._number = record.number
        self._check_clock(record.number, record.at)
        if record.change not in CHANGES:
            self._say(event, f"{record.change[:40]!r} is no change that is known")
        elif self._status == CLOSED and record.change not in AFTER_CLOSE:
            self._say(event, f"{record.change} after it was closed; it changes nothing")
        else:
            self._links.update(dict.fromkeys(record.links))
            self._does[record.change](event)

    def _check_clock(self, number: int, at: str) -> None:
        found = instant(at)
        if found is None:
            self._odd.append(f"record {number}: {at[:40]!r} is no time")
            return
        if found > self._now:
            self._odd.append(f"record {number}: its time lies in the future")
        if number and self._last is not None and found < self._last:
            self._odd.append(f"record {number}: its time lies before that of the one before it")
        self._last = found

    def _say(self, event: Event, what: str) -> None:
        self._odd.append(f"record {event.number}: {what}")

    def _note(self, event: Event) -> None:
        """Nothing but the timeline changes."""

    def _link(self, event: Event) -> None:
        if not event.links:
            self._say(event, "a link to nothing")

    def _take_severity(self, event: Event) -> None:
        if rank(event.value):
            self._severity = event.value
        else:
            self._say(event, f"{event.value[:40]!r} is no severity")

    def _time(self, event: Event) -> None:
        if event.name not in TIMES or event.name == "resolved_at":
            self._say(event, f"{event.name[:40]!r} is no time that can be set")
        else:
            self._set_time(event, event.name, event.value)

    def _set_time(self, event: Event, name: str, text: str) -> bool:
        at = self._usable(event, name, text)
        if at is None:
            return False
        self._times[name] = Moment(at, event.reason, event.number, event.by)
        began = self._times.get("occurred_from")
        if began is not None and any(each.at < began.at for each in self._times.values()):
            self._say(event, "a time lies before occurred_from")
        return True

    def _usable(self, event: Event, name: str, text: str) -> datetime | None:
        at = instant(text)
        if at is None:
            self._say(event, f"{name} is no time: {text[:40]!r}")
        elif at > self._now:
            self._say(event, f"{name} lies in the future; it does not count")
            return None
        return at

    def _field(self, event: Event) -> None:
        if event.state not in STATES or not event.name:
            self._say(event, f"a field in state {event.state[:40]!r}")
            return
        value = event.value if event.state == VALUE else ""
        self._fields[event.name] = Field(event.state, value, event.reason, event.number)

    def _submitted(self, event: Event) -> None:
        regime, _, stage = event.name.partition("/")
        at = self._usable(event, event.name[:80], event.value)
        if at is None or not regime or not stage:
            self._say(event, "it is not said what was submitted, and when")
            return
        found = Submission(regime, stage, at, event.reason, event.number, event.by)
        self._submissions.append(found)

    def _contained(self, event: Event) -> None:
        self._containment.append(
            Containment(event.name, event.value, event.reason, event.number, event.at, event.by)
        )

    def _take_cause(self, event: Event) -> None:
        self._cause = (event.value, event.number)

    def _regression(self, event: Event) -> None:
        before, _, after = event.value.partition(" ")
        if event.name and not event.value:
            self._regressions.pop(event.name, None)
            return
        if not event.name or not before:
            self._say(event, "a regression names a scenario and the run before")
            return
        self._regressions[event.name] = Regression(event.name, before, after, event.number)

    def _take_postmortem(self, event: Event) -> None:
        self._postmortem = PostMortem(event.value, event.by, event.at, event.number)
        self._reviews = []

    def _reviewed(self, event: Event) -> None:
        found = self._postmortem
        if found is None or event.value != str(found.number):
            self._say(event, "a review of another post-mortem than the one that stands")
            return
        accepted = event.state == ACCEPTED
        self._reviews.append(
            Review(found.number, accepted, event.by, event.reason, event.at, event.number)
        )
        if folded(event.by) == folded(found.by):
            self._say(event, "the post-mortem's author reviewed it; it does not count")

    def _resolved(self, event: Event) -> None:
        if self._status == RESOLVED:
            self._say(event, "it was resolved already")
        if self._set_time(event, "resolved_at", event.value or event.at):
            self._status = RESOLVED

    def _closed(self, event: Event) -> None:
        if self._status == OPEN:
            self._say(event, "closed without being resolved")
        self._status = CLOSED

    def _reopened(self, event: Event) -> None:
        if self._status == OPEN:
            self._say(event, "reopened while it was open")
        self._status = OPEN
        self._times.pop("resolved_at", None)

    def incident(self) -> Incident:
        """Return what was found."""
        opened = self._opened
        return Incident(
            id=opened.run,
            title=opened.title,
            summary=opened.summary,
            source=opened.source,
            opened_at=opened.at,
            opened_by=opened.by,
            drill=opened.drill,
            severity=self._severity,
            status=self._status,
            number=self._number,
            timeline=tuple(self._events),
            times=_frozen(self._times),
            fields=_frozen(self._fields),
            links=tuple(self._links),
            submissions=tuple(sorted(self._submissions, key=lambda each: each.at)),
            containment=tuple(self._containment),
            cause=self._cause[0],
            cause_number=self._cause[1],
            regressions=tuple(self._regressions.values()),
            postmortem=self._postmortem,
            reviews=tuple(self._reviews),
            oddities=_bounded(self._odd),
        )


def _missing(first: int, last: int) -> str:
    named = f"record {first} is" if first == last else f"records {first} to {last} are"
    return f"{named} missing"


def _frozen(found: Mapping[str, T]) -> Mapping[str, T]:
    return MappingProxyType(dict(found))


def _bounded(odd: list[str]) -> tuple[str, ...]:
    if len(odd) <= MOST_ODDITIES:
        return tuple(odd)
    return (*odd[:MOST_ODDITIES], f"and {len(odd) - MOST_ODDITIES} more")


def _never_opened(run: str) -> IncidentOpened:
    return IncidentOpened(
        run, at="", by="", source="", title="", summary="", severity="", drill=False, links=()
    )


def _opening(record: IncidentOpened) -> Event:
    return Event(
        0,
        record.at,
        record.by,
        "opened",
        record.source,
        "",
        record.title,
        record.summary,
        record.links,
    )


def _event(record: IncidentAmended) -> Event:
    return Event(
        record.number,
        record.at,
        record.by,
        record.change,
        record.name,
        record.state,
        record.value,
        record.reason,
        record.links,
    )
