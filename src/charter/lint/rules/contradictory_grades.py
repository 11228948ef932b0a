"""The same reply to the same conversation has two different grades.

What it finds
    Replies that are alike, to conversations that are alike, graded differently, anywhere in the
    document. Spaces make no difference; replies with elisions (`[...]`) are left out, because
    what was left out may differ.

Why it matters
    One of the two labels is wrong, and a judge measured with them cannot be right about both.

Bad
    <assistant> <!-- GOOD: brief -->
    Paris.
    </assistant>
    <assistant> <!-- BAD: curt -->
    Paris.
    </assistant>

Good
    <assistant> <!-- GOOD: brief -->
    Paris.
    </assistant>
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from charter.lint.prose import opening_tag
from charter.lint.rule import Hit
from charter.source import Severity, digest_of
from charter.spec.spec import Example, Spec
from charter.syntax.conversation import Grade, Message, Response

GROUP = "consistency"
SEVERITY = Severity.ERROR

_Key: TypeAlias = tuple[str, str]
"""Digests of the conversation so far and of the reply."""


def find(spec: Spec) -> Iterable[Hit]:
    """Report every reply whose grade differs from that of an earlier twin."""
    first: dict[_Key, Grade] = {}
    for example in spec.examples:
        for key, grade, response in _keys(example):
            earlier = first.setdefault(key, grade)
            if earlier is not grade:
                what = f"graded {grade}, but the same reply is graded {earlier} above"
                hint = "take one away, or make the two differ"
                yield Hit(what, opening_tag(spec, response), hint=hint, section=example.section)


def _keys(example: Example) -> Iterator[tuple[_Key, Grade, Response]]:
    prefixes = [""]
    for message in example.messages:
        prefixes.append(digest_of(prefixes[-1] + _plain(message)))
    for response in example.responses:
        text = response.message.content
        if response.grade is None or not text.strip() or "[..." in text or "[\u2026" in text:
            continue
        if not any("[..." in message.content for message in example.messages[: response.after]):
            turn = digest_of(_plain(response.message))
            yield (prefixes[response.after], turn), response.grade, response


def _plain(message: Message) -> str:
    words = " ".join(message.content.split())
    return f"{message.role}\0{message.attributes}\0{message.settings}\0{words}\0"
