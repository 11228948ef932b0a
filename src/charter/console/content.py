"""A sealed payload -> what was asked and answered, as a page shows it.

Payloads are written by the gateway, of what clients and models sent: nothing in them is trusted to
have the shape it should have, and what is not understood is counted, never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from charter.errors import CharterError
from charter.policy.conversation import EMPTY, Conversation
from charter.policy.labels.label import label
from charter.policy.labels.wire import read
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.policy.situation import see

MOST_CALLS = 100
MOST_TEXTS = 200
MOST_DECISIONS = 1000


class Said(NamedTuple):
    """One text of an answer."""

    kind: str
    """text, refusal, reasoning, transcript, annotations."""
    text: str
    choice: int = 0


class Called(NamedTuple):
    """One tool call of an answer."""

    tool: str
    arguments: str
    """JSON text, as the model wrote it."""
    id: str = ""


class Kept(NamedTuple):
    """What was kept of an exchange."""

    api: str
    body: Mapping[str, Any]
    system_as: str
    level: str
    texts: tuple[Said, ...]
    calls: tuple[Called, ...]
    decided: Mapping[str, str] = MappingProxyType({})
    """What each decision was about, by its id."""
    arguments: str = ""
    """Of a held call that a person changed: the new ones."""

    @property
    def answer(self) -> str:
        """The words of the answer, of its first choice."""
        return "\n\n".join(
            each.text for each in self.texts if each.kind == "text" and not each.choice
        )

    @property
    def answered(self) -> bool:
        """Whether a model said or did anything."""
        return bool(self.calls) or any(each.kind in ("text", "refusal") for each in self.texts)


class Read(NamedTuple):
    """A conversation as it was labelled, with what was in force, where the policy is known."""

    conversation: Conversation
    resolution: Resolution | None


def kept_of(payload: Mapping[str, Any]) -> Kept:
    """Read a payload; what is missing is empty."""
    body = payload.get("body")
    return Kept(
        api=_text(payload.get("api")),
        body=body if isinstance(body, Mapping) else {},
        system_as=_text(payload.get("system_as")),
        level=_text(payload.get("level")),
        texts=tuple(_said(each) for each in _list(payload.get("texts"))[:MOST_TEXTS]),
        calls=tuple(_called(each) for each in _list(payload.get("calls"))[:MOST_CALLS]),
        decided=_decided(payload.get("decisions")),
        arguments=_text(payload.get("arguments")),
    )


def join_kept(payloads: list[Kept]) -> Kept | None:
    """Return one view of several payloads of one exchange; None where there is none."""
    if not payloads:
        return None
    first = next((each for each in payloads if each.body), payloads[0])
    texts = dict.fromkeys(said for each in payloads for said in each.texts)
    calls = dict.fromkeys(called for each in payloads for called in each.calls)
    decided = {name: text for each in payloads for name, text in each.decided.items()}
    return first._replace(texts=tuple(texts), calls=tuple(calls), decided=decided)


def conversation_of(kept: Kept, policy: Policy | None) -> Read:
    """Label what was asked, and resolve it where the policy is known; EMPTY where it is no request.

    Labels of an unknown policy are those of the usual ladder.
    """
    wire = kept.api or None
    try:
        if policy is None:
            return Read(label(read(kept.body, wire, system_as=kept.system_as or None)), None)
        level = kept.level if kept.level in policy.ladder.names else None
        found = see(policy, kept.body, wire=wire, system_as=kept.system_as or None, caller=level)
    except (CharterError, ValueError, RecursionError):
        return Read(EMPTY, None)
    return Read(found.conversation, found.resolution)


def messages_of(conversation: Conversation) -> list[dict[str, str]]:
    """Return a conversation as `charter calibrate` reads it: roles and words."""
    known = ("system", "developer", "user", "assistant", "tool")
    found = []
    for message in conversation.messages:
        said: dict[str, str] = {
            "role": message.role if message.role in known else "user",
            "content": message.text,
        }
        if said["role"] == "tool" and message.name:
            said["tool"] = message.name
        found.append(said)
    return found


def laid_out(arguments: str) -> str:
    """Return arguments on several lines where that changes blanks and escapes alone.

    Else as they are: what is no JSON, names a member twice, or spells a number in a way of its own.
    """
    try:
        found = json.loads(
            arguments,
            object_pairs_hook=_each_once,
            parse_float=_as_spelled(float),
            parse_int=_as_spelled(int),
            parse_constant=_none_of_json,
        )
        return json.dumps(found, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return arguments


def editable(arguments: str) -> str:
    """Return arguments for somebody to change: what is hidden is spelled as an escape.

    As JSON it is the same: what nobody touches stays what it was.
    """
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1]
        for char in laid_out(arguments)
    )


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member twice")
    return found


def _as_spelled(kind: Callable[[str], float]) -> Callable[[str], float]:
    def read_number(text: str) -> float:
        found = kind(text)
        if repr(found) != text:
            raise ValueError("it would be spelled otherwise")
        return found

    return read_number


def _none_of_json(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def _said(given: Any) -> Said:
    if isinstance(given, str):
        return Said("text", given)
    each = given if isinstance(given, Mapping) else {}
    choice = each.get("choice")
    return Said(
        _text(each.get("kind")) or "text",
        _text(each.get("text")),
        choice if isinstance(choice, int) else 0,
    )


def _called(given: Any) -> Called:
    each = given if isinstance(given, Mapping) else {}
    arguments = each.get("arguments")
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False, default=str)
    return Called(_text(each.get("tool") or each.get("name")), arguments, _text(each.get("id")))


def _decided(given: Any) -> Mapping[str, str]:
    known = given if isinstance(given, Mapping) else {}
    return {
        str(name): _text(each.get("text"))
        for name, each in list(known.items())[:MOST_DECISIONS]
        if isinstance(each, Mapping)
    }


def _list(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else []


def _text(given: Any) -> str:
    return given if isinstance(given, str) else ""
