"""One of the answers that a Chat stream makes, as far as it came, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from charter.gateway.answers.parts import OF_PARTS, THINKING
from charter.gateway.relay.calls import Gathered
from charter.gateway.relay.lane import Lane
from charter.gateway.relay.others import Came, Others
from charter.gateway.relay.shape import Broken

MOST_CALLS = 1_024
PARTS = {"text": "content", "refusal": "part/refusal", THINKING: "part/thinking"}
"""Types of parts of content, with the lane that their text runs in."""
OF_LANES = {"part/refusal": "refusal", "part/thinking": THINKING}


class Choice:
    """See above."""

    __slots__ = ("annotations", "audio", "calls", "finished", "function", "index", "lanes",
                 "listed", "newest", "others", "sound", "told")  # fmt: skip

    def __init__(self, index: int) -> None:
        self.index = index
        self.lanes: dict[str, Lane] = {}
        self.calls: list[Gathered] = []
        self.newest: dict[int, Gathered] = {}
        """By the upstream's index, of which some servers give every call the same."""
        self.function: Gathered | None = None
        self.audio: dict[str, Any] = {}
        self.sound: list[str] = []
        """Base64 of the sound, which waits for the verdict on its transcript."""
        self.annotations: list[Any] = []
        self.others = Others()
        self.listed = False
        """Whether the newest content was a list of parts."""
        self.finished = False
        self.told = False
        """Whether the client was told that it is finished."""

    def call(self, index: int | None, identity: str, tool: str) -> Gathered:
        """Return the call that a piece belongs to, begun here where it is new. Raises Broken.

        A piece with another id and a name begins another call, whatever its index; one with
        another id alone goes on, since some servers make up an id for every piece. Servers that
        do not count send calls whole, with an id each.
        """
        if index is None:
            call = None if identity or not self.calls else self.calls[-1]
        else:
            call = self.newest.get(index)
            if call is not None and identity and call.id and identity != call.id:
                known = next((each for each in self.calls if each.id == identity), None)
                call = known or (None if tool else call)
        if call is None:
            if len(self.calls) >= MOST_CALLS:
                raise Broken("upstream_garbage")
            call = Gathered(len(self.calls))
            self.calls.append(call)
        if index is not None:
            self.newest[index] = call
        call.id = call.id or identity
        return call


def text_delta(choice: Choice, place: str, text: str) -> dict[str, Any]:
    """Return the delta of a text, in the form in which it came."""
    if place == "audio":
        return {"audio": {"transcript": text}}
    if place in OF_LANES:
        return {"content": [part_of(OF_LANES[place], text)]}
    if place == "content" and choice.listed:
        return {"content": [part_of("text", text)]}
    return {place: text}


def part_of(kind: str, text: str) -> dict[str, Any]:
    """Return a part of content."""
    if kind == THINKING:
        return {"type": kind, THINKING: [{"type": "text", "text": text}]}
    return {"type": kind, OF_PARTS[kind][0]: text}


def deltas_of(came: Iterable[Came]) -> list[dict[str, Any]]:
    """Return the deltas in which members and parts leave that no API has, as few as can be."""
    made: list[dict[str, Any]] = []
    for owner, name, value in ((*each.place, each.value) for each in came):
        said = {"type": THINKING, THINKING: [value]} if owner == THINKING else value
        member, said = (name, said) if owner == "delta" else ("content", [said])
        if not made or member in made[-1]:
            made.append({})
        made[-1][member] = said
    return made


def call_deltas(call: Gathered, came: Iterable[Came]) -> list[dict[str, Any]]:
    """Return the deltas of a call: all of it, then what else came of members no API has."""
    if call.index < 0:
        return [{"function_call": {"name": call.name, "arguments": call.written}}]
    inner = "input" if call.kind == "custom" else "arguments"
    function: dict[str, Any] = {"name": call.name, inner: call.written, **call.inner}
    first: dict[str, Any] = {
        "index": call.index,
        "id": call.id,
        "type": call.kind,
        call.kind: function,
        **call.more,
    }
    made = [first]
    for (owner, name), value in came:
        inside = owner.endswith("/")
        place = function if inside else first
        if name not in place:
            place[name] = value
        else:
            more = {name: value}
            made.append({"index": call.index, **({call.kind: more} if inside else more)})
    return [{"tool_calls": [each]} for each in made]


def owner_of(call: Gathered, *, inside: bool) -> str:
    """Return what members of a call are kept under, and those of what it says inside."""
    return f"call {call.index}{'/' * inside}"


def chunk_of(
    head: dict[str, Any],
    beside: dict[str, Any],
    choice: Choice,
    delta: dict[str, Any],
    tokens: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return a chunk of one choice."""
    made: dict[str, Any] = {"index": choice.index, "delta": delta, **beside}
    if tokens is not None:
        made["logprobs"] = tokens
    made["finish_reason"] = None
    return {**head, "choices": [made]}
