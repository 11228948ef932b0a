"""Reviews: one answer at a time, with nothing of what others or the gateway said of it."""

from __future__ import annotations

from itertools import islice

from starlette.responses import Response, StreamingResponse

from charter.console.actions import NotDone, Opinion, review
from charter.console.content import laid_out
from charter.console.exchange import Content
from charter.console.feed import EXCHANGE
from charter.console.guard import Visit, nonce
from charter.console.labels import SCALES, Counted, figures_for, label_lines, told_to
from charter.console.moment import seconds_of
from charter.console.queue_pages import holding, open_items, readable
from charter.console.render import EFFECTS
from charter.console.review_case import Case, of_candidate, of_item
from charter.console.reviews import CHOSEN, candidate
from charter.console.roles import Right
from charter.console.sessions import Item
from charter.console.view import view
from charter.errors import CharterError
from charter.govern.oversight import automatic, figures
from charter.govern.oversight.agreement import DRAWS, ENOUGH
from charter.govern.oversight.moves import Refusal, may_judge
from charter.govern.oversight.seeds import open_answer
from charter.ledger.board import folded
from charter.policy.explanations.explain_page import message_views

TRIES = 25
"""Answers whose words may be gone before the queue counts as empty."""
SHOULD = {"pass": True, "hold": False, "": None}


def queue(visit: Visit) -> Response:
    """Show the answer this person holds; else offer what is queued; else show the next answer."""
    desk, person = visit.desk, visit.account.person
    held = holding(visit)
    if held is not None:
        case = of_item(desk, held)
        content = case.content(desk)
        if content is not None:
            return _form(visit, case, content)
    waiting = open_items(visit)
    if readable(desk, waiting) is not None:
        mine = sum(folded(each.assigned) == folded(person) for each in waiting)
        return view(visit, "review_take.html.j2", waiting=len(waiting), mine=mine)
    found = desk.reviews.next_for(
        desk.ledger, person, lambda exchange: desk.has_seen(person, exchange)
    )
    for each in islice(found, TRIES):
        case = of_candidate(desk, each, each.drawn)
        content = case.content(desk)
        if content is not None:
            return _form(visit, case, content)
    return view(visit, "review_empty.html.j2")


def chosen(visit: Visit) -> Response:
    """Show the answer of one exchange that somebody picked."""
    named = EXCHANGE.fullmatch(visit.named("exchange"))
    each = candidate(visit.desk.ledger, named[1]) if named is not None else None
    case = of_candidate(visit.desk, each, CHOSEN) if each is not None else None
    content = case.content(visit.desk) if case is not None else None
    if case is None or content is None:
        raise NotDone("nothing of this answer is kept that could be reviewed", 404)
    return _form(visit, case, content)


def answer(visit: Visit) -> Response:
    """Take an opinion on the answer that was shown, and only then tell more about it."""
    desk, person = visit.desk, visit.account.person
    item = visit.session.items.get(visit.form.get("item", ""))
    if item is None:
        raise NotDone("this answer is no longer open in your session: take the next one")
    case = _case(visit, item)
    refusal = visit.form.get("refusal", "")
    said = Opinion(
        decision=item.decision,
        label=visit.form.get("label", ""),
        refusal=refusal or None,
        should_pass=SHOULD.get(visit.form.get("should", "")),
        section=_section(visit, case, item),
        note=visit.form.get("note", ""),
        blind=_blind(visit, item.exchange, item.drawn, queued=bool(item.queued)),
        drawn=item.drawn,
        seconds=int(desk.now() - item.shown),
    )
    record = review(desk, visit.account, said, passed=case.passed)
    visit.session.items.pop(visit.form.get("item", ""), None)
    desk.reviews.poll(desk.ledger)
    others = [one for one in desk.reviews.of(item.decision) if folded(one.by) != folded(person)]
    desk.looked_at(person, item.exchange)
    told = f"Recorded: {record.label}."
    if item.queued:
        _open(visit, item.queued)
    else:
        told += " The gateway's strictest decision on it: "
        told += f"{EFFECTS.get(case.effect, case.effect)}."
    if others:
        told += f" The other opinion: {others[0].label}."
    return visit.go("/review", told)


def skip(visit: Visit) -> Response:
    """Leave an answer to others."""
    item = visit.session.items.pop(visit.form.get("item", ""), None)
    if item is not None and not item.queued:
        visit.desk.looked_at(visit.account.person, item.exchange)
    return visit.go("/review", "Skipped: somebody else will see it.")


