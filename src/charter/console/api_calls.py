"""What the API can be asked, one function for each, and the list of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from charter.console import api_models as m
from charter.console.accounts import Account
from charter.console.actions import NotDone, Opinion, Vote, lift_stop, order_stop, review, vote
from charter.console.content import messages_of
from charter.console.desk import Desk
from charter.console.exchange import Content, shown
from charter.console.feed import EXCHANGE, Wanted, find
from charter.console.health import head, services
from charter.console.held import held
from charter.console.incident_calls import (
    INCIDENT_PATTERN,
    IncidentGiven,
    Incidents,
    IncidentsAsked,
    IncidentWhole,
    list_incidents,
    new_incident,
    one_incident,
)
from charter.console.labels import Counted, figures_for, label_lines, told_to
from charter.console.queue_pages import SHOWN as MOST_ITEMS
from charter.console.queue_pages import shown_id, waiting
from charter.console.reviews import CHOSEN, PASSING, candidate
from charter.console.roles import Right
from charter.govern.oversight.agreement import Agreement
from charter.ledger.board import ApprovalState
from charter.ledger.body import body_of, digest_of_body


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, read and allowed."""

    desk: Desk
    account: Account
    path: Mapping[str, str]
    query: Any
    given: Any


@dataclass(frozen=True, slots=True)
class Call:
    """One thing the API can be asked."""

    method: str
    path: str
    right: Right
    answer: Callable[[Ask], BaseModel | Iterator[str]]
    gives: type[BaseModel] | None
    """None: JSON Lines."""
    says: str
    """What it does, for the document."""
    query: type[BaseModel] = m.NothingAsked
    body: type[BaseModel] | None = None
    status: int = 200
    """Where it worked."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Parts of the path, with the pattern of each."""


def _decisions(ask: Ask) -> BaseModel:
    query: m.DecisionsAsked = ask.query
    wanted = Wanted(
        query.effect or "",
        query.application or "",
        query.section or "",
        query.stage or "",
        query.since or "",
        query.until or "",
        query.words or "",
        query.before or 0,
    )
    found = find(ask.desk.ledger, wanted, query.limit)
    rows = [
        m.DecisionRow(index=row.number, digest=_digest(row.record), record=row.record)
        for row in found.rows
    ]
    return m.Decisions(decisions=rows, more=found.more or None, looked=found.looked)


def _exchange(ask: Ask) -> BaseModel:
    wanted = EXCHANGE.fullmatch(ask.path["exchange"])
    rows, content = (
        shown(ask.desk, wanted[1], content=ask.account.may(Right.CONTENT)) if wanted else ((), None)
    )
    if wanted is None or content is None or not rows:
        raise NotDone("there is no exchange of this id", 404)
    ask.desk.looked_at(ask.account.person, wanted[1])
    return m.Exchange(
        exchange=wanted[1],
        decisions=[
            m.ExplainedRow(
                index=row.index,
                digest=row.digest,
                record=row.record,
                explanation=row.explanation.text if row.explanation else None,
            )
            for row in rows
        ],
        content=_said(content),
        content_missing=content.why,
    )


def _approvals(ask: Ask) -> BaseModel:
    query: m.ApprovalsAsked = ask.query
    now = ask.desk.now()
    with ask.desk.up_to_date() as board:
        found = board.pending(now) if query.status == "pending" else board.all()
    chosen = [state for state in found if state.status(now) == query.status]
    return m.Approvals(approvals=[_state(state, now) for state in chosen[: query.limit]])


def _approval(ask: Ask) -> BaseModel:
    state = ask.desk.approval(ask.path["approval"])
    if state is None:
        raise NotDone("there is no approval of this id", 404)
    found = held(ask.desk, ask.account, state)
    ask.desk.looked_at(ask.account.person, state.asked.exchange)
    return m.ApprovalWhole(
        **_state(state, ask.desk.now()).model_dump(),
        arguments=found.call.arguments if found.call is not None else None,
        content=_said(found.content),
        content_missing=found.content.why,
    )


