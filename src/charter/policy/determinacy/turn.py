"""Turns: the messages of a context, and how they become a conversation and directives.

A turn says what it says in `~~~directive` fences, so that its text, sent as a request, gives the
same directives. Only what a fence cannot say (how an instruction in tool output relates to the
task, that a scope was revoked) is beside the text: an extractor or a gateway says it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from charter.policy.conversation import (
    Conversation,
    Kind,
    Message,
    Passage,
    Sensitivity,
    Transcript,
)
from charter.policy.directive import Directive, Relation, Risk, Unusable
from charter.policy.directives.collect import directives_in
from charter.policy.directives.read_directive import Carrier, read_directive
from charter.policy.fate import Place
from charter.policy.labels.label import label
from charter.policy.policy import Policy
from charter.spec.ladder import NONE

TOOL = "tool"
"""The role of tool output."""
_WRAPS: Mapping[str, tuple[str, str]] = {
    "pasted": ("From: Kim <kim@example.com>\nSubject: Friday\n\n", ""),
    "untrusted": ("<untrusted>\n", "\n</untrusted>"),
    "untrusted_text": ("<untrusted_text>\n", "\n</untrusted_text>"),
}
"""What stands around the words of a turn that may be somebody else's."""


class Said(NamedTuple):
    """One directive, with what a fence cannot say of it."""

    fields: Mapping[str, object]
    """As in a fence."""
    relation: Relation | None = None
    """How it relates to the task: an extractor's judgement."""
    risk: Risk | None = None
    revoked: bool = False
    """Of a scope: that it was taken back since, which a gateway knows."""

    @property
    def beside_text(self) -> bool:
        """Whether it is more than a fence can say."""
        return self.relation is not None or self.revoked


class Turn(NamedTuple):
    """One message."""

    role: str
    said: tuple[Said, ...] = ()
    words: str = ""
    tool: str | None = None
    """Name of the tool, for tool output."""
    wrap: str = ""
    """One of `pasted`, `untrusted` and `untrusted_text`, or nothing."""

    @property
    def text(self) -> str:
        """What it says, word for word."""
        fences = ["\n".join(("~~~directive", *_lines(each.fields), "~~~")) for each in self.said]
        before, after = _WRAPS.get(self.wrap, ("", ""))
        return before + "\n\n".join(filter(None, (self.words, *fences))) + after

    def level(self, policy: Policy) -> str:
        """Return the authority that it can have at most."""
        return NONE if self.tool is not None else policy.ladder.of_role(self.role)


class Spoken(NamedTuple):
    """Turns, as decisions are taken on them."""

    conversation: Conversation
    directives: tuple[Directive, ...]


def speak(
    policy: Policy,
    turns: Sequence[Turn],
    *,
    tools: Iterable[str] = (),
    settings: Mapping[str, object] | None = None,
) -> Spoken:
    """Return the conversation of some turns, and the directives in it.

    Turns whose words may be somebody else's are labelled by `label` itself; the label of the
    others is known, and a test compares it.
    """
    messages: list[Message] = []
    passages: list[Passage] = []
    directives: list[Directive] = []
    for at, turn in enumerate(turns):
        message = Message(turn.role, turn.text, turn.tool)
        messages.append(message)
        if turn.wrap:
            labelled, found = _labelled(policy, message, at)
            passages += labelled
            directives += found
        else:
            passages += _passage(policy, turn, at, len(message.text))
            directives += _directives(policy, turn, at)
    conversation = Conversation(
        "openai-chat", tuple(messages), tuple(passages), tuple(tools), settings=settings or {}
    )
    return Spoken(conversation, tuple(directives))


def chat(turns: Sequence[Turn], tools: Iterable[str] = ()) -> dict[str, Any]:
    """Return the request that says the same: OpenAI Chat Completions."""
    messages: list[dict[str, Any]] = []
    for at, turn in enumerate(turns):
        if turn.tool is not None:
            call = {"name": turn.tool, "arguments": "{}"}
            known = {"id": f"call_{at}", "type": "function", "function": call}
            messages.append({"role": "assistant", "content": None, "tool_calls": [known]})
            messages.append({"role": TOOL, "tool_call_id": f"call_{at}", "content": turn.text})
        else:
            messages.append({"role": turn.role, "content": turn.text})
    offered = [{"type": "function", "function": {"name": tool}} for tool in tools]
    return {"messages": messages, **({"tools": offered} if offered else {})}


def _lines(fields: Mapping[str, object]) -> Iterable[str]:
    return (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items())


def _directives(policy: Policy, turn: Turn, at: int) -> Iterable[Directive]:
    source = f"{TOOL}:{turn.tool}" if turn.tool is not None else turn.role
    level = turn.level(policy)
    for place, said in enumerate(turn.said):
        carrier = Carrier(level, at, source, Place(at, place, place + 1))
        found = read_directive(said.fields, carrier, ladder=policy.ladder)
        if isinstance(found, Unusable):
            raise TypeError(f"a context says what is no directive: {found.message}")
        yield _beside(found, said)


def _beside(directive: Directive, said: Said) -> Directive:
    if said.revoked and directive.scope is not None:
        directive = replace(directive, scope=replace(directive.scope, revoked=True))
    if said.relation is None:
        return directive
    risk = said.risk or directive.risk
    return replace(directive, relation=said.relation, risk=risk)


def _passage(policy: Policy, turn: Turn, at: int, length: int) -> Iterable[Passage]:
    if not length:
        return
    level = turn.level(policy)
    if turn.tool is not None:
        kind, source = Kind.TOOL, f"{TOOL}:{turn.tool}"
        yield Passage(at, 0, length, kind, source, NONE, Sensitivity.PRIVATE)
        return
    secret = Sensitivity.PRIVATE if turn.role == "user" else Sensitivity.PRIVILEGED
    yield Passage(at, 0, length, Kind.OWN, turn.role, level, secret)


def _labelled(policy: Policy, message: Message, at: int) -> tuple[list[Passage], list[Directive]]:
    """Label one message as it would be anywhere in a conversation."""
    found = label(Transcript("openai-chat", (message,)), policy.ladder, policy.readings)
    gathered = directives_in(found, ladder=policy.ladder, readings=policy.readings)
    passages = [passage._replace(message=at) for passage in found.passages]
    directives = [
        replace(each, order=at, place=each.place._replace(message=at) if each.place else None)
        for each in gathered.directives
    ]
    return passages, directives
