"""Example -> a conversation to be shown: turns, and comparisons of graded replies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from markupsafe import Markup

from charter.publish.prose import Words, rendered, rendered_inline
from charter.spec.spec import Example
from charter.syntax.conversation import Grade, Message, Response

_ROLES = {
    "system": "System",
    "developer": "Developer",
    "user": "User",
    "assistant": "Assistant",
    "tool": "Tool",
}
_GRADES = {Grade.GOOD: "Compliant", Grade.OK: "Minor issues", Grade.BAD: "Violation"}


_LINK = re.compile(r"</?a\b[^<>]*>")


class Turn(NamedTuple):
    """One message."""

    role: str
    label: str
    words: Markup
    attributes: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    kind: str = "turn"


class Reply(NamedTuple):
    """One reply of a comparison."""

    turn: Turn
    grade: str
    """`good`, `ok`, `bad`, or `none` where the spec gives none."""
    label: str
    reason: Markup | None
    cites: str | None
    """The id of the section that the grade rests on."""
    address: str | None
    title: str


class Comparison(NamedTuple):
    """Replies side by side."""

    replies: tuple[Reply, ...]
    kind: str = "comparison"


Step: TypeAlias = Turn | Comparison


class Talk(NamedTuple):
    """An example as it is shown."""

    id: str
    caption: Markup
    steps: tuple[Step, ...]
    grades: tuple[str, ...]
    """Which grades occur, sorted."""
    kind: str = "talk"


def talk(example: Example, words: Words) -> Talk:
    """Return an example as a conversation, its comparisons where they stand in it."""
    steps: list[Step] = []
    given = [[r for r in example.responses if r.comparison == at] for at in _comparisons(example)]
    for at, message in enumerate(example.messages):
        steps += [_comparison(each, words) for each in given if each[0].after == at]
        steps.append(_turn(message, words))
    steps += [_comparison(e, words) for e in given if e[0].after >= len(example.messages)]
    grades = {_grade(response) for response in example.responses}
    caption = _unlinked(rendered_inline(example.caption, words)) or Markup("Example")
    return Talk(example.id, caption, tuple(steps), tuple(sorted(grades)))


def _unlinked(words: Markup) -> Markup:
    """Return HTML without its links: a caption is what one presses to unfold the example."""
    return Markup(_LINK.sub("", words))  # noqa: S704 - some of what was safe


def _comparisons(example: Example) -> list[int]:
    return sorted({response.comparison for response in example.responses})


def _comparison(responses: Sequence[Response], words: Words) -> Comparison:
    return Comparison(tuple(_reply(response, words) for response in responses))


def _reply(response: Response, words: Words) -> Reply:
    cited = (response.cites or "").partition("/")[0]
    grade = response.grade
    return Reply(
        _turn(response.message, words),
        _grade(response),
        _GRADES[grade] if grade else "Not graded",
        rendered_inline(response.reason, words) if response.reason else None,
        response.cites,
        words.link(cited) if cited else None,
        words.title(cited) or cited,
    )


def _grade(response: Response) -> str:
    return response.grade.value.lower() if response.grade else "none"


def _turn(message: Message, words: Words) -> Turn:
    return Turn(
        message.role if message.role in _ROLES else "other",
        _ROLES.get(message.role, message.role),
        _said(message, words),
        message.attributes,
        message.settings,
    )


def _said(message: Message, words: Words) -> Markup:
    """Return the words of a message, those without authority in a frame."""
    parts: list[Markup] = []
    place = 0
    for span in message.untrusted:
        parts.append(rendered(message.content[place : span.start], words))
        framed = rendered(span.of(message.content), words)
        parts.append(_FRAME.format(framed))
        place = span.end
    parts.append(rendered(message.content[place:], words))
    return Markup("").join(parts)


_FRAME = Markup('<div class="untrusted"><p class="label">Untrusted text</p>{}</div>\n')
