"""Incidents as pages and the API see them, and what people do to them: records, or why not.

Whoever acts says which state they saw. Where somebody else has acted since, nothing is recorded
and they are told, with what they wrote; notes, links and containment add up and need no such thing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from charter.console.accounts import Account
from charter.console.actions import NotDone
from charter.console.desk import Desk
from charter.console.govern import known_fields, nowhere, regimes
from charter.console.moment import stamp
from charter.errors import AlreadyRecorded, CharterError, LedgerError
from charter.govern.incidents import amend, closing
from charter.govern.incidents.clocks import RUNNING, Clock, clocks
from charter.govern.incidents.fold import fold, fold_all
from charter.govern.incidents.linked import check_linked
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.state import CLOSED, Incident
from charter.govern.instants import parse
from charter.ledger.ledger import Ledger
from charter.records.incident import IncidentAmended, IncidentOpened, Link
from charter.records.record import Record

KINDS = (IncidentOpened, IncidentAmended)
TRIES = 5
"""How often what adds up is tried again, where others are quicker."""


class Meanwhile(NotDone):
    """Somebody else has acted since the state was shown that this rests on."""

    def __init__(self) -> None:
        super().__init__("somebody else has changed this incident meanwhile: look at it again")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    incident: Incident
    nearest: Clock | None
    """The clock that runs out first, or did so longest ago."""
    overdue: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants said of an incident, as a form or a program gives it."""

    change: str
    name: str = ""
    state: str = ""
    value: str = ""
    reason: str = ""
    when: str = ""
    """A time; without an offset it is UTC."""
    seen: int | None = None
    """Number of the newest record that they saw; None where that does not matter."""


def moment(desk: Desk) -> datetime:
    """Return the present time."""
    return datetime.fromtimestamp(desk.now(), UTC)


def all_incidents(desk: Desk) -> tuple[Row, ...]:
    """Return every incident: those that are open first, the nearest clock first, then newest."""
    now = moment(desk)
    records = (record for _, record in desk.ledger.read_any(KINDS))
    found = fold_all((each for each in records if isinstance(each, KINDS)), now=now)
    rows = [_row(each, now) for each in found]
    rows.sort(key=lambda row: row.incident.opened_at, reverse=True)
    return tuple(sorted(rows, key=_pressing))


def _row(incident: Incident, now: datetime) -> Row:
    running = [each for each in clocks(incident, regimes(), now=now) if each.state in RUNNING]
    due = [each for each in running if each.due_at is not None]
    overdue = sum(each.state == "overdue" for each in running)
    return Row(incident, min(due, key=lambda each: each.due_at or now, default=None), overdue)


def _pressing(row: Row) -> tuple[bool, bool, float]:
    due = row.nearest.due_at if row.nearest is not None else None
    closed = row.incident.status == CLOSED
    return closed, row.incident.drill, due.timestamp() if due is not None else float("inf")


def find_incident(desk: Desk, wanted: str) -> Incident:
    """Return one incident. Raises NotDone where there is none of this id."""
    found = records_of(desk.ledger, wanted) if amend.INCIDENT.fullmatch(wanted) else []
    if not found:
        raise NotDone("there is no incident of this id", 404)
    return fold(found, now=moment(desk))


def records_of(ledger: Ledger, wanted: str) -> list[IncidentOpened | IncidentAmended]:
    """Return the records of one incident."""
    return [r for _, r in ledger.read_any(KINDS, run=wanted) if isinstance(r, KINDS)]


def clocks_of(desk: Desk, incident: Incident) -> tuple[Clock, ...]:
    """Return all clocks of an incident, as they stand now."""
    return clocks(incident, regimes(), now=moment(desk))


def closing_of(
    desk: Desk, incident: Incident, proofs: Sequence[closing.Proof] | None = None
) -> closing.Closing:
    """Return what still keeps an incident from closing; `proofs` where they are at hand already."""
    found = proofs_of(desk, incident) if proofs is None else proofs
    return closing.closing(incident, found, clocks_of(desk, incident))


def proofs_of(desk: Desk, incident: Incident) -> Sequence[closing.Proof]:
    """Return what the scenarios of an incident came to, where the runs are at hand.

    Runs that cannot be read are not: the incident is shown all the same, and cannot be closed.
    """
    try:
        return desk.govern.proves(incident.regressions)
    except CharterError:
        return nowhere(incident.regressions)


def say(desk: Desk, account: Account, wanted: str, wish: Wish) -> Incident:
    """Record one thing of an incident. Raises NotDone, saying why, and Meanwhile."""
    make = _MAKES.get(wish.change)
    if make is None:
        raise NotDone("this cannot be done to an incident", 404)
    adds = wish.change in ("note", "link")

    def records(incident: Incident) -> list[Record]:
        if not adds and wish.seen is not None and wish.seen != incident.number:
            raise Meanwhile
        return [make(desk, account, incident, wish)]

    return record(desk, wanted, records, tries=TRIES if adds else 1)


