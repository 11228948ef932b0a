"""Releases: the line of each spec, what waits for people, and their votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.responses import Response

from charter.console.accounts import Account
from charter.console.actions import MOST_NOTE, NotDone
from charter.console.desk import Desk
from charter.console.guard import Visit
from charter.console.view import view
from charter.errors import CharterError, LedgerError
from charter.govern.free_text import unkept
from charter.govern.pins import read_pins
from charter.govern.releases.facts import facts_of, needs_of
from charter.govern.releases.fold import (
    APPROVE,
    APPROVED,
    DENIED,
    DENY,
    OUTDATED,
    REFUSED,
    RELEASED,
    WAITING,
    WITHDRAWN,
    Releases,
    ReleaseState,
)
from charter.govern.releases.need import Needs
from charter.govern.releases.outcome import Ending, record_outcome
from charter.govern.releases.tally import hindrances, person_of, tally
from charter.govern.roles import Roles, load_roles
from charter.records.release import ReleaseVoted, ReleaseWithdrawn

MOST = 200
"""Releases of a page."""
OPEN = (REFUSED, WAITING, APPROVED)
"""States in which somebody can vote."""
TAKE_BACK = "take back"
TOLD = {
    APPROVE: "Your approval is recorded.",
    DENY: "Denied.",
    TAKE_BACK: "Taken back: it takes a new request.",
}
"""What can be said of a request, and what is told then."""
MARKS = {
    REFUSED: "deny",
    WAITING: "require_approval",
    APPROVED: "allow",
    DENIED: "deny",
    RELEASED: "allow",
    WITHDRAWN: "errored",
    OUTDATED: "dormant",
}
"""State of a request -> look of its mark."""


@dataclass(frozen=True, slots=True)
class Row:
    """One request."""

    state: ReleaseState
    status: str
    official: bool
    """Whether it is the one that counts of its line."""


def releases(visit: Visit) -> Response:
    """Show what waits, the line of each spec, and what came to nothing."""
    found = _releases(visit.desk)
    official = {each.id for each in found.heads().values()}
    rows = [Row(each, found.status(each), each.id in official) for each in found.all()]
    lines = dict.fromkeys(row.state.released.run for row in rows if row.state.released)
    every = {line: _line(rows, line) for line in lines}
    return view(
        visit,
        "releases.html.j2",
        waiting=[row for row in rows if row.status in OPEN],
        lines={line: of[:MOST] for line, of in every.items()},
        ended=[row for row in reversed(rows) if row.status in (DENIED, OUTDATED)][:MOST],
        pins=read_pins(visit.desk.ledger),
        marks=MARKS,
        now=visit.desk.now(),
    )


def release(visit: Visit) -> Response:
    """Show one request: what changed, what speaks against it, who agreed."""
    found = _releases(visit.desk)
    state = _one(found, visit.named("release"))
    official = found.head(state.asked.spec_name)
    row = Row(state, found.status(state), official is not None and official.id == state.id)
    roles, why_no_roles = _roles(visit.desk.govern.roles())
    needs = _needs(state)
    at = visit.desk.at()
    counted = tally(state, needs, roles, at=at) if needs and roles else None
    return view(
        visit,
        "release.html.j2",
        row=row,
        state=state,
        facts=_facts(state),
        needs=needs,
        tally=counted,
        hindrances=hindrances(state, needs, roles, at=at) if needs and roles else (),
        why_not=why_no_roles or _why_not(visit.desk, visit.account, row, roles),
        takes_back=not _why_not(visit.desk, visit.account, row, roles, takes_back=True),
        open=row.status in OPEN,
        marks=MARKS,
        now=visit.desk.now(),
    )


def decide(visit: Visit) -> Response:
    """Approve, deny, or take back what one asked for oneself."""
    verdict = visit.form.get("verdict", "")
    wanted, note = visit.named("release"), visit.form.get("note", "")
    vote(visit.desk, visit.account, wanted, verdict=verdict, note=note)
    return visit.go(f"/releases/{wanted}", TOLD[verdict])


def vote(desk: Desk, account: Account, wanted: str, *, verdict: str, note: str) -> None:
    """Record what one person says of a request. Raises NotDone, saying why."""
    if verdict not in TOLD:
        raise NotDone("a vote is approve or deny", 422)
    note = note.strip()
    if len(note) > MOST_NOTE:
        raise NotDone(f"a note has at most {MOST_NOTE} characters", 422)
    if odd := unkept(note):
        raise NotDone(f"{odd} is a control character: leave it out", 422)
    if verdict != APPROVE and not note:
        raise NotDone("say why: the reason is part of the record", 422)
    found = _releases(desk)
    state = _one(found, wanted)
    roles, why = _roles(desk.govern.roles())
    row = Row(state, found.status(state), official=False)
    why = why or _why_not(desk, account, row, roles, takes_back=verdict == TAKE_BACK)
    if why or roles is None:
        raise NotDone(why, 403 if row.status in OPEN else 409)
    made: Ending
    if verdict == TAKE_BACK:
        made = ReleaseWithdrawn(wanted, desk.at(), account.person, "", note)
    else:
        role = _role(state, roles, account.person, desk.at())
        made = ReleaseVoted(wanted, desk.at(), account.person, role, verdict, note)
    meanwhile = record_outcome(desk.ledger, found, state, made)
    if meanwhile:
        raise NotDone(meanwhile)


def _why_not(
    desk: Desk, account: Account, row: Row, roles: Roles | None, *, takes_back: bool = False
) -> str:
    """Return why somebody cannot vote, or take back; empty where they can."""
    state = row.state
    if row.status not in OPEN:
        return f"this request is {row.status}, and no vote changes that"
    if roles is None:
        return "the settings name no file of roles, so nobody's vote could be counted"
    me = person_of(roles, account.person)
    asks = me == person_of(roles, state.asked.by)
    if takes_back:
        return "" if asks else "only whoever asked for a release takes it back"
    if asks:
        return "whoever asks for a release cannot approve it"
    if any(person_of(roles, each.by) == me for each in state.votes):
        return "you have voted on this already"
    if not _role(state, roles, account.person, desk.at()):
        return "the file of roles gives you no role over what changed"
    return ""


def _role(state: ReleaseState, roles: Roles, person: str, at: str) -> str:
    """Return the role by which somebody may vote; empty where there is none."""
    needs = _needs(state)
    found = (part.met_by(person, roles, at) for part in needs.parts) if needs else ()
    return next(filter(None, found), "")


def _releases(desk: Desk) -> Releases:
    found = Releases()
    found.poll(desk.ledger)
    return found


def _one(found: Releases, wanted: str) -> ReleaseState:
    state = found.get(wanted)
    if state is None:
        raise NotDone("there is no request for a release of this id", 404)
    return state


def _line(rows: list[Row], line: str) -> list[Row]:
    found = [row for row in rows if row.state.released and row.state.released.run == line]
    return sorted(found, key=lambda row: -(row.state.released.number if row.state.released else 0))


def _roles(path: Path | None) -> tuple[Roles | None, str]:
    """Return who has which role, or why that cannot be told."""
    if path is None:
        return None, ""
    try:
        return load_roles(path), ""
    except CharterError:
        return None, "the file of roles cannot be read: see `charter check`"


def _needs(state: ReleaseState) -> Needs | None:
    try:
        return needs_of(state.asked)
    except LedgerError:
        return None


def _facts(state: ReleaseState) -> Mapping[str, Any]:
    try:
        return facts_of(state.asked)
    except LedgerError:
        return {}
