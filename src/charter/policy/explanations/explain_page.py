"""Explanation -> one self-contained HTML page: no script, and no request to anywhere.

Everything that comes from a spec or a conversation is hostile: the template escapes it, hidden
characters are shown, and the content security policy allows nothing but the page's own style.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter.policy.conversation import EMPTY, Conversation, Message, Passage
from charter.policy.explanations.explanation import Explanation
from charter.policy.explanations.phrase import text_of
from charter.spec.spec import AUTHORITIES
from charter.syntax.visible import reveal, reveal_html
from charter.version import VERSION

PASSAGE_LIMIT = 2000
"""Characters of one passage that are shown."""
MOST_PASSAGES = 60
"""Of one message."""
FIRST, LAST = 20, 60
"""Messages shown at the beginning and the end of a long conversation."""

STATES: Mapping[str, str] = {
    "in_force": "in force",
    "set_aside": "set aside",
    "suspended": "ask first",
    "dormant": "not on",
    "allow": "allowed",
    "flag": "flagged",
    "redact": "in part",
    "require_approval": "approval",
    "deny": "not allowed",
    "skipped": "skipped",
    "errored": "error",
}
"""What a mark beside a sentence says, by `Sentence.state`."""


class PassageView(NamedTuple):
    """A passage as the page shows it."""

    text: str
    start: int
    end: int
    cut: int
    """Characters that are not shown."""
    authority: str
    kind: str
    source: str
    doubt: str


class MessageView(NamedTuple):
    """A message as the page shows it, or a number of messages that it leaves out."""

    number: int
    role: str
    name: str
    passages: tuple[PassageView, ...]
    more: int
    """Passages that are not shown."""
    extras: tuple[str, ...]
    """Tool calls, media and settings."""
    left_out: int = 0


def explanation_page(found: Explanation, conversation: Conversation = EMPTY) -> str:
    """Return an explanation as HTML, with the conversation it speaks of."""
    environment = _environment()
    style = environment.get_template("explanation.css.j2").render().strip()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return environment.get_template("explanation.html.j2").render(
        title=text_of(found.summary)[:200],
        found=found,
        messages=[*message_views(conversation)],
        levels=AUTHORITIES,
        states=STATES,
        version=VERSION,
        style=Markup(style),  # noqa: S704  # our own template, in which nothing is filled
        policy=(
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'none'; "
            "connect-src 'none'; base-uri 'none'; form-action 'none'"
        ),
    )


def message_views(conversation: Conversation) -> Iterator[MessageView]:
    """Yield what a page shows of a conversation, its middle left out where it is long."""
    count = len(conversation.messages)
    hidden = range(FIRST, count - LAST)
    passages: dict[int, list[Passage]] = {}
    for passage in conversation.passages:
        passages.setdefault(passage.message, []).append(passage)
    for at, message in enumerate(conversation.messages):
        if at not in hidden:
            yield _message(conversation, at, message, passages.get(at, []))
        elif at == hidden.start:
            yield MessageView(0, "", "", (), 0, (), len(hidden))


def _message(
    conversation: Conversation, at: int, message: Message, passages: list[Passage]
) -> MessageView:
    extras = [
        *(f"{key}: {value!r:.200}" for key, value in message.settings),
        *(f"calls {call.tool:.200} {call.arguments:.1000}" for call in message.calls),
        *message.media,
    ]
    spoken = [each for each in passages if conversation.text_of(each).strip()]
    shown = tuple(_passage(conversation, passage) for passage in spoken[:MOST_PASSAGES])
    more = len(spoken) - len(shown)
    name = message.name or ""
    return MessageView(at + 1, message.role[:80], name[:200], shown, more, tuple(extras))


def _passage(conversation: Conversation, passage: Passage) -> PassageView:
    text = conversation.text_of(passage).rstrip()
    doubt = ""
    if passage.doubt is not None:
        doubt = f"{passage.doubt.heuristic}, {passage.doubt.confidence} %"
    return PassageView(
        text=text[:PASSAGE_LIMIT],
        start=passage.start,
        end=passage.end,
        cut=max(0, len(text) - PASSAGE_LIMIT),
        authority=passage.authority,
        kind=str(passage.kind),
        source=passage.source[:200],
        doubt=doubt,
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("charter.policy.explanations", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(shown=reveal_html, plain=reveal)
    return environment