def record(
    desk: Desk, wanted: str, records: Callable[[Incident], list[Record]], *, tries: int = TRIES
) -> Incident:
    """Record what is made of an incident's newest state, and made again where others are quicker.

    Raises NotDone, saying why, and Meanwhile after the last try.
    """
    for left in reversed(range(tries)):
        incident = find_incident(desk, wanted)
        with saying_why():
            made = records(incident)
        try:
            append(desk, made)
        except Meanwhile:
            if not left:
                raise
        else:
            break
    return find_incident(desk, wanted)


def append(desk: Desk, records: Sequence[Record]) -> None:
    """Record all of it or nothing. Raises Meanwhile."""
    try:
        desk.ledger.append(*records)
    except AlreadyRecorded as error:
        raise Meanwhile from error


class saying_why:  # noqa: N801 - a context, used as a word
    """Turns what cannot be done into what is said to people."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, CharterError) and not isinstance(error, NotDone | LedgerError):
            said = f"{error.message}: {error.hint}" if error.hint else error.message
            raise NotDone(said, 409 if isinstance(error, Refused) else 422) from error


_Makes = Callable[[Desk, Account, Incident, Wish], IncidentAmended]


def _time(desk: Desk, wish: Wish) -> datetime:
    return parse(wish.when, UTC) if wish.when.strip() else moment(desk)


def _who(desk: Desk, account: Account) -> dict[str, str]:
    return {"at": desk.at(), "by": account.person}


def _note(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    return amend.note(incident, **_who(desk, account), text=wish.value)


def _set_time(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    if not wish.when.strip():
        raise NotDone("say when", 422)
    return amend.time(
        incident,
        **_who(desk, account),
        name=wish.name,
        when=_time(desk, wish),
        evidence=wish.reason,
        now=moment(desk),
    )


def _field(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    return amend.field(
        incident,
        **_who(desk, account),
        name=wish.name,
        state=wish.state,
        value=wish.value,
        reason=wish.reason,
        known=known_fields(),
    )


def _link(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    links: tuple[Link, ...] = (amend.parse_link(f"{wish.name}:{wish.value}"),)
    check_linked(desk.ledger, links)
    return amend.link(incident, **_who(desk, account), links=links, reason=wish.reason)


def _severity(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    return amend.severity(incident, **_who(desk, account), value=wish.value, reason=wish.reason)


def _submitted(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    regime, _, stage = wish.name.partition("/")
    found = next((each for each in regimes() if each.id == regime), None)
    if found is None:
        raise NotDone("there is no regime of this id", 422)
    return amend.submitted(
        incident,
        **_who(desk, account),
        regime=found,
        stage=stage,
        when=_time(desk, wish),
        evidence=wish.reason,
        now=moment(desk),
    )


def _cause(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    return amend.cause(incident, **_who(desk, account), text=wish.value)


def _regression(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    return closing.regression(
        incident,
        **_who(desk, account),
        scenario=wish.name.strip(),
        before=wish.value.strip(),
        after=wish.reason.strip(),
    )


def _postmortem(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    return closing.postmortem(incident, **_who(desk, account), text=wish.value)


def _reviewed(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    if wish.state not in ("accepted", "changes"):
        raise NotDone("accept it, or ask for changes", 422)
    return closing.reviewed(
        incident, **_who(desk, account), accepted=wish.state == "accepted", note=wish.reason
    )


def _resolved(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    return amend.resolved(
        incident,
        **_who(desk, account),
        when=_time(desk, wish),
        reason=wish.reason,
        now=moment(desk),
    )


def _reopened(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    return amend.reopened(incident, **_who(desk, account), reason=wish.reason)


def _closed(desk: Desk, account: Account, incident: Incident, wish: Wish) -> IncidentAmended:
    del wish
    return closing.close(incident, closing_of(desk, incident), **_who(desk, account))


_MAKES: dict[str, _Makes] = {
    "note": _note,
    "time": _set_time,
    "field": _field,
    "link": _link,
    "severity": _severity,
    "submitted": _submitted,
    "cause": _cause,
    "regression": _regression,
    "postmortem": _postmortem,
    "reviewed": _reviewed,
    "resolved": _resolved,
    "reopened": _reopened,
    "closed": _closed,
}
CHANGES = tuple(_MAKES)
"""What people can say of an incident."""


def written_now(desk: Desk) -> str:
    """Return the present time as forms show it."""
    return stamp(desk.now())[:16] + "Z"
