"""Content of Chat streams that is a list of parts, as some servers write it.

Texts of the parts of one type are one text, which leaves as it comes; parts of other types wait
for the end of their choice.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.bare import is_word, keep, named
from charter.gateway.answers.chat import TEXTS, TRANSCRIPT
from charter.gateway.answers.parts import OF_PARTS, THINKING, refers, thoughts_of
from charter.gateway.relay.chat_calls import ChatCalls
from charter.gateway.relay.choice import PARTS, Choice, part_of
from charter.gateway.relay.lane import Lane
from charter.gateway.relay.shape import Broken, text_at
from charter.gateway.verdict import Channel

_LANES = {
    **TEXTS,
    "audio": TRANSCRIPT,
    "part/refusal": ("refusal", 7),
    "part/thinking": ("reasoning", 8),
}


class ChatParts(ChatCalls):
    """The texts of all choices, and parts beside them."""

    def _parts(self, choice: Choice, given: list[Any], made: dict[str, Any]) -> None:
        """Take content that is a list of parts: pieces of texts, one for each type."""
        choice.listed = True
        parts = []
        for each in given:
            part = {"type": "text", "text": each} if isinstance(each, str) else each
            kind = part.get("type") if isinstance(part, dict) else None
            if not isinstance(kind, str) or not is_word(kind):
                raise Broken("upstream_garbage")
            if kind not in PARTS:
                self._hold_part(choice, "part", part)
                continue
            if kind == THINKING:
                inner = thoughts_of(part.get(THINKING), "")
                text = "".join(one["text"] for one in inner if one["type"] == "text")
                for one in inner:
                    if one["type"] != "text":
                        self._hold_part(choice, THINKING, one)
            else:
                text = text_at(part, OF_PARTS[kind][0])
            kept, others = keep(part, ids=(), read=("type", kind), tells=self._plain.tells)
            self._stripped.update(map(named, others))
            released = self._add(self._lane_of(choice, PARTS[kind]), text) if text else ""
            if released or kept:
                parts.append(part_of(kind, released) | kept)
        if parts or not given:
            made["content"] = parts

    def _hold_part(self, choice: Choice, owner: str, part: dict[str, Any]) -> None:
        """Take a part of another type, of the content or of a part that thinks."""
        if refers(part):
            self._count(choice.others.add((owner, part["type"]), part))
        else:
            self._hold(choice.others, owner, {part["type"]: part}, grows=True)

    def _lane_of(self, choice: Choice, name: str) -> Lane:
        lane = choice.lanes.get(name)
        if lane is None:
            kind, part = _LANES[name]
            lane = self._lane(Channel(kind, choice.index, part), name)
            choice.lanes[name] = lane
        return lane
