"""The moderation queue: one comment of the public at a time, read before anybody else sees it."""

from __future__ import annotations

from starlette.responses import Response

from charter.console.actions import NotDone
from charter.console.comments import COMMENT, readable_words
from charter.console.desk import Desk
from charter.console.guard import Visit
from charter.console.moderation import settle
from charter.console.view import view
from charter.policy.policy import Policy, Rule, RuleClause
from charter.records.comment import CommentModerated


def queue(visit: Visit) -> Response:
    """Show the comment that has waited longest, or the one behind a skipped one."""
    desk = visit.desk
    desk.comments.poll(desk.ledger)
    found = desk.comments.next(visit.query.get("after", ""))
    if found is None:
        return view(visit, "comments_empty.html.j2")
    policy = desk.policies(found.policy)
    rule, clause = rule_of(policy, found.clause)
    return view(
        visit,
        "comments.html.j2",
        comment=found,
        rule=rule,
        clause=clause,
        text=readable_words(desk.vault, found),
        waiting=desk.comments.waiting,
        now=desk.now(),
    )


def moderate(visit: Visit) -> Response:
    """Record what a person decided on one comment."""
    form = visit.form
    record = decide(
        visit.desk,
        visit.account.person,
        form.get("comment", ""),
        form.get("verdict", ""),
        form.get("reason", ""),
    )
    return visit.go("/comments", f"Recorded: {record.run} {record.verdict}.")


def decide(desk: Desk, by: str, comment: str, verdict: str, reason: str) -> CommentModerated:
    """Record that a comment was accepted or rejected. Raises NotDone, saying why."""
    desk.comments.poll(desk.ledger)
    found = desk.comments.get(comment) if COMMENT.fullmatch(comment) else None
    if found is None:
        raise NotDone("no such comment waits: somebody may have moderated it already")
    record = settle(
        desk.ledger, desk.vault, found, by=by, verdict=verdict, reason=reason, at=desk.at()
    )
    desk.comments.poll(desk.ledger)
    return record


def rule_of(policy: Policy | None, wanted: str) -> tuple[Rule | None, RuleClause | None]:
    """Return the section that an id names or lies in, and the clause where it names one."""
    if policy is None:
        return None, None
    rule = policy.by_id.get(wanted)
    if rule is not None:
        return rule, None
    for each in policy.rules:
        for clause in each.clauses:
            if clause.id == wanted:
                return each, clause
    return None, None
