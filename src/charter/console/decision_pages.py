"""The list of decisions, and one exchange with all decisions on it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from charter.console.actions import NotDone
from charter.console.content import laid_out
from charter.console.exchange import shown
from charter.console.feed import EXCHANGE, SCAN, Wanted, find, strictest
from charter.console.guard import Visit
from charter.console.moment import asked_time
from charter.console.render import EFFECTS, STAGES
from charter.console.roles import Right
from charter.console.view import view
from charter.policy.explanations.explain_page import message_views

FILTERS = ("effect", "application", "section", "stage", "since", "until", "words")


def decisions(visit: Visit) -> Response:
    """Show decisions, newest first."""
    wanted = wanted_of(visit.query)
    found = find(visit.desk.ledger, wanted)
    asked = {name: visit.query.get(name, "") for name in FILTERS}
    for name in ("since", "until"):
        if asked[name] and not getattr(wanted, name):
            raise NotDone(f"{asked[name][:40]!r} is no time such as 2026-11-22 08:00", 400)
    given = {name: value for name, value in asked.items() if value}
    return view(
        visit,
        "decisions.html.j2",
        found=found,
        asked=asked,
        filtered=bool(given),
        live=not wanted.before,
        older=urlencode({**given, "before": str(found.more)}) if found.more else "",
        newest=urlencode(given),
        scan=SCAN,
        applications=sorted({row.record.application for row in found.rows}),
        now=visit.desk.now(),
    )


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """Read what somebody looks for; what is not understood asks for nothing."""
    before = query.get("before", "")
    return Wanted(
        effect=query.get("effect", "") if query.get("effect") in EFFECTS else "",
        application=query.get("application", "").strip()[:200],
        section=query.get("section", "").strip()[:200],
        stage=query.get("stage", "") if query.get("stage") in STAGES else "",
        since=asked_time(query.get("since", "")),
        until=asked_time(query.get("until", "")),
        words=query.get("words", "").strip()[:200],
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0,
    )


def decision(visit: Visit) -> Response:
    """Show one exchange: every decision on it, and what was said where that may be seen."""
    wanted = EXCHANGE.fullmatch(visit.named("exchange"))
    if wanted is None:
        raise NotDone("there is no exchange of this id", 404)
    rows, content = shown(visit.desk, wanted[1], content=visit.may(Right.CONTENT))
    if not rows:
        raise NotDone("there is no exchange of this id", 404)
    visit.desk.looked_at(visit.account.person, wanted[1])
    policy = visit.desk.policies(rows[-1].record.policy)
    return view(
        visit,
        "exchange.html.j2",
        exchange=wanted[1],
        rows=rows,
        first=rows[0].record,
        strictest=strictest(row.record.effect for row in rows),
        content=content,
        messages=[*message_views(content.read.conversation)],
        calls=[(call.tool, laid_out(call.arguments)) for call in content.kept.calls]
        if content.kept is not None
        else [],
        policy=policy,
        reviews=_reviews(visit, [row.record.decision for row in rows]),
        now=visit.desk.now(),
    )


def _reviews(visit: Visit, decisions: list[str]) -> list[object]:
    if not visit.may(Right.FIGURES):
        return []
    known, person = visit.desk.reviews, visit.account.person
    known.poll(visit.desk.ledger)
    found = [review for each in decisions for review in known.of(each)]
    if visit.may(Right.REVIEW):  # nothing of what somebody else said first
        found = [each for each in found if known.told(each, person, visit.desk.at())]
    return [*found]
