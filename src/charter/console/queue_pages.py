"""The queue of items: who holds what until when, taking the next one, and what a lead may do."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from starlette.responses import Response

from charter.console.accounts import Account
from charter.console.actions import NotDone
from charter.console.desk import Desk
from charter.console.guard import Visit
from charter.console.moment import ago
from charter.console.review_case import of_item
from charter.console.roles import Right
from charter.console.view import view
from charter.errors import AlreadyRecorded
from charter.govern.oversight.item import MOST_PRIORITY, Item, State
from charter.govern.oversight.moves import LATE, Refusal, assign, rank, return_, take, withdraw
from charter.ledger.board import folded
from charter.records.oversight import ItemMoved

TRIES = 25
"""Items that others may be quicker to take before one gives up."""
LOOKED = 200
"""Items whose words may be gone before nothing counts as open."""
SHOWN = 25
"""Items on a page, besides those of whoever looks."""
MOST_MINE = 100
MOST_PAGE = 100_000
SAID = {
    "assigned": "Assigned.",
    "ranked": "Its priority is changed.",
    "withdrawn": "Withdrawn.",
    "returned": "It is open again.",
}


def queue(visit: Visit) -> Response:
    """Show what waits, in its order."""
    now = visit.desk.at()
    found = waiting(visit.desk, visit.account)
    mine = [each for each in found if _is_mine(visit, each, now)]
    others = [each for each in found if not _is_mine(visit, each, now)]
    last = max(1, -(-len(others) // SHOWN))
    page = min(_page(visit), last)
    return view(
        visit,
        "review_queue.html.j2",
        mine=[_row(visit, each, now) for each in mine[:MOST_MINE]],
        others=[_row(visit, each, now) for each in others[(page - 1) * SHOWN : page * SHOWN]],
        waiting=len(found),
        page=page,
        last=last,
        open=len(open_items(visit)) if visit.may(Right.REVIEW) else 0,
        lead=visit.may(Right.ASSIGN),
        priorities=range(MOST_PRIORITY + 1),
        people=_reviewers(visit.desk),
    )


def waiting(desk: Desk, account: Account) -> tuple[Item, ...]:
    """Return what waits, in its order; for a reviewer, only what they have not judged."""
    desk.reviews.poll(desk.ledger)
    found = desk.reviews.queue.waiting(desk.at())
    if account.may(Right.REVIEW):  # what somebody judged is not open to them, and looks gone
        return tuple(each for each in found if not each.barred(account.person))
    return found


def take_next(visit: Visit) -> Response:
    """Take the next item that this person can judge, or the one that is named."""
    desk, person = visit.desk, visit.account.person
    wanted = visit.form.get("item", "")
    held = holding(visit)
    if held is not None and of_item(desk, held).content(desk) is not None:
        return visit.go("/review")
    for _ in range(TRIES):
        named = [_named(desk, visit.account, wanted)] if wanted else open_items(visit)
        item = readable(desk, named)
        if item is None:
            said = "Nothing of this answer is kept any more." if wanted else "Nothing is open."
            return visit.go("/queue", said)
        made = take(item, person, now=desk.at())
        if not isinstance(made, Refusal) and desk.has_seen(person, item.queued.exchange):
            made = Refusal("you have seen what the gateway decided here: somebody else judges it")
        if isinstance(made, Refusal):
            raise NotDone(made.why)
        if _kept(desk, made):
            return visit.go("/review")
        if wanted:
            raise NotDone(LATE)
    raise NotDone(LATE)


def give_back(visit: Visit) -> Response:
    """Give back the item that this person holds."""
    visit.session.items.pop(visit.form.get("item", ""), None)
    item = holding(visit)
    if item is None:
        return visit.go("/queue", "You hold nothing: your time on it had ended.")
    _do(visit.desk, return_(item, visit.account.person, now=visit.desk.at()))
    return visit.go("/queue", "Given back: somebody else will judge it.")


def move_item(visit: Visit) -> Response:
    """Do what a lead asks for with one item."""
    desk, by, now = visit.desk, visit.account.person, visit.desk.at()
    desk.reviews.poll(desk.ledger)
    item = _named(desk, visit.account, visit.named("item"))
    said, reason = visit.form.get("move", ""), visit.form.get("reason", "").strip()
    if visit.form.get("moves", "") != str(item.moves):
        raise NotDone(LATE)
    match said:
        case "assigned":
            to = visit.form.get("to", "").strip()
            if to and folded(to) not in map(folded, _reviewers(desk)):
                raise NotDone("nobody of this name reviews here", 422)
            made = assign(item, to, by=by, now=now, reason=reason)
        case "ranked":
            priority = visit.form.get("priority", "")
            wanted = int(priority) if len(priority) == 1 and priority in "0123456789" else -1
            made = rank(item, wanted, by=by, now=now, reason=reason)
        case "returned":
            made = return_(item, by, now=now, lead=True, reason=reason)
        case "withdrawn":
            made = withdraw(item, by=by, now=now, reason=reason)
        case _:
            raise NotDone("an item is assigned, ranked, returned or withdrawn", 422)
    _do(desk, made)
    return visit.go("/queue", SAID[said])


def holding(visit: Visit) -> Item | None:
    """Return the item that somebody works on; None where there is none."""
    desk, now, person = visit.desk, visit.desk.at(), folded(visit.account.person)
    desk.reviews.poll(desk.ledger)
    left = desk.reviews.queue.waiting(now)
    return next((each for each in left if folded(each.held_by(now)) == person), None)


def open_items(visit: Visit) -> tuple[Item, ...]:
    """Return what somebody may take, in the order of the queue."""
    desk, person = visit.desk, visit.account.person
    desk.reviews.poll(desk.ledger)
    seen = desk.seen.get(person, set())
    return desk.reviews.queue.open_to(person, desk.at(), seen)


def readable(desk: Desk, items: Iterable[Item]) -> Item | None:
    """Return the first item of which something is kept that can be judged."""
    first = islice(items, LOOKED)
    return next((each for each in first if of_item(desk, each).content(desk) is not None), None)


def _do(desk: Desk, made: ItemMoved | Refusal) -> None:
    if isinstance(made, Refusal):
        raise NotDone(made.why)
    if not _kept(desk, made):
        raise NotDone(LATE)


def _kept(desk: Desk, made: ItemMoved) -> bool:
    """Record a move; False where somebody else made one first."""
    try:
        desk.ledger.append(made)
    except AlreadyRecorded:
        desk.reviews.poll(desk.ledger)
        return False
    return True


def shown_id(desk: Desk, account: Account, item: Item) -> str:
    """Return how an item is named to somebody.

    The id of an item on live traffic follows from the decision, which reviewers can read: they
    would know those with known answers by their ids.
    """
    return f"it_{desk.sessions.masked(item.id)}" if account.may(Right.REVIEW) else item.id


def _named(desk: Desk, account: Account, name: str) -> Item:
    found = desk.reviews.queue.item(name)
    if account.may(Right.REVIEW):
        every = desk.reviews.queue.waiting(desk.at())
        found = next((each for each in every if shown_id(desk, account, each) == name), None)
    if found is None:
        raise NotDone("there is no item of this id", 404)
    return found


def _reviewers(desk: Desk) -> list[str]:
    people = {each.person for each in desk.accounts.all() if each.may(Right.REVIEW)}
    return sorted(people, key=folded)


def _page(visit: Visit) -> int:
    text = visit.query.get("page", "")
    known = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PAGE))
    return max(1, int(text)) if known else 1


def _is_mine(visit: Visit, item: Item, now: str) -> bool:
    """Whether somebody holds an item, or it is assigned to them."""
    person = folded(visit.account.person)
    held = person in (folded(item.held_by(now)), folded(item.assigned))
    return visit.may(Right.REVIEW) and held


def _row(visit: Visit, item: Item, now: str) -> dict[str, Any]:
    person, state, holder = folded(visit.account.person), item.state(now), item.held_by(now)
    mine = _is_mine(visit, item, now)
    return {
        "item": item,
        "id": shown_id(visit.desk, visit.account, item),
        "state": state.value,
        "holder": holder if state is State.TAKEN else "",
        "held": mine and folded(holder) == person,
        "mine": mine,
        "waits": ago(item.queued.at, visit.desk.now()),
    }
