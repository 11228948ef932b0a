"""Bytes of an upstream's answer -> what became of it, and the bytes for the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from charter.gateway.answers import chat, messages, responses
from charter.gateway.answers.answer import Answer, Said
from charter.gateway.answers.edit import edited
from charter.gateway.answers.encode import encode
from charter.gateway.answers.members import gone as members_gone
from charter.gateway.answers.plain import Plain
from charter.gateway.answers.series import spread
from charter.gateway.answers.tokens import Tokens
from charter.gateway.answers.truncated import TRUNCATED
from charter.gateway.answers.withheld import uncounted, withheld
from charter.gateway.stream.patterns import Patterns
from charter.gateway.verdict import Edit, Judge, Verdict
from charter.gateway.wire.asked import Api
from charter.gateway.wire.json_body import USUAL, Limits, read_json
from charter.gateway.wire.pointer import value_at
from charter.gateway.wire.shape import an_object
from charter.policy.decision import STRICTNESS, Effect
from charter.records.record import Record

_GONE = object()


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an answer."""

    body: bytes
    """For the client. Empty where a verdict restricts: see `refused`."""
    refused: Verdict | None
    """The strictest verdict that denies or asks for approval."""
    records: tuple[Record, ...]
    """Must be durable before anything of it is sent."""
    released: int
    """Characters of texts and calls in `body`."""
    edited: bool


def answer_of(
    api: Api,
    body: bytes,
    request: Mapping[str, Any],
    limits: Limits = USUAL,
    patterns: Patterns | None = None,
) -> Answer:
    """Return an answer, read. `request` is the body as the client sent it.

    Names, ids and settings that `patterns` find something in are decided on like texts.

    Raises ValueError, in one line, for what is no answer of the API, and beyond the limits.
    """
    answer = Answer(api, Plain(patterns))
    given = an_object(read_json(body, limits), "")
    if api is Api.CHAT:
        chat.read(answer, given)
    elif api is Api.RESPONSES:
        responses.read(answer, given, request)
    else:
        messages.read(answer, given, request)
    return answer


def settle(answer: Answer, judge: Judge, alternatives: Patterns | None = None) -> Settled:
    """Decide on all texts and calls of an answer, and make the edits. The answer is used up.

    `alternatives` are the patterns that alternatives to tokens are searched with, where patterns
    alone decide on texts; without, none leaves.
    """
    verdicts = [_verdict(judge, said) for said in answer.said]
    of_calls = [judge.call(said) for said in answer.calls]
    strictest = _strictest(verdicts, of_calls)
    if answer.truncated:
        judge.cut(TRUNCATED, 0)
    if strictest is not None:
        held = strictest.effect is Effect.REQUIRE_APPROVAL
        records = withheld(_records(verdicts, of_calls), "held" if held else "refused")
        return Settled(b"", strictest, records, 0, edited=False)
    changed = any(verdict.effect is Effect.REDACT for verdict in verdicts)
    if changed:
        verdicts = spread(answer.said, verdicts)
    return Settled(
        apply(answer, verdicts, alternatives),
        None,
        _records(verdicts, of_calls),
        _size(answer, verdicts),
        edited=changed,
    )


def _records(*verdicts: Sequence[Verdict]) -> tuple[Record, ...]:
    return tuple([one for each in verdicts for verdict in each for one in verdict.records])


def _verdict(judge: Judge, said: Said) -> Verdict:
    verdict = judge.text(said.channel, said.text, ())
    return replace(verdict, records=uncounted(verdict.records)) if said.joined else verdict


def apply(
    answer: Answer, verdicts: Sequence[Verdict], alternatives: Patterns | None = None
) -> bytes:
    """Return the body for the client, with the edits of `verdicts`, one for each text in order."""
    gone = False
    for said, verdict in zip(answer.said, verdicts, strict=True):
        redacts = verdict.effect is Effect.REDACT
        edits = verdict.edits if redacts else ()
        if said.logprobs:
            _put(answer.body, said.logprobs, _tokens(answer, said, edits, alternatives))
        if not redacts:
            continue
        if said.members:
            for pointer in members_gone(said.members, verdict):
                _put(answer.body, pointer, _GONE)
                gone = True
            continue
        if not edits and not said.whole:
            continue
        for pointer in said.pointers:
            _put(answer.body, pointer, _GONE if said.whole else edited(said.text, edits))
        for pointer in said.beside:
            _put(answer.body, pointer, _GONE)
        gone = gone or said.whole or bool(said.beside)
    if gone:
        _prune(answer.body)
    return encode(answer.body)


def _strictest(verdicts: Sequence[Verdict], of_calls: Sequence[Verdict]) -> Verdict | None:
    """Return the verdict that restricts most, the first of those; a call is never edited."""
    restricting = [
        *(each for each in verdicts if each.effect in (Effect.DENY, Effect.REQUIRE_APPROVAL)),
        *(each for each in of_calls if STRICTNESS[each.effect] >= STRICTNESS[Effect.REDACT]),
    ]
    return max(restricting, key=lambda each: STRICTNESS[each.effect], default=None)


def _size(answer: Answer, verdicts: Sequence[Verdict]) -> int:
    size = sum(len(call.tool) + len(call.arguments) for call in answer.calls)
    for said, verdict in zip(answer.said, verdicts, strict=True):
        if said.joined:
            continue
        if verdict.effect is not Effect.REDACT:
            size += len(said.text)
        elif said.members:
            left = set(members_gone(said.members, verdict))
            size += sum(high - low for low, high, each in said.members if each not in left)
        elif not said.whole:
            size += len(edited(said.text, verdict.edits))
    return size


def _tokens(
    answer: Answer, said: Said, edits: tuple[Edit, ...], alternatives: Patterns | None
) -> list[dict[str, Any]]:
    tokens = Tokens(0, alternatives)
    tokens.text(said.text)
    tokens.add(value_at(answer.body, said.logprobs))
    return tokens.release(len(said.text), [(edit.start, edit.end) for edit in edits])


def _put(body: Any, pointer: str, value: Any) -> None:
    """Put a value where a pointer says; the place exists, as it was made with the pointer."""
    owner, _, last = pointer.rpartition("/")
    place = value_at(body, owner)
    if isinstance(place, list):
        place[int(last)] = value
    elif place is not _GONE:
        place[last] = value


def _prune(value: Any) -> None:
    """Take out what is gone."""
    if isinstance(value, dict):
        for name in [name for name, one in value.items() if one is _GONE]:
            del value[name]
        for one in value.values():
            _prune(one)
    elif isinstance(value, list):
        value[:] = [one for one in value if one is not _GONE]
        for one in value:
            _prune(one)
