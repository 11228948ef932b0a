"""What every wire reader collects messages with: bounded, and nothing is dropped.

Odd things become problems and speak with no authority. Only what is no conversation, or is beyond
the limits below, raises ParseError; its message names the place, e.g. `messages[3].content`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.errors import ParseError
from charter.policy.conversation import Call, Kind, Message, Problem, Transcript
from charter.policy.labels.draft import Draft
from charter.policy.labels.payload import json_text, kind_of, loose_text, shown

MAX_MESSAGES = 10_000
"""In one conversation, tool results counted."""
MAX_CHARACTERS = 4_000_000
"""Of text in one conversation, arguments of tool calls counted."""
MAX_NAME = 200
"""Characters of the name of a tool or file."""
MAX_PROBLEMS = 1_000
"""Kept of one conversation; the last of them says that there were more."""

MAX_OPAQUE = 20_000
"""Characters of the JSON of a part of unknown type; a longer one is a file in disguise."""

_PLAIN_MEMBERS = frozenset({"type", "text", "content", "cache_control", "charter"})

REASONING = "reasoning"
"""The name of a range of the assistant's hidden reasoning."""


@dataclass(slots=True)
class Intake:
    """A conversation that is being read."""

    wire: str
    messages: list[Message] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    callers: dict[str, str | None] = field(default_factory=dict)
    """Tool by call id; None where two calls of one id name different tools."""
    by_id: bool = True
    """Whether calls and results of this request find each other by ids."""
    characters: int = 0

    def problem(self, kind: str, text: str, *, whole: bool = False) -> None:
        """Note what was odd about the message being read, or about the request as a whole."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(-1 if whole else len(self.messages), kind, text))
        elif len(self.problems) == MAX_PROBLEMS:
            self.problems.append(Problem(-1, "more-problems", "there are more problems than these"))

    def end(self, draft: Draft) -> None:
        """Take a message that is read. Raises ParseError where the limits are passed."""
        self.take(draft.message())

    def take(self, message: Message) -> None:
        """Take a message. Raises ParseError where the limits are passed."""
        self.characters += len(message.text)
        for call in message.calls:
            self.characters += len(call.arguments)
        if self.characters > MAX_CHARACTERS:
            raise ParseError(
                f"the conversation is longer than {MAX_CHARACTERS:,} characters",
                hint="send less, or leave older messages out",
            )
        if len(self.messages) >= MAX_MESSAGES:
            raise ParseError(
                f"the conversation has more than {MAX_MESSAGES:,} messages",
                hint="leave older messages out",
            )
        if not message.text.isascii():
            self._check_surrogates(message.text)
        self.messages.append(message)

    def transcript(self) -> Transcript:
        """Return what was read."""
        return Transcript(
            self.wire,
            tuple(self.messages),
            tuple(dict.fromkeys(self.tools)),
            tuple(dict.fromkeys(self.unseen)),
            tuple(self.problems),
        )

    def call(self, draft: Draft, identity: object, tool: object, arguments: object) -> None:
        """Note a tool call, and remember which tool will answer under its id."""
        name = self.name(tool, "tool") or ""
        known = identity if isinstance(identity, str) else None
        draft.calls.append(Call(known, name, json_text(arguments, "arguments of a tool call")))
        if known is None:
            return
        if known in self.callers:
            self.problem("duplicate-id", f"two tool calls have the id {shown(known)}")
            if self.callers[known] != name:
                self.callers[known] = None
                return
        self.callers[known] = name or None

    def answered(self, identity: object, said: object = None) -> str | None:
        """Return the tool that answers under a call id; `said` is the name the result itself gives.

        The call decides. The name a result gives itself counts only where the request names no
        calls at all, as in conversations written by hand: else a result that answers no call could
        take the name of a tool that somebody trusts. Without a name nobody can delegate to it.
        """
        own = self.name(said, "tool") if said is not None else None
        if isinstance(identity, str) and identity in self.callers:
            tool = self.callers[identity]
            if own is not None and own != tool:
                self.problem("other-tool", f"a result of {shown(tool)} says it is of {shown(own)}")
            return tool
        if own is not None and not self.by_id:
            return own
        ignored = f", so it is not taken for one of {shown(own)}" if own is not None else ""
        what = f"a result answers no earlier call: {shown(identity)}{ignored}"
        self.problem("unknown-call", what)
        return None

    def name(self, value: object, what: str) -> str | None:
        """Return the name of a tool or file, or None with a problem where it cannot be one."""
        if isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable():
            return value
        self.problem("bad-name", f"not the name of a {what}: {shown(value)}")
        return None

    def media(self, draft: Draft, value: object) -> None:
        """Note a part without text."""
        usable = isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable()
        draft.media.append(str(value) if usable else "unknown")

    def unknown(self, draft: Draft, part: Mapping[str, Any], where: str) -> None:
        """Keep a part of an unknown type, as untrusted text.

        That is its text, or its JSON where it has more than a text. Where that is too long to be
        words, it is a medium, of which the text is kept.
        """
        kind = part.get("type")
        self.problem("unknown-part", f"{where}: a part of unknown type {shown(kind)}")
        text = "".join(loose_text(part, where))
        if not text or not part.keys() <= _PLAIN_MEMBERS:
            whole = json_text(dict(part), where)
            if len(whole) <= MAX_OPAQUE:
                text = whole
            else:
                self.media(draft, kind)
        draft.add(text, Kind.UNTRUSTED)

    def role(self, message: Mapping[str, Any], where: str, system_as: str) -> str:
        """Return the role of a message; `unknown`, with a problem, where it has none."""
        role = message.get("role")
        if not isinstance(role, str) or len(role) > MAX_NAME or not role.isprintable():
            self.problem("unknown-role", f"{where} has no role, so it has no authority")
            return "unknown"
        if role == "system":
            return system_as
        return "tool" if role == "function" else role

    def unread(self, payload: Mapping[str, Any], *names: str) -> None:
        """Say so where a request has a member that holds text in other wires only."""
        for name in names:
            if payload.get(name) is not None:
                text = f"`{name}` is no member of this wire, and was not read"
                self.problem("unread-member", text, whole=True)

    def offer(self, tools: object, where: str) -> None:
        """Note the names of the tools offered, in any of the shapes the wires use."""
        if tools is None:
            return
        if not isinstance(tools, list | tuple):
            self.problem("bad-tools", f"{where}: expected a list, not {kind_of(tools)}", whole=True)
            return
        for at, tool in enumerate(tools):
            names = [name for name in _offered(tool) if isinstance(name, str) and name]
            if not names:
                self.problem("bad-tools", f"{where}[{at}]: a tool without a name", whole=True)
            self.tools += [name[:MAX_NAME] for name in names]

    def _check_surrogates(self, text: str) -> None:
        try:
            text.encode()
        except UnicodeEncodeError as cause:
            what = f"half a surrogate pair at character {cause.start}: kept, but it is no text"
            self.problem("lone-surrogate", what)


def _offered(tool: object) -> Iterator[object]:
    if not isinstance(tool, Mapping):
        return
    inner = tool.get("function") or tool.get("custom")
    if isinstance(inner, Mapping):
        yield inner.get("name")
    elif isinstance(tool.get("allowed_tools"), list | tuple):
        yield from tool["allowed_tools"]
    else:
        yield tool.get("name") or tool.get("server_label") or tool.get("type")
