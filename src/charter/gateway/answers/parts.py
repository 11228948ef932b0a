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
_MOST_REFERENCES, _MOST_DOCUMENTS = 16, 256
"""Of numbers in one part that refers, and what they are below; more may spell a text."""


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
        kind = _type_of(part, place)
        if kind in OF_PARTS:
            made.append(_text(answer, part, choice, place, OF_PARTS[kind], beside))
        elif kind == THINKING:
            made.append(_thinking(answer, part, choice, place))
        else:
            _take(answer, part, made, place)
    return made


def thoughts_of(value: Any, where: str) -> list[dict[str, Any]]:
    """Return what a part that thinks is made of, as parts: one for what is text alone.

    Raises ValueError for what is no list of parts.
    """
    if value is None or isinstance(value, str):
        return [{"type": "text", "text": value or ""}]
    made = []
    for at, one in enumerate(a_list(value, where)):
        place = under(where, at)
        part = {"type": "text", "text": one} if isinstance(one, str) else an_object(one, place)
        if _type_of(part, place) == "text":
            a_text(part.get("text"), under(place, "text"))
        made.append(part)
    return made


def refers(part: dict[str, Any]) -> bool:
    """Say whether a part points to a few of the documents a model was given, by their numbers."""
    listed = part.get("reference_ids")
    return (
        part.keys() == {"type", "reference_ids"}
        and isinstance(listed, list)
        and len(listed) <= _MOST_REFERENCES
        and all(type(one) is int and 0 <= one < _MOST_DOCUMENTS for one in listed)
    )


def _type_of(part: dict[str, Any], where: str) -> str:
    kind = part.get("type")
    if not isinstance(kind, str) or not is_word(kind):
        raise ValueError(f"{where}/type: no type of a part")
    return kind


def _text(  # noqa: PLR0913, PLR0917 - what stands where
    answer: Answer,
    part: dict[str, Any],
    choice: int,
    where: str,
    said_as: tuple[str, str],
    beside: tuple[str, ...] = (),
) -> dict[str, Any]:
    member, channel = said_as
    text = text_of(part, member, where) or ""
    _add(answer, channel, choice, text, under(where, member), beside)
    more = answer.keep(part, where, read=("type", member))
    return {"type": part["type"], member: text, **more}


def _take(answer: Answer, part: dict[str, Any], made: list[Any], where: str) -> None:
    """Add a part of another type, to be decided on; one that no check can read is left out."""
    kind = part["type"]
    if readable(part) or refers(part):
        answer.others[where] = (kind, (part,))
        made.append(part)
    else:
        answer.stripped.add(named(kind))


def _thinking(answer: Answer, part: dict[str, Any], choice: int, where: str) -> dict[str, Any]:
    place, value = under(where, THINKING), part.get(THINKING)
    inner: Any = value or ""
    if isinstance(inner, str):
        _add(answer, "reasoning", choice, inner, place)
    else:
        inner = []
        for one in thoughts_of(value, place):
            spot = under(place, len(inner))
            if one["type"] == "text":
                inner.append(_text(answer, one, choice, spot, ("text", "reasoning")))
            else:
                _take(answer, one, inner, spot)
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
