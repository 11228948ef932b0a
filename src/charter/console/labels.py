"""Reviews -> labelled answers, as `charter calibrate --labels FILE.jsonl` reads them.

One JSON object a line, for each review. What was erased or has expired has no words left to label,
and is counted instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from charter.console.accounts import Account
from charter.console.content import messages_of
from charter.console.desk import Desk
from charter.console.exchange import content_of
from charter.console.feed import of_exchange
from charter.console.reviews import REFUSALS
from charter.console.roles import Right
from charter.govern.oversight.figures import Figures
from charter.records.review import ReviewRecorded

SCALES = ("adherence", "refusal")


@dataclass(slots=True)
class Counted:
    """How many reviews became labels."""

    written: int = 0
    left_out: int = 0
    """Whose words are gone, or that say nothing on this scale."""


def told_to(desk: Desk, account: Account) -> tuple[ReviewRecorded, ...]:
    """Return the reviews somebody may read: reviewers none of an answer that they may yet judge."""
    desk.reviews.poll(desk.ledger)
    if account.may(Right.REVIEW):
        return desk.reviews.readable(account.person, desk.at())
    return desk.reviews.all()


def figures_for(desk: Desk, account: Account) -> Figures:
    """Return how reviewers do: for a reviewer, as far as it tells nothing they may yet judge."""
    desk.reviews.poll(desk.ledger)
    if account.may(Right.REVIEW):
        return desk.reviews.figures(account.person, desk.at())
    return desk.reviews.figures()


def label_lines(
    desk: Desk, reviews: Iterable[ReviewRecorded], scale: str, counted: Counted
) -> Iterator[str]:
    """Yield a line for each review that says something on a scale, and whose words are there."""
    for review in reviews:
        row = _row(desk, review, scale)
        if row is None:
            counted.left_out += 1
            continue
        counted.written += 1
        yield json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"


def _row(desk: Desk, review: ReviewRecorded, scale: str) -> dict[str, Any] | None:
    label = review.label if scale == SCALES[0] else review.refusal
    if label is None or (scale == SCALES[1] and label not in REFUSALS):
        return None
    exchange = review.run.rpartition(".")[0]
    rows = of_exchange(desk.ledger, exchange)
    if not rows:
        return None
    record = next((row.record for row in rows if row.record.decision == review.run), rows[0].record)
    policy = desk.policies(record.policy)
    found = content_of(desk, (row.record.payload for row in rows), policy)
    messages = messages_of(found.read.conversation)
    if found.kept is None or not messages:
        return None
    return {
        "id": review.run,
        "conversation": messages,
        "answer": found.kept.answer,
        "calls": [{"name": call.tool, "arguments": call.arguments} for call in found.kept.calls],
        "label": label,
        "section": review.section,
        "by": review.by,
        "cluster": exchange,
        "drawn": review.drawn,
        "blind": "yes" if review.blind else "no",
        "policy": record.policy,
    }
