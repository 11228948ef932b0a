"""A model's reply -> proposals, and why the rest of it cannot be used. Never raises.

Everything a model writes is untrusted: sizes are bounded, words are looked up, and what is odd
is refused with a reason that is counted and shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from charter.errors import CharterError
from charter.evals.drafts.draft import Ask, Expected, Kind, Proposal
from charter.evals.grader import Grader, check_arguments
from charter.evals.scenario import IMPLIED
from charter.models.provider import ChatMessage, Reply, Stop
from charter.spec.expectation import FAMILIES, Outcome, is_undecided
from charter.spec.spec import Section
from charter.syntax.conversation import ROLES

MAX_REPLY = 400_000
"""Characters of a reply that are read."""
MAX_OBJECTS = 1000
"""Braces of a reply at which an object is looked for."""
MAX_DRAFTS = 50
"""Of one reply; more than were asked for are refused one by one."""
MAX_CAPTION = 120
MAX_MESSAGES = 16
MAX_CONTENT = 6000
"""Characters of one message."""
MAX_CONVERSATION = 16_000
MAX_RUBRIC = 1500
MAX_CHECKS = 8
MAX_ARGUMENTS = 2000
"""Characters of the arguments of one check, as JSON."""
MAX_TOOLS = 8

_NAMES = {
    Kind.VARIATION: ("expect",),
    Kind.CONFLICT: ("kept", "set_aside"),
    Kind.TRADEOFF: ("first", "second"),
}
_KEYS = {"caption", "clause", "family", "messages", "tools", "instruction"}
_TOOL = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,63}")
_LEAK = 40
"""Characters of a rubric from which on its occurrence in the conversation is no accident."""


class Read(NamedTuple):
    """What a reply holds."""

    proposals: tuple[Proposal, ...]
    unusable: tuple[str, ...]
    """A reason for each draft that cannot be used, or one for the whole reply."""


class Known(NamedTuple):
    """What a draft may name."""

    section: Section
    checks: Mapping[str, Grader]
    tools: Collection[str]
    canaries: Collection[str]
    """Texts that must not stand in a conversation."""


class _Unusable(Exception):
    """Why a draft cannot be used."""


def read_drafts(reply: Reply, ask: Ask, known: Known) -> Read:
    """Read the drafts in a reply."""
    if reply.stop is Stop.FILTERED:
        return Read((), ("the provider's filter spoke instead of the model",))
    drafts = _drafts(reply.text[:MAX_REPLY])
    if drafts is None:
        cut = ": it was cut off" if reply.stop is Stop.LENGTH else ""
        return Read((), (f"the reply has no object with a list of drafts{cut}",))
    proposals: list[Proposal] = []
    unusable: list[str] = []
    for number, value in enumerate(drafts[:MAX_DRAFTS]):
        if number >= ask.count:
            unusable.append("more drafts than were asked for")
            continue
        try:
            proposals.append(_read(value, ask, known))
        except _Unusable as problem:
            unusable.append(str(problem))
    if len(drafts) > MAX_DRAFTS:
        unusable += ["more drafts than were asked for"] * (len(drafts) - MAX_DRAFTS)
    if len(drafts) < ask.count:
        unusable += ["fewer drafts than were asked for"] * (ask.count - len(drafts))
    return Read(tuple(proposals), tuple(unusable))


def _drafts(text: str) -> list[Any] | None:
    """Return the drafts of the last object that has any, wherever in the reply it stands."""
    found: list[Any] | None = None
    end = 0
    for opening in list(re.finditer(r"\{", text))[:MAX_OBJECTS]:
        if opening.start() < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and isinstance(value.get("drafts"), list):
            found = value["drafts"]
    return found


def _read(value: object, ask: Ask, known: Known) -> Proposal:
    if not isinstance(value, dict):
        raise _Unusable("a draft is no object")
    names = _NAMES[ask.kind]
    extra = set(value) - _KEYS - set(names)
    if extra:
        raise _Unusable(f"unknown field {_short(min(extra))}")
    messages = tuple(_messages(value.get("messages")))
    _refuse_leaks(messages, known)
    alternatives = {name: _expected(value.get(name), name, known) for name in names}
    if len(names) > 1 and alternatives[names[0]] == alternatives[names[1]]:
        raise _Unusable("both outcomes are the same")
    for expected in alternatives.values():
        _refuse_leaked_rubric(messages, expected)
    family = value.get("family")
    if family not in FAMILIES:
        raise _Unusable(f"unknown family {_short(family)}")
    return Proposal(
        ask=ask,
        caption=_caption(value.get("caption")),
        clause=_clause(value.get("clause"), ask, known.section),
        family=str(family),
        messages=messages,
        tools=_tools(value.get("tools"), known),
        instruction=_instruction(value.get("instruction"), ask, messages),
        alternatives=alternatives,
    )


def _caption(value: object) -> str:
    if not isinstance(value, str):
        raise _Unusable("it has no caption")
    caption = " ".join(value.split()).rstrip(".")
    _refuse_unprintable(caption, "caption")
    if not caption or len(caption) > MAX_CAPTION:
        raise _Unusable(f"its caption is empty or longer than {MAX_CAPTION} characters")
    if set(caption) & set("{}<>"):
        raise _Unusable("its caption has braces or angle brackets")
    return caption


def _clause(value: object, ask: Ask, section: Section) -> str:
    if value is None:
        return ask.clause
    if not isinstance(value, str):
        raise _Unusable("its clause is no text")
    name = value.strip().strip("[]^")
    known = {clause.id for clause in section.clauses}
    found = next((each for each in (name, f"{section.id}/{name}") if each in known), None)
    if found is None:
        raise _Unusable(f"it tests {_short(value)}, no clause of the section")
    if ask.kind is not Kind.VARIATION and found != ask.clause:
        raise _Unusable("it tests another clause than was asked for")
    return found


def _messages(value: object) -> Iterator[ChatMessage]:
    if not isinstance(value, list) or not value:
        raise _Unusable("it has no messages")
    if len(value) > MAX_MESSAGES:
        raise _Unusable(f"it has more than {MAX_MESSAGES} messages")
    total = 0
    last = ""
    for item in value:
        message = _message(item)
        total += len(message.content)
        last = message.role
        if total > MAX_CONVERSATION:
            raise _Unusable(f"its conversation is longer than {MAX_CONVERSATION} characters")
        yield message
    if last == "assistant":
        raise _Unusable("its conversation ends with the assistant")
    if all(isinstance(item, dict) and item.get("role") != "user" for item in value):
        raise _Unusable("no user speaks in it")


def _message(item: object) -> ChatMessage:
    if not isinstance(item, dict) or set(item) - {"role", "content", "tool"}:
        raise _Unusable("a message is no object of role, content and tool")
    role, content, tool = item.get("role"), item.get("content"), item.get("tool")
    if role not in ROLES:
        raise _Unusable(f"unknown role {_short(role)}")
    if not isinstance(content, str) or not content.strip():
        raise _Unusable("a message has no text")
    content = content.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    _refuse_unprintable(content, "message")
    if len(content) > MAX_CONTENT:
        raise _Unusable(f"a message is longer than {MAX_CONTENT} characters")
    if content.count("<untrusted>") != content.count("</untrusted>"):
        raise _Unusable("an <untrusted> tag is not closed")
    if tool is not None and (not isinstance(tool, str) or not _TOOL.fullmatch(tool)):
        raise _Unusable("the name of a tool is not one")
    if (tool is not None) != (role == "tool") and role != "assistant":
        raise _Unusable("messages of tools, and they alone, name their tool")
    return ChatMessage(str(role), content, tool)


def _expected(value: object, name: str, known: Known) -> Expected:
    if not isinstance(value, dict):
        raise _Unusable(f"it has no {name!r}")
    if set(value) - {"outcome", "checks", "rubric"}:
        raise _Unusable(f"{name!r} has a field other than outcome, checks and rubric")
    try:
        outcome = Outcome(str(value.get("outcome")))
    except ValueError:
        raise _Unusable(f"unknown outcome {_short(value.get('outcome'))}") from None
    rubric = _rubric(value.get("rubric"))
    checks = tuple(_checks(value.get("checks"), known))
    if rubric is None and not checks and outcome not in IMPLIED:
        raise _Unusable("nothing decides it: neither checks nor a rubric")
    return Expected(outcome, checks, rubric)


def _rubric(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise _Unusable("its rubric is no text")
    rubric = " ".join(value.split())
    _refuse_unprintable(rubric, "rubric")
    if len(rubric) > MAX_RUBRIC:
        raise _Unusable(f"its rubric is longer than {MAX_RUBRIC} characters")
    if is_undecided(rubric):
        raise _Unusable("its rubric begins with a word that is Charter's own")
    return rubric or None


def _checks(value: object, known: Known) -> Iterator[Mapping[str, Mapping[str, Any]]]:
    if value is None:
        return
    if not isinstance(value, list) or len(value) > MAX_CHECKS:
        raise _Unusable(f"its checks are no list of at most {MAX_CHECKS}")
    for item in value:
        if not isinstance(item, dict) or len(item) != 1:
            raise _Unusable("a check is no object of one name")
        ((name, arguments),) = item.items()
        arguments = {} if arguments is None else arguments
        if name not in known.checks or not isinstance(arguments, dict):
            raise _Unusable(f"no check named {_short(name)}, or its arguments are no object")
        text = json.dumps(arguments, ensure_ascii=False)
        _refuse_unprintable(text, "check")
        if len(text) > MAX_ARGUMENTS:
            raise _Unusable(f"the arguments of {name} are longer than {MAX_ARGUMENTS} characters")
        try:
            check_arguments(name, arguments, known.checks)
        except CharterError as cause:
            raise _Unusable(f"check {name}: {cause.message[:120]}") from None
        yield {name: arguments}


def _tools(value: object, known: Known) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MAX_TOOLS:
        raise _Unusable(f"its tools are no list of at most {MAX_TOOLS}")
    for name in value:
        if not isinstance(name, str) or name not in known.tools:
            raise _Unusable(f"no tool named {_short(name)} in tools.yaml")
    return tuple(dict.fromkeys(value))


def _instruction(value: object, ask: Ask, messages: tuple[ChatMessage, ...]) -> int | None:
    if ask.kind is not Kind.CONFLICT:
        if value is not None:
            raise _Unusable("unknown field 'instruction'")
        return None
    if type(value) is not int or not 1 <= value <= len(messages):
        raise _Unusable("its instruction is not the number of a message")
    if messages[value - 1].role != ask.role:
        raise _Unusable(f"its instruction is not in a message of the role {ask.role}")
    if ask.said and not any(m.role == ask.said_by for m in messages[: value - 1]):
        raise _Unusable(f"no message of the role {ask.said_by} says what the overlay says")
    return value - 1


def _refuse_leaks(messages: tuple[ChatMessage, ...], known: Known) -> None:
    if any(canary in message.content for message in messages for canary in known.canaries):
        raise _Unusable("its conversation has the canary in it")


def _refuse_leaked_rubric(messages: tuple[ChatMessage, ...], expected: Expected) -> None:
    rubric = expected.rubric
    if rubric and len(rubric) >= _LEAK:
        folded = rubric.casefold().rstrip(".")
        if any(folded in " ".join(m.content.split()).casefold() for m in messages):
            raise _Unusable("its conversation gives the rubric away")


def _refuse_unprintable(text: str, what: str) -> None:
    if not text.replace("\n", "").replace("\t", "").isprintable():
        raise _Unusable(f"a character in its {what} does not print")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else type(value).__name__
    plain = "".join(c if c.isprintable() else "\ufffd" for c in text[:40])
    return repr(plain)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
