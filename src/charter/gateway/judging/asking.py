"""Decides on the parts of a request: what is asked, what tools returned, and which are offered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from time import perf_counter_ns
from typing import NamedTuple

import orjson

from charter.gateway.check import Configured, Target
from charter.gateway.judging.annotations import annotations_of, tightened
from charter.gateway.judging.answer import stop_of
from charter.gateway.judging.finding import Finding, Why
from charter.gateway.judging.normal import normal
from charter.gateway.judging.occasion import Occasion
from charter.gateway.judging.redaction import removed
from charter.gateway.judging.tables import Tables
from charter.gateway.look import Looked, look_all
from charter.gateway.wire.asked import Asked, Tool
from charter.gateway.wire.pointer import value_at
from charter.policy.conversation import Conversation, Passage
from charter.policy.decision import Call, Effect, Facts, ToolFacts
from charter.policy.decisions.decide import decide
from charter.policy.decisions.gate import over
from charter.policy.resolution import Resolution
from charter.policy.scope import allows_tool, names_tool


class Part(NamedTuple):
    """One part of a request, decided."""

    stage: str
    found: Finding
    text: str | None = None
    tool: str = ""
    ranges: tuple[tuple[int, int, int], ...] = ()
    """Message, start and end of what is to be removed."""


class Asking:
    """The parts of one request."""

    def __init__(self, tables: Tables, occasion: Occasion, resolution: Resolution) -> None:
        self.tables = tables
        self.occasion = occasion
        self.resolution = resolution
        self.asked: Asked = occasion.asked
        self.conversation: Conversation = occasion.asked.conversation
        self.last_user = last_user(self.conversation)
        self.user_text = "" if self.last_user < 0 else self._text(self.last_user)
        self.facts: dict[str, ToolFacts | None] = {}
        """Of offered tools, tightened by what they say of themselves."""

    def parts(self) -> list[Part]:
        """Decide on every part: offers, new results in order, then the request itself."""
        looked = self._look_at_passages()
        new = list(self._new_results())
        found = [self._result(at, tool, looked.pop(at, [])) for at, tool in new]
        rest = [one for at in sorted(looked) for one in looked[at]]
        request = self._request(rest)
        return [*self._offers(), *found, request]

    def _text(self, message: int) -> str:
        return self.conversation.messages[message].text

    # --- the request

    def _request(self, looked: list[tuple[Passage, list[Looked]]]) -> Part:
        found = Finding()
        stop = self._stop(())
        if stop is not None:
            found.restrict(stop)
        ranges: list[tuple[int, int, int]] = []
        for at in self._new_questions() or (self.last_user,):
            own, text = Finding(), self._text(at) if at >= 0 else ""
            self._decide(own, "request", text, None)
            if own.effect is not Effect.ALLOW and at >= 0:
                ranges += self._ranges(own, (), at, 0, text)
            found.join(own)
        ranges += self._passages(found, looked)
        return Part("request", found, self.user_text, ranges=tuple(ranges))

    def _decide(self, found: Finding, stage: str, text: str, call: Call | None) -> None:
        """Ask the policy about a text as it is written, and in the form that patterns see."""
        form = normal(text)
        tool = None if call is None else call.tool
        for each in (text,) if form.text == text else (text, form.text):
            facts = Facts(stage, text=each, call=call, now=self.occasion.now)
            found.decided(self.tables, decide(self.tables.policy, self.resolution, facts), tool)

    def _look_at_passages(self) -> dict[int, list[tuple[Passage, list[Looked]]]]:
        """Let the checks look at every passage; return what they found, by message."""
        asking = self.tables.checks("request", "text")
        returned = self.tables.checks("tool_result", "text")
        found: dict[int, list[tuple[Passage, list[Looked]]]] = {}
        if not (asking or returned):
            return found
        application = self.occasion.caller.application
        for passage in self.conversation.passages:
            message = self.conversation.messages[passage.message]
            result = message.role == "tool"
            checks = returned if result else asking
            if not checks:
                continue
            target = Target(
                "tool_result" if result else "request",
                "text",
                message.text[passage.start : passage.end],
                passage.authority,
                passage.source,
                (message.name or "") if result else "",
                self.user_text,
            )
            looked = look_all(checks, target, perf_counter_ns, application)
            found.setdefault(passage.message, []).append((passage, looked))
        return found

    def _passages(
        self, found: Finding, looked: Iterable[tuple[Passage, list[Looked]]]
    ) -> list[tuple[int, int, int]]:
        """Add what checks found in passages; return the ranges they have removed."""
        ranges = []
        for passage, results in looked:
            own = Finding()
            own.looked(results)
            found.ran += own.ran
            for why in own.why:
                found.restrict(why)
            if own.why:
                text = self.conversation.text_of(passage)
                at = passage.message
                ranges += self._ranges(own, results, at, passage.start, text)
        return ranges

    def _ranges(
        self, found: Finding, looked: Iterable[Looked], message: int, offset: int, text: str
    ) -> list[tuple[int, int, int]]:
        own = removed(self.tables, found.why, looked, text)
        return [(message, offset + start, offset + end) for start, end in own]

    # --- what tools returned

    def _first_new(self) -> int:
        """Return the index of the first message after the assistant's last.

        What an answer is to begin with, which the client puts at the end, is none of its answers.
        """
        messages = self.conversation.messages
        first = len(messages)
        while first and messages[first - 1].role == "assistant":
            first -= 1
        while first and messages[first - 1].role != "assistant":
            first -= 1
        return first

    def _new_questions(self) -> list[int]:
        """Return the messages of users after the assistant's last: all of them are asked now."""
        messages = self.conversation.messages
        return [at for at in range(self._first_new(), len(messages)) if messages[at].role == "user"]

    def _new_results(self) -> Iterator[tuple[int, str]]:
        """Yield the messages of results after the assistant's last, and the tool of each."""
        messages = self.conversation.messages
        for at in range(self._first_new(), len(messages)):
            if messages[at].role == "tool":
                yield at, self._tool_of(at)

    def _tool_of(self, message: int) -> str:
        """Return the tool whose call a result answers; what it calls itself where none fits."""
        pointers = [text.pointer for text in self.asked.texts if text.message == message]
        for result in self.asked.results:
            inside = f"{result.pointer}/"
            if result.tool and any((p + "/").startswith(inside) for p in pointers):
                return result.tool
        return self.conversation.messages[message].name or ""

    def _result(self, message: int, tool: str, looked: list[tuple[Passage, list[Looked]]]) -> Part:
        found = Finding()
        stop = self._stop((tool,)) if tool else None
        if stop is not None:
            found.restrict(stop)
        text = self._text(message)
        self._decide(
            found, "tool_result", text, Call(tool, facts=self.tables.served.tools.get(tool))
        )
        ranges: list[tuple[int, int, int]] = []
        if found.effect is not Effect.ALLOW:
            ranges += self._ranges(found, (), message, 0, text)
        ranges += self._passages(found, looked)
        return Part("tool_result", found, text, tool, tuple(ranges))

    # --- offers

    def _offers(self) -> list[Part]:
        if not self.asked.tools:
            return []
        joined, restricting = Finding(citations=self._resting()), []
        for tool in self.asked.tools:
            own = self._offer(tool)
            joined.ran += own.ran
            for why in own.why:
                joined.restrict(why)
            if own.why:
                restricting.append(tool.name)
        names = restricting or [tool.name for tool in self.asked.tools]
        only = names[0] if len(set(names)) == 1 else ""
        return [Part("offer", joined, None, only)]

    def _resting(self) -> tuple[str, ...]:
        return (self.tables.policy.gate_section("scope"),)

    def _offer(self, tool: Tool) -> Finding:
        """Decide on one offered tool. What is out of scope is noted: a call of it is denied."""
        found = Finding()
        stop = self._stop((tool.name,))
        if stop is not None:
            found.restrict(stop)
        declared = self.facts.get(tool.name, self.tables.served.tools.get(tool.name))
        offered = value_at(self.occasion.body, tool.pointer)
        facts = self.facts[tool.name] = tightened(declared, annotations_of(offered))
        self._within_scope(found, tool.name, facts)
        checks = self.tables.checks("offer", "description")
        if checks:
            key = _key(self.occasion.caller.application, tool.name, offered)
            found.looked(self.tables.offer(key, lambda: self._look_at(checks, tool, offered)))
            # A description with a hole says something else: the offer is not passed on.
            found.raised(Effect.REDACT, Effect.DENY)
        return found

    def _look_at(self, checks: Iterable[Configured], tool: Tool, offered: object) -> list[Looked]:
        """Let checks look at what an offer says, whatever was asked: it is remembered."""
        application = self.occasion.caller.application
        source = f"offer:{tool.name}"
        return [
            looked
            for text in _described(tool, offered)
            for looked in look_all(
                checks,
                Target("offer", "description", text, source=source, tool=tool.name),
                perf_counter_ns,
                application,
            )
        ]

    def _within_scope(self, found: Finding, tool: str, facts: ToolFacts | None) -> None:
        policy, scope = self.tables.policy, self.resolution.scope
        outside = scope is not None and (
            over(policy, scope, self.occasion.now) is not None or not allows_tool(scope, tool)
        )
        if outside:
            found.restrict(Why(Effect.FLAG, "scope", policy.gate_section("scope")))
        risky = facts is not None and facts.high_risk
        if risky and not (scope is not None and names_tool(scope, tool)):
            found.restrict(Why(Effect.FLAG, "side_effects", policy.gate_section("side_effects")))

    def _stop(self, tools: tuple[str, ...]) -> Why | None:
        board = self.occasion.board
        if board is None:
            return None
        stop = board.stopped(self.occasion.caller.application, tools)
        return None if stop is None else stop_of(stop, self.tables.policy.name)


def last_user(conversation: Conversation) -> int:
    """Return the index of the last user message; -1 where there is none."""
    messages = conversation.messages
    for at in range(len(messages) - 1, -1, -1):
        if messages[at].role == "user":
            return at
    return -1


def _key(application: str, name: str, offered: object) -> bytes:
    """Return the digest of an offer."""
    try:
        said = orjson.dumps([application, name, offered], option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        said = json.dumps([application, name, offered], sort_keys=True).encode()
    return hashlib.sha256(said).digest()


def _described(tool: Tool, offered: object) -> Iterator[str]:
    """Yield what an offer says: its description, and every other text in it, one a line."""
    if tool.description:
        yield tool.description
    found: list[str] = []
    stack = [offered]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            if one != tool.description:
                found.append(one)
        elif isinstance(one, Mapping):
            stack += reversed([*one, *one.values()])
        elif isinstance(one, list):
            stack += reversed(one)
    if found:
        yield "\n".join(found)
