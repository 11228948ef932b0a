"""Content of a Chat message that is a list of parts, as some servers write it.

Parts hold text, thinking or a refusal; what else there is passes as a member that no API has.
Source: https://docs.mistral.ai/capabilities/reasoning (thinking in parts).
"""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.answer import Answer
from charter.gateway.answers.bare import is_word, named
from charter.gateway.answers.members import readable
from charter.gateway.verdict import Channel
from charter.gateway.wire.pointer import under
from charter.gateway.wire.shape import a_list, a_text, an_object, text_of

OF_PARTS = {"text": ("text", "text"), "refusal": ("refusal", "refusal")}
"""Types of parts, with the member that holds the text and the channel's kind."""
THINKING = "thinking"
_FIRST = 16
"""The first part of a channel that parts have; those before are members of a message."""


def read_parts(
    answer: Answer, given: list[Any], choice: int, where: str, beside: tuple[str, ...]
) -> list[Any]:
    """Return the parts a client may get. Raises ValueError for what is no part."""
    made: list[Any] = []
    for each in given:
        place = under(where, len(made))
        if isinstance(each, str):
            _add(answer, "text", choice, each, place, beside)
            made.append(each)
            continue
        part = an_object(each, place)
        kind = part.get("type")
        if not isinstance(kind, str) or not is_word(kind):
            raise ValueError(f"{place}/type: no type of a part")
        if kind in OF_PARTS:
            member, channel = OF_PARTS[kind]
            text = text_of(part, member, place) or ""
            _add(answer, channel, choice, text, under(place, member), beside)
            more = answer.keep(part, place, read=("type", member))
            made.append({"type": kind, member: text, **more})
        elif kind == THINKING:
            made.append(_thinking(answer, part, choice, place))
        elif readable(part):
            answer.others[place] = (kind, (part,))
            made.append(part)
        else:
            answer.stripped.add(named(kind))
    return made


def thoughts_of(value: Any, where: str) -> list[str]:
    """Return the texts of a part that thinks: text, or a list of parts of text.

    Raises ValueError for anything else.
    """
    if value is None or isinstance(value, str):
        return [value or ""]
    texts = []
    for at, one in enumerate(a_list(value, where)):
        place = under(where, at)
        if isinstance(one, str):
            texts.append(one)
        elif an_object(one, place).get("type") != "text":
            raise ValueError(f"{place}: expected a part of text")
        else:
            texts.append(a_text(one.get("text"), under(place, "text")))
    return texts


def _thinking(answer: Answer, part: dict[str, Any], choice: int, where: str) -> dict[str, Any]:
    place = under(where, THINKING)
    texts = thoughts_of(part.get(THINKING), place)
    listed = isinstance(part.get(THINKING), list)
    for at, text in enumerate(texts):
        spot = under(place, at, "text") if listed else place
        _add(answer, "reasoning", choice, text, spot)
    inner: Any = [{"type": "text", "text": text} for text in texts] if listed else texts[0]
    return {"type": THINKING, THINKING: inner, **answer.keep(part, where, read=("type", THINKING))}


def _add(  # noqa: PLR0913, PLR0917 - what stands where
    answer: Answer,
    kind: str,
    choice: int,
    text: str,
    place: str,
    beside: tuple[str, ...] = (),
) -> None:
    channel = Channel(kind, choice, _FIRST + len(answer.said))
    answer.add(channel, text, place, beside=beside, series=f"{kind}/{choice}")