def agreement(visit: Visit) -> Response:
    """Show how far reviewers agree, and how each does: to a reviewer, their own row alone."""
    desk = visit.desk
    found = figures_for(desk, visit.account)
    looks = desk.reviews.looks(desk.ledger)
    everybody = visit.may(Right.ASSIGN) or not visit.may(Right.REVIEW)
    person = folded(visit.account.person)
    return view(
        visit,
        "agreement.html.j2",
        found=found,
        people=[each for each in found.people if everybody or folded(each.name) == person],
        looks=[each for each in looks if everybody or folded(each.name) == person],
        everybody=everybody,
        reviewers=sum(each.reviews > 0 for each in found.people),
        enough=ENOUGH,
        enough_share=figures.ENOUGH,
        enough_look=automatic.ENOUGH,
        draws=DRAWS,
    )


def labels(visit: Visit) -> Response:
    """Send the labels of reviews, as JSON Lines."""
    scale = visit.named("scale")
    if scale not in SCALES:
        raise NotDone("labels are of adherence or refusal", 404)
    lines = label_lines(visit.desk, told_to(visit.desk, visit.account), scale, Counted())
    name = f'attachment; filename="reviews-{scale}.jsonl"'
    return StreamingResponse(
        lines, media_type="application/x-ndjson", headers={"content-disposition": name}
    )


def _case(visit: Visit, item: Item) -> Case:
    """Return what an open form is about, if this person may still judge it."""
    desk = visit.desk
    if not item.queued:
        each = candidate(desk.ledger, item.exchange)
        if each is None:
            raise NotDone("nothing of this answer is kept any more", 410)
        return of_candidate(desk, each, item.drawn)
    desk.reviews.poll(desk.ledger)
    found = desk.reviews.queue.item(item.queued)
    if found is None:
        raise NotDone("there is no item of this id", 404)
    if why := may_judge(found, visit.account.person, now=desk.at()):
        raise NotDone(why)
    return of_item(desk, found)


def _open(visit: Visit, queued: str) -> None:
    """Open the known answer of an item that is done now. It fails silently: nothing may tell."""
    desk = visit.desk
    found = desk.reviews.queue.item(queued)
    if found is None or not found.seed or desk.vault is None:
        return
    try:
        made = open_answer(desk.vault, found, now=desk.at())
        if not isinstance(made, Refusal):
            desk.ledger.append(made)
    except CharterError:
        return  # `charter reviews seed --open` does it later, and says what is wrong


def _form(visit: Visit, case: Case, content: Content) -> Response:
    policy, section, queued = case.policy, case.section, case.item
    token = nonce()
    begun = seconds_of(queued.since) if queued is not None else None
    shown = visit.desk.now() if begun is None else begun
    name = queued.id if queued is not None else ""
    item = Item(case.exchange, case.decision, section, case.drawn, shown, name)
    visit.session.keep(token, item)
    kept = content.kept
    fixed = queued is not None and bool(section)
    return view(
        visit,
        "review.html.j2",
        item=token,
        held_until=queued.until if queued is not None else "",
        chosen=case.drawn == CHOSEN and queued is None,
        blind=_blind(visit, case.exchange, case.drawn, queued=queued is not None),
        texts=kept.texts if kept else (),
        calls=[(call.tool, laid_out(call.arguments)) for call in kept.calls] if kept else [],
        messages=[*message_views(content.read.conversation)],
        rule=policy.by_id.get(section.partition("/")[0]) if policy and section else None,
        rules=policy.rules if policy and not fixed else (),
        section=section,
        whole=case.whole,
    )


def _blind(visit: Visit, exchange: str, drawn: str, *, queued: bool = False) -> bool:
    """Whether an opinion is formed blindly: who chose an answer has it from where effects stand.

    What somebody else chose and queued is as blind as any.
    """
    picked = drawn == CHOSEN and not queued
    return not picked and not visit.desk.has_seen(visit.account.person, exchange)


def _section(visit: Visit, case: Case, item: Item) -> str:
    if item.queued and item.section:  # what is asked about is said by whoever queued it
        return item.section
    given = visit.form.get("section", "")
    if case.policy is not None and given in case.policy.by_id:
        return given
    return item.section or case.whole
