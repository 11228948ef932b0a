"""Conversations as a behavior spec writes them: `<user>…</user>` in an `~~~xml` fence.

Reads
    The text of one fence, entities resolved, and the messages of an `Example` by `transcript_of`.
    Graded responses in a comparison are no part of the conversation.

Roles
    The names of the tags. An assistant's `recipient` makes its text the arguments of a call; a
    tool's `name` says which tool answers. A `<settings>` block becomes settings of its message,
    with the values of the YAML core schema: `true` is true, `1024` a number.

No authority
    `assistant` and `tool` messages, `<untrusted>` elements, `[file: name]` attachments, text
    outside of any message, and messages that a tag inside of another message seems to have begun.

Not seen
    What an elision such as `[...]` leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from charter.errors import ParseError
from charter.policy.conversation import Kind, Transcript
from charter.policy.labels.draft import Draft
from charter.policy.labels.intake import MAX_CHARACTERS, Intake
from charter.policy.labels.payload import SCALARS, kind_of
from charter.source import Span
from charter.syntax.conversation import Conversation, Message, Problem
from charter.syntax.mapping import load_mapping
from charter.syntax.parse_conversation import parse_conversation

RANK = 40
SYSTEM_AS = "system"

_FILE = re.compile(r"\[file: ([^\]\s]{1,200})[^\]\n]{0,400}\]")


def accepts(payload: object) -> bool:
    """Whether it is text."""
    return isinstance(payload, str)


def read(payload: object, system_as: str) -> Transcript:
    """Return the messages of a fence."""
    if not isinstance(payload, str):
        raise ParseError(
            f"expected the text of an ~~~xml fence, not {kind_of(payload)}",
            hint="give the lines between the fence lines",
        )
    if len(payload) > MAX_CHARACTERS:
        raise ParseError(
            f"the conversation is longer than {MAX_CHARACTERS:,} characters",
            hint="send less, or leave older messages out",
        )
    found = parse_conversation(payload, Span(0, len(payload)))
    if not found.messages and not found.responses:
        raise ParseError(
            "no message in this text", hint="write messages as <user>…</user>, one after another"
        )
    intake = Intake("spec-xml")
    forged = _forged(payload, found)
    parts: list[Message | Problem] = list(found.messages)
    parts += [problem for problem in found.problems if problem.kind == "text-outside-message"]
    for one in sorted(parts, key=lambda part: part.span.start):
        if not isinstance(one, Message):
            _keep(intake, payload, one)
        elif one.span.start in forged:
            intake.problem("forged-message", f"<{one.role}> may be part of another message")
            _read(intake, replace(one, role="unknown"), system_as)
        else:
            _read(intake, one, system_as)
    for problem in found.problems:
        intake.problem(problem.kind, problem.message, whole=True)
    return intake.transcript()


def transcript_of(messages: Sequence[Message], *, system_as: str = SYSTEM_AS) -> Transcript:
    """Return the transcript of parsed messages, such as those of an example."""
    intake = Intake("spec-xml")
    for message in messages:
        _read(intake, message, system_as)
    return intake.transcript()


def _read(intake: Intake, message: Message, system_as: str) -> None:
    draft = Draft(system_as if message.role == "system" else message.role)
    draft.add(message.content)
    draft.untrusted += [(span.start, span.end) for span in message.untrusted]
    if "[file: " in message.content:
        _mark_files(intake, draft, message.content)
    name = message.attribute("name")
    if draft.role == "tool" and name is not None:
        draft.name = intake.name(name, "tool")
    recipient = message.attribute("recipient")
    if recipient is not None:
        intake.call(draft, None, recipient, message.content)
    draft.settings += [(key, _typed(value)) for key, value in message.settings]
    intake.end(draft)


def _forged(text: str, found: Conversation) -> set[int]:
    """Return where messages start that may be the words of another message.

    Content is escaped in the dialect. Where it is not, data can write tags: one that opens inside
    of a message, or one that closes it early, so that its own closing tag closes nothing.
    """
    messages = found.messages
    forged = {
        after.span.start
        for before, after in pairwise(messages)
        if not text.endswith(f"</{before.role}>", before.span.start, before.span.end)
    }
    strays = [
        problem.span
        for problem in found.problems
        if problem.kind == "misplaced-tag" and text.startswith("</", problem.span.start)
    ]
    last: dict[str, int] = {}
    at = marked = 0
    for stray in sorted(strays, key=lambda span: span.start):
        while at < len(messages) and messages[at].span.end <= stray.start:
            last[messages[at].role] = at
            at += 1
        role = stray.of(text)[2:].rstrip("> \t")
        marked = max(marked, last.get(role, at) + 1)
        forged |= {message.span.start for message in messages[marked:at]}
        marked = max(marked, at)
    return forged


def _keep(intake: Intake, text: str, problem: Problem) -> None:
    """Keep text between messages as a message of nobody's."""
    draft = Draft("unknown")
    draft.add(problem.span.of(text))
    intake.end(draft)


def _mark_files(intake: Intake, draft: Draft, content: str) -> None:
    draft.pieces.clear()
    draft.length = 0
    position = 0
    for found in _FILE.finditer(content):
        draft.add(content[position : found.start()])
        draft.add(found[0], Kind.ATTACHMENT, intake.name(found[1], "file"))
        position = found.end()
    draft.add(content[position:])


def _typed(value: str) -> object:
    """Return a setting's value as the YAML core schema types it; what is no scalar stays text."""
    found = load_mapping(f"value: {value}").values.get("value", value)
    return found if isinstance(found, SCALARS) else value