def _vote(ask: Ask) -> BaseModel:
    said: m.VoteGiven = ask.given
    given = Vote(said.verdict, said.binding, said.note, said.arguments, said.seconds)
    state = vote(ask.desk, ask.account, ask.path["approval"], given)
    return _state(state, ask.desk.now())


def _stops(ask: Ask) -> BaseModel:
    with ask.desk.up_to_date() as board:
        return m.Stops(stops=list(board.stops))


def _stop(ask: Ask) -> BaseModel:
    said = ask.given.root
    return m.Stops(stops=[order_stop(ask.desk, ask.account, said.reach, said.name, said.reason)])


def _lift(ask: Ask) -> BaseModel:
    lifted = lift_stop(ask.desk, ask.account, ask.path["stop"], ask.given.reason)
    return m.Lifted(stop=lifted.run)


def _figures(ask: Ask) -> BaseModel:
    found = figures_for(ask.desk, ask.account)
    return m.Figures(
        reviews=found.reviews,
        blind=found.blind,
        reviewers=sum(each.reviews > 0 for each in found.people),
        labels=dict(found.labels),
        decided_rightly=found.right,
        judged=found.judged,
        agreement=_agreement(found.whole),
        refusals=_agreement(found.refusals),
        sections={each.name: _agreement(each.agreement) for each in found.sections},
    )


def _queue(ask: Ask) -> BaseModel:
    now, lead = ask.desk.at(), ask.account.may(Right.ASSIGN)
    found = waiting(ask.desk, ask.account)
    rows = []
    for item in found[:MOST_ITEMS]:
        holder = item.held_by(now)
        rows.append(
            m.QueuedItem.model_validate(
                {
                    "id": shown_id(ask.desk, ask.account, item),
                    "state": item.state(now).value,
                    "priority": item.priority,
                    "section": item.queued.section,
                    "application": item.queued.application,
                    "queued": item.queued.at,
                    "held_by": holder,
                    "until": item.until if holder else "",
                    "assigned": item.assigned,
                    "opinions": len(item.given) if lead else None,
                    "needed": item.needed if lead else None,
                }
            )
        )
    return m.ReviewQueue(items=rows, waiting=len(found))


def _review(ask: Ask) -> BaseModel:
    said: m.ReviewGiven = ask.given
    exchange = said.decision.rpartition(".")[0]
    each = candidate(ask.desk.ledger, exchange)
    if each is None or each.row.record.decision != said.decision:
        raise NotDone("there is no answer under this decision that could be reviewed", 404)
    opinion = Opinion(
        decision=said.decision,
        label=said.label,
        refusal=said.refusal,
        should_pass=said.should_pass,
        section=said.section,
        note=said.note,
        blind=False,
        drawn=CHOSEN,
        seconds=said.seconds,
    )
    return m.Reviewed(review=review(ask.desk, ask.account, opinion, passed=each.effect in PASSING))


def _labels(ask: Ask) -> Iterator[str]:
    query: m.LabelsAsked = ask.query
    found = told_to(ask.desk, ask.account)
    return label_lines(ask.desk, found, query.scale, Counted())


def _health(ask: Ask) -> BaseModel:
    now = ask.desk.now()
    known = head(ask.desk.ledger)
    with ask.desk.up_to_date() as board:
        stops, pending = len(board.stops), len(board.pending(now))
    found = services(ask.desk.ledger, now)
    return m.Health.model_validate(
        {
            "services": [
                {
                    "state": each.state,
                    "policy": each.policy,
                    "started": each.started,
                    "counted": each.counted,
                }
                for each in found
            ],
            "size": known.size,
            "root": known.root,
            "signed": known.signed,
            "stops": stops,
            "pending": pending,
        }
    )


def _said(content: Content) -> m.SaidContent | None:
    if content.kept is None:
        return None
    return m.SaidContent(
        conversation=[
            m.SaidMessage.model_validate(each) for each in messages_of(content.read.conversation)
        ],
        answer=content.kept.answer,
        calls=[m.SaidCall(tool=each.tool, arguments=each.arguments) for each in content.kept.calls],
    )


