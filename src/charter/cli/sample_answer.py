"""A drawn answer, opened -> what a judge is asked about it."""

from __future__ import annotations

from dataclasses import dataclass

from charter.console.content import Kept, conversation_of, join_kept, kept_of, messages_of
from charter.console.feed import of_exchange
from charter.errors import UnknownClause
from charter.evals.judge import Item
from charter.evals.judging.rules import SpecRules
from charter.govern.sampling.sample import GONE
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.models.provider import ChatMessage, ToolCall
from charter.records.decision import DecisionRecorded
from charter.records.sample import AnswerDrawn


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why nobody can be asked about an answer."""

    reason: str


def item_of(ledger: Ledger, vault: Vault, rules: SpecRules, drawn: AnswerDrawn) -> Item | NoAnswer:
    """Return the conversation, and what was decided on, as the model wrote it.

    Raises LedgerError for a payload that is damaged, or sealed under another key.
    """
    try:
        rules.clauses(drawn.section)
    except UnknownClause:
        return NoAnswer("the spec has no such section")
    rows = of_exchange(ledger, drawn.exchange)
    record = next((row.record for row in rows if row.record.decision == drawn.decision), None)
    names = dict.fromkeys(row.record.payload for row in rows if row.record.payload)
    opened = [vault.open(name) for name in names]
    kept = join_kept([kept_of(each) for each in opened if each is not None])
    if record is None or kept is None:
        return NoAnswer(GONE)
    messages = messages_of(conversation_of(kept, None).conversation)
    answer, calls = _answer(kept, record)
    if not messages or not (answer or calls):
        return NoAnswer(GONE)
    return Item(
        id=drawn.decision,
        section=drawn.section,
        clause=None,
        outcome="any",
        messages=tuple(
            ChatMessage(each["role"], each["content"], each.get("tool")) for each in messages
        ),
        tools=(),
        answer=answer,
        calls=calls,
        rubric=None,
    )


def gone(ledger: Ledger, drawn: AnswerDrawn) -> bool:
    """Whether nothing is kept of an answer any more: erased, or past its time."""
    names = {row.record.payload for row in of_exchange(ledger, drawn.exchange)}
    for name in sorted(names - {""}):
        sealed = ledger.store.payload(name)
        if sealed is not None and ledger.store.key(sealed.subject) is not None:
            return False
    return True


def _answer(kept: Kept, record: DecisionRecorded) -> tuple[str, tuple[ToolCall, ...]]:
    said = kept.decided.get(record.decision, "")
    if record.stage == "tool_call":
        named = [each for each in kept.calls if each.tool == record.tool]
        arguments = said or (named[0].arguments if named else "")
        return "", (ToolCall(record.tool, arguments),) if arguments else ()
    return said or kept.answer, ()
