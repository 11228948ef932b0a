"""A conversation -> every decision in it, each on the conversation as it stood then.

Every message of a user is a request, every text of the assistant an output, and every call and
every result of a tool is decided on by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from charter.audit.row import STAGES, Decided, Finding, Row, RowResult, Terms, Unread
from charter.errors import ParseError
from charter.policy.conversation import Message, Transcript
from charter.policy.decision import Call, Decision, Effect, Facts
from charter.policy.decisions.decide import decide
from charter.policy.labels.intake import MAX_CHARACTERS
from charter.policy.labels.wire import read
from charter.policy.policy import Policy
from charter.policy.situation import Seen, Situation

MAX_MESSAGES = 400
"""Of one row: each of them is decided on with all that stand before it."""
MAX_WORK = 20_000_000
"""Characters of one row, times its messages."""


class Conversation(NamedTuple):
    """What one row says."""

    transcript: Transcript
    metadata: Mapping[str, Any] | None = None


def decide_row(policy: Policy, row: Row, terms: Terms = Terms()) -> RowResult:  # noqa: B008 - immutable
    """Decide on everything in one row. Never raises on content."""
    found = conversation_of(row, terms)
    return found if isinstance(found, Unread) else decide_turns(policy, found)


def conversation_of(row: Row, terms: Terms) -> Conversation | Unread:
    """Read a row."""
    request, answer, system, given = row
    if request is None and answer is None and system is None and given is None:
        return Unread("empty")
    before = [Message(terms.system_as, system)] if system is not None else []
    after = [Message("assistant", answer)] if answer is not None else []
    if given is None:
        if request is not None:
            before.append(Message("user", request))
        return _bounded(Conversation(Transcript("row", (*before, *after), terms.offered)))
    try:
        payload = parse(given)
    except (ValueError, RecursionError):
        return Unread("not_json")
    if isinstance(payload, str):  # would be read as the text of a fence
        return Unread("no_conversation")
    try:
        transcript = read(payload, terms.wire, system_as=terms.system_as)
    except (ParseError, RecursionError):
        return Unread("no_conversation")
    metadata = payload.get("metadata") if isinstance(payload, dict) else None
    own = metadata if isinstance(metadata, dict) else None
    messages = (*before, *transcript.messages, *after)
    tools = tuple(dict.fromkeys((*transcript.tools, *terms.offered)))
    return _bounded(Conversation(replace(transcript, messages=messages, tools=tools), own))


def _bounded(found: Conversation) -> Conversation | Unread:
    messages = found.transcript.messages
    size = sum(len(each.text) for each in messages)
    size += sum(len(call.arguments) for each in messages for call in each.calls)
    if len(messages) > MAX_MESSAGES or size > MAX_CHARACTERS or size * len(messages) > MAX_WORK:
        return Unread("too_long")
    return found


def decide_turns(policy: Policy, found: Conversation) -> Decided:
    """Decide on every turn of a conversation."""
    asked = [0, 0, 0, 0]
    findings: list[Finding] = []
    for at, facts, seen in _turns(policy, found):
        asked[STAGES.index(facts.stage)] += 1
        decision = decide(policy, seen.resolution, facts, seen.conversation)
        if decision.effect is not Effect.ALLOW:
            findings.append(finding(at, decision))
    return Decided((asked[0], asked[1], asked[2], asked[3]), tuple(findings))


def finding(at: int, decision: Decision) -> Finding:
    """Return what a log says of a decision."""
    reasons = decision.reasons
    checks = tuple(reason.check for reason in reasons)
    sections = tuple(dict.fromkeys(reason.section for reason in reasons))
    return Finding(at, decision.stage, decision.effect.value, checks, sections)


def _turns(policy: Policy, found: Conversation) -> Iterator[tuple[int, Facts, Seen]]:
    known: dict[int, Seen] = {}

    def seen(length: int) -> Seen:
        if length not in known:
            known.clear()  # only the last one is ever asked for again
            part = replace(found.transcript, messages=found.transcript.messages[:length])
            known[length] = Situation(policy, part, found.metadata).seen()
        return known[length]

    for at, message in enumerate(found.transcript.messages):
        if message.role == "user":
            yield at, Facts("request"), seen(at + 1)
        elif message.role == "tool":
            yield at, Facts("tool_result", message.text, Call(message.name or "")), seen(at + 1)
        elif message.role == "assistant":
            if message.text:
                yield at, Facts("output", message.text), seen(at)
            for call in message.calls:
                args = arguments(call.arguments)
                made = Call(call.tool, args) if args is not None else None
                yield at, Facts("tool_call", call=made), seen(at)


def arguments(text: str) -> dict[str, Any] | None:
    """Return the arguments of a call; None, which is denied, where they are no JSON object."""
    if not text.strip():
        return {}
    try:
        found = parse(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def parse(text: str) -> Any:
    """Return a JSON value, strictly: no key twice, no NaN. Raises ValueError, RecursionError."""
    return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")
