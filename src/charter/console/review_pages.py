"""The review queue: one answer at a time, with nothing of what others or the gateway said of it."""

from __future__ import annotations

from itertools import islice

from starlette.responses import Response, StreamingResponse

from charter.console.actions import NotDone, Opinion, review
from charter.console.agreement import DRAWS, ENOUGH
from charter.console.content import laid_out
from charter.console.exchange import Content, content_of
from charter.console.feed import EXCHANGE
from charter.console.guard import Visit, nonce
from charter.console.labels import SCALES, Counted, label_lines
from charter.console.render import EFFECTS
from charter.console.reviews import CHOSEN, PASSING, Candidate, candidate, section_of
from charter.console.sessions import Item
from charter.console.view import view
from charter.policy.explanations.explain_page import message_views
from charter.policy.policy import Policy

TRIES = 25
"""Answers whose words may be gone before the queue counts as empty."""
SHOULD = {"pass": True, "hold": False, "": None}


def queue(visit: Visit) -> Response:
    """Show the next answer."""
    desk, person = visit.desk, visit.account.person
    found = desk.reviews.next_for(
        desk.ledger, person, lambda exchange: desk.has_seen(person, exchange)
    )
    for each in islice(found, TRIES):
        content = _content(visit, each)
        if content.kept is not None and content.kept.answered:
            return _form(visit, each, content, each.drawn)
    return view(visit, "review_empty.html.j2")


def chosen(visit: Visit) -> Response:
    """Show the answer of one exchange that somebody picked."""
    named = EXCHANGE.fullmatch(visit.named("exchange"))
    each = candidate(visit.desk.ledger, named[1]) if named is not None else None
    content = _content(visit, each) if each is not None else None
    if each is None or content is None or content.kept is None or not content.kept.answered:
        raise NotDone("nothing of this answer is kept that could be reviewed", 404)
    return _form(visit, each, content, CHOSEN)


def answer(visit: Visit) -> Response:
    """Take an opinion on the answer that was shown, and only then tell what the gateway did."""
    desk, person = visit.desk, visit.account.person
    item = visit.session.items.get(visit.form.get("item", ""))
    if item is None:
        raise NotDone("this answer is no longer open in your session: take the next one")
    each = candidate(desk.ledger, item.exchange)
    if each is None:
        raise NotDone("nothing of this answer is kept any more", 410)
    refusal = visit.form.get("refusal", "")
    said = Opinion(
        decision=item.decision,
        label=visit.form.get("label", ""),
        refusal=refusal or None,
        should_pass=SHOULD.get(visit.form.get("should", "")),
        section=_section(visit, each, item),
        note=visit.form.get("note", ""),
        blind=_blind(visit, item.exchange, item.drawn),
        drawn=item.drawn,
        seconds=int(desk.now() - item.shown),
    )
    record = review(desk, visit.account, said, passed=each.effect in PASSING)
    visit.session.items.pop(visit.form.get("item", ""), None)
    others = [one for one in desk.reviews.of(item.decision) if one.by != person]
    desk.looked_at(person, item.exchange)
    told = f"Recorded: {record.label}. The gateway's strictest decision on it: "
    told += f"{EFFECTS.get(each.effect, each.effect)}."
    if others:
        told += f" The other opinion: {others[0].label}."
    return visit.go("/review", told)


def skip(visit: Visit) -> Response:
    """Leave an answer to others."""
    item = visit.session.items.pop(visit.form.get("item", ""), None)
    if item is not None:
        visit.desk.looked_at(visit.account.person, item.exchange)
    return visit.go("/review", "Skipped: somebody else will see it.")


def figures(visit: Visit) -> Response:
    """Show how far reviewers agree."""
    visit.desk.reviews.poll(visit.desk.ledger)
    found = visit.desk.reviews.figures()
    return view(visit, "agreement.html.j2", found=found, enough=ENOUGH, draws=DRAWS)


def labels(visit: Visit) -> Response:
    """Send the labels of all reviews, as JSON Lines."""
    scale = visit.named("scale")
    if scale not in SCALES:
        raise NotDone("labels are of adherence or refusal", 404)
    visit.desk.reviews.poll(visit.desk.ledger)
    lines = label_lines(visit.desk, visit.desk.reviews.all(), scale, Counted())
    name = f'attachment; filename="reviews-{scale}.jsonl"'
    return StreamingResponse(
        lines, media_type="application/x-ndjson", headers={"content-disposition": name}
    )


def _content(visit: Visit, each: Candidate) -> Content:
    policy = visit.desk.policies(each.row.record.policy)
    return content_of(visit.desk, each.payloads, policy)


def _form(visit: Visit, each: Candidate, content: Content, drawn: str) -> Response:
    policy = visit.desk.policies(each.row.record.policy)
    ids = tuple(rule.id for rule in policy.rules) if policy else ()
    section = section_of(each, ids)
    token = nonce()
    item = Item(each.exchange, each.row.record.decision, section, drawn, visit.desk.now())
    visit.session.keep(token, item)
    kept = content.kept
    return view(
        visit,
        "review.html.j2",
        item=token,
        chosen=drawn == CHOSEN,
        blind=_blind(visit, each.exchange, drawn),
        texts=kept.texts if kept else (),
        calls=[(call.tool, laid_out(call.arguments)) for call in kept.calls] if kept else [],
        messages=[*message_views(content.read.conversation)],
        rule=policy.by_id.get(section) if policy and section else None,
        rules=policy.rules if policy else (),
        section=section,
        whole=_whole(policy, each),
    )


def _blind(visit: Visit, exchange: str, drawn: str) -> bool:
    """Whether an opinion is formed blindly; whoever has an id has it from where effects stand."""
    return drawn != CHOSEN and not visit.desk.has_seen(visit.account.person, exchange)


def _section(visit: Visit, each: Candidate, item: Item) -> str:
    policy = visit.desk.policies(each.row.record.policy)
    given = visit.form.get("section", "")
    if policy is not None and given in policy.by_id:
        return given
    return item.section or _whole(policy, each)


def _whole(policy: Policy | None, each: Candidate) -> str:
    """Return what stands for the spec as a whole."""
    return policy.name if policy is not None else each.row.record.citations[0]
