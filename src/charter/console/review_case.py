"""One answer as it is put before a reviewer, wherever it came from: with nothing of the gateway."""

from __future__ import annotations

from typing import NamedTuple

from charter.console.desk import Desk
from charter.console.exchange import Content, content_of
from charter.console.feed import of_exchange, strictest
from charter.console.reviews import PASSING, Candidate, section_of
from charter.errors import LedgerError
from charter.govern.oversight.item import Item
from charter.policy.policy import Policy
from charter.records.service import PolicyServed, ServiceStarted


class Case(NamedTuple):
    """What a review is about."""

    exchange: str
    decision: str
    """What the review is filed under."""
    payloads: tuple[str, ...]
    policy: Policy | None
    """None where it is not at hand."""
    section: str
    """The section asked about; empty for the spec as a whole."""
    whole: str
    """What stands for the spec as a whole."""
    drawn: str
    passed: bool | None
    """Whether the gateway let the answer out as it was; None where it decided nothing."""
    effect: str
    item: Item | None = None

    def content(self, desk: Desk) -> Content | None:
        """Return what was said; None where nothing is kept that could be judged."""
        found = content_of(desk, self.payloads, self.policy)
        return found if found.kept is not None and found.kept.answered else None


def of_candidate(desk: Desk, each: Candidate, drawn: str) -> Case:
    """Return an answer that came up by its hash, or that somebody chose."""
    policy = desk.policies(each.row.record.policy)
    ids = tuple(rule.id for rule in policy.rules) if policy else ()
    return Case(
        exchange=each.exchange,
        decision=each.row.record.decision,
        payloads=each.payloads,
        policy=policy,
        section=section_of(each, ids),
        whole=policy.name if policy is not None else each.row.record.citations[0],
        drawn=drawn,
        passed=each.effect in PASSING,
        effect=each.effect,
    )


def of_item(desk: Desk, item: Item) -> Case:
    """Return an answer that somebody queued."""
    queued = item.queued
    rows = of_exchange(desk.ledger, queued.exchange)
    digest = rows[-1].record.policy if rows else _policy_in(desk, queued.payload)
    effect = strictest(row.record.effect for row in rows) if rows else ""
    policy = desk.policies(digest) if digest else None
    if policy is None and not rows:  # without the rule beside it, it would look unlike the others
        policy = _served(desk)
    kept = tuple(row.record.payload for row in rows if row.record.payload)
    return Case(
        exchange=queued.exchange,
        decision=queued.decision,
        payloads=(queued.payload,) if queued.payload else tuple(dict.fromkeys(kept)),
        policy=policy,
        section=queued.section,
        whole=queued.section or (policy.name if policy is not None else queued.application),
        drawn=queued.drawn,
        passed=effect in PASSING if rows else None,
        effect=effect,
        item=item,
    )


def _served(desk: Desk) -> Policy | None:
    """Return the policy that was served last, where it is at hand."""
    found = desk.ledger.read_any((ServiceStarted, PolicyServed), newest=True, limit=1)
    newest = next((record for _, record in found), None)
    if not isinstance(newest, ServiceStarted | PolicyServed):
        return None
    return desk.policies(newest.policy)


def _policy_in(desk: Desk, payload: str) -> str:
    """Return the digest of the policy that a sealed item names; empty where it names none."""
    if desk.vault is None or not payload:
        return ""
    try:
        found = desk.vault.open(payload)
    except LedgerError:
        return ""  # why it cannot be opened is said where its words would stand
    named = (found or {}).get("policy")
    return named if isinstance(named, str) else ""