def _state(state: ApprovalState, now: float) -> m.Approval:
    return m.Approval.model_validate(
        {
            "id": state.id,
            "status": state.status(now),
            "asked": state.asked,
            "votes": list(state.votes),
            "approvers": list(state.approvers),
        }
    )


def _agreement(found: Agreement) -> m.AgreementOut:
    stated = [None if each is None or found.too_few else f"{each:.3f}" for each in found[3:]]
    return m.AgreementOut(
        units=found.units,
        opinions=found.opinions,
        unanimous=found.unanimous,
        alpha=stated[0],
        low=stated[1],
        high=stated[2],
        too_few=found.too_few,
    )


def _digest(record: Any) -> str:
    return digest_of_body(body_of(record))


_APPROVAL = {"approval": r"^apr_[0-9a-f]{32}_[0-9]{1,9}$"}
_STOP = {"stop": "^stp_[0-9a-z]{1,64}$"}

CALLS: tuple[Call, ...] = (
    Call(
        "GET", "/api/decisions", Right.METADATA, _decisions, m.Decisions,
        "Decisions, newest first.", query=m.DecisionsAsked,
    ),
    Call(
        "GET", "/api/decisions/{exchange}", Right.METADATA, _exchange, m.Exchange,
        "All decisions on one exchange, explained; its content for roles that may read it.",
        parts={"exchange": m.EXCHANGE_PATTERN},
    ),
    Call(
        "GET", "/api/approvals", Right.METADATA, _approvals, m.Approvals,
        "Approvals of one status, oldest first.", query=m.ApprovalsAsked,
    ),
    Call(
        "GET", "/api/approvals/{approval}", Right.METADATA, _approval, m.ApprovalWhole,
        "One approval, with what is held for roles that may read it.", parts=_APPROVAL,
    ),
    Call(
        "POST", "/api/approvals/{approval}/votes", Right.APPROVE, _vote, m.Approval,
        "Approve once, deny, or change the arguments, which needs an approval of its own.",
        body=m.VoteGiven, status=201, parts=_APPROVAL,
    ),
    Call("GET", "/api/stops", Right.METADATA, _stops, m.Stops, "Stops in force, oldest first."),
    Call(
        "POST", "/api/stops", Right.STOP, _stop, m.Stops,
        "Stop everything, an application or a tool.", body=m.StopGiven, status=201,
    ),
    Call(
        "POST", "/api/stops/{stop}/lift", Right.STOP, _lift, m.Lifted,
        "Lift a stop.", body=m.LiftGiven, status=201, parts=_STOP,
    ),
    Call(
        "GET", "/api/reviews", Right.FIGURES, _figures, m.Figures,
        "How many reviews there are, and how far reviewers agree.",
    ),
    Call(
        "POST", "/api/reviews", Right.REVIEW, _review, m.Reviewed,
        "Record a review that was made elsewhere.", body=m.ReviewGiven, status=201,
    ),
    Call(
        "GET", "/api/reviews/queue", Right.FIGURES, _queue, m.ReviewQueue,
        "Items that wait for judgement, the highest priority first, then the oldest.",
    ),
    Call(
        "GET", "/api/reviews/labels", Right.FIGURES, _labels, None,
        "Reviews as labels, one JSON object a line, for `charter calibrate --labels`.",
        query=m.LabelsAsked,
    ),
    Call(
        "GET", "/api/incidents", Right.METADATA, list_incidents, Incidents,
        "Incidents: those that are open first, by what is due next.", query=IncidentsAsked,
    ),
    Call(
        "POST", "/api/incidents", Right.REPORT, new_incident, IncidentWhole,
        "Open an incident.", body=IncidentGiven, status=201,
    ),
    Call(
        "GET", "/api/incidents/{incident}", Right.METADATA, one_incident, IncidentWhole,
        "One incident, its clocks, and what keeps it from closing.",
        parts={"incident": INCIDENT_PATTERN},
    ),
    Call("GET", "/api/health", Right.METADATA, _health, m.Health, "Services and ledger."),
)  # fmt: skip
"""Everything the API can be asked."""
