"""Where the texts of a body stand, kept while a reader walks it, and laid beside its transcript.

The wires in `policy/labels/wires` read what is said; they join texts and keep no places. A reader
here walks the same body, checks its types, and leaves one group of pieces for each message the
wire makes. `Trail.asked` lays both side by side and believes only what agrees, character by
character: a text is exact, or it is known to have been written out of a larger part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from charter.errors import CharterError
from charter.gateway.wire.asked import Api, Asked, Claim, Result, Text, Tool, Unseen
from charter.gateway.wire.pointer import under
from charter.gateway.wire.shape import a_list, a_text, an_object, object_of, text_of, wrong
from charter.policy.conversation import Message
from charter.policy.labels.intake import MAX_NAME
from charter.policy.labels.label import label
from charter.policy.labels.payload import SCALARS
from charter.policy.labels.wire import read as read_wire
from charter.spec.ladder import DEFAULT_LADDER, Ladder
from charter.spec.reading import DEFAULTS


@dataclass(frozen=True, slots=True)
class Terms:
    """What a gateway's configuration says of how requests are read."""

    system_as: str = "developer"
    """The role system text speaks in: behind a gateway, applications write it. `system` is for
    callers who operate the model themselves."""
    ladder: Ladder = DEFAULT_LADDER
    readings: Mapping[str, str] = field(default_factory=lambda: DEFAULTS)


USUAL = Terms()


class Piece(NamedTuple):
    """A text a reader came by, in order."""

    pointer: str
    text: str | None
    """None for what the wire writes out itself, such as the JSON of an unknown part."""
    exact: bool = True
    signed: bool = False


@dataclass(slots=True)
class Group:
    """What becomes one message."""

    pointer: str
    pieces: list[Piece] = field(default_factory=list)
    filled: bool = False
    """Whether something without text was read into it: a call, a medium, a setting."""

    def add(self, pointer: str, text: str, *, exact: bool = True, signed: bool = False) -> None:
        """Add a text; an empty one leaves no trace in a message."""
        if text:
            self.pieces.append(Piece(pointer, text, exact, signed))

    def opaque(self, pointer: str) -> None:
        """Add what the wire writes out in its own way, or keeps as a medium."""
        self.pieces.append(Piece(pointer, None, exact=False))

    @property
    def empty(self) -> bool:
        """Whether nothing was read into it."""
        return not (self.pieces or self.filled)


@dataclass(slots=True)
class Trail:
    """What a reader has found so far."""

    api: Api
    groups: list[Group] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    copies: dict[str, str] = field(default_factory=dict)
    calls: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    """Tool and pointer by call id; None where calls of one id name different tools."""

    def group(self, pointer: str) -> Group:
        """Begin the group of the next message."""
        self.groups.append(Group(pointer))
        return self.groups[-1]

    def hidden(self, kind: object, pointer: str) -> None:
        """Note what cannot be seen here."""
        known = isinstance(kind, str) and 0 < len(kind) <= 200 and kind.isprintable()
        self.unseen.append(Unseen(str(kind) if known else "unknown", pointer))

    def called(self, identity: str | None, tool: str | None, pointer: str) -> None:
        """Note an earlier call, for the results that answer it."""
        if identity is None:
            return
        name = tool if tool is not None and len(tool) <= MAX_NAME and tool.isprintable() else ""
        known = self.calls.get(identity, (name, pointer))
        same = known is not None and known[0] == name
        self.calls[identity] = known if same else None

    def answers(self, identity: str | None, pointer: str) -> None:
        """Note a tool result; only a call that stands before it can be the one it answers."""
        call = self.calls.get(identity) if identity is not None else None
        tool, where = call if call is not None else (None, None)
        self.results.append(Result(identity, tool or None, where, pointer))

    def offer(self, body: Mapping[str, Any], name: str, schema: str) -> None:
        """Note the tools of a list; `schema` is the member that holds that of the arguments."""
        if body.get(name) is None:
            return
        for at, given in enumerate(a_list(body[name], f"/{name}")):
            where = f"/{name}/{at}"
            tool = an_object(given, where)
            kind = text_of(tool, "type", where) or "function"
            inner, place = tool, where
            for wrapper in ("function", "custom"):
                if kind == wrapper and isinstance(tool.get(wrapper), dict):
                    inner, place = tool[wrapper], under(where, wrapper)
            called = text_of(inner, "name", place) or text_of(inner, "server_label", place) or kind
            said = text_of(inner, "description", place)
            self.tools.append(Tool(called, kind, said, object_of(inner, schema, place), where))

    def claim(self, body: Mapping[str, Any], *names: str) -> None:
        """Note in whose name a request says it is: the named members, and `metadata`."""
        for name in names:
            said = text_of(body, name, "")
            if said is not None:
                self.claims.append(Claim(name, said, f"/{name}"))
        for key, value in (object_of(body, "metadata", "") or {}).items():
            where = under("/metadata", key)
            if not isinstance(value, SCALARS):
                raise wrong(value, where, "a single value")
            self.claims.append(Claim(f"metadata.{key}", value, where))

    def asked(
        self, body: Mapping[str, Any], terms: Terms, *, stream: bool = False, n: int = 1
    ) -> Asked:
        """Return the view. Raises ValueError where the wire refuses the body."""
        try:
            transcript = read_wire(body, self.api.value, system_as=terms.system_as)
        except CharterError as cause:
            raise ValueError(str(cause)) from None
        model = body.get("model")
        return Asked(
            api=self.api,
            model=None if model is None else a_text(model, "/model"),
            stream=stream,
            n=n,
            conversation=label(transcript, terms.ladder, terms.readings),
            texts=tuple(_texts(self.groups, transcript.messages)),
            tools=tuple(self.tools),
            results=tuple(self.results),
            unseen=tuple(dict.fromkeys(self.unseen)),
            claims=tuple(self.claims),
            signed=tuple(self.signed),
            copies=self.copies,
        )


def _texts(groups: list[Group], messages: tuple[Message, ...]) -> list[Text]:
    """Lay groups beside messages; where they do not pair up, nothing is exact."""
    found: list[Text] = []
    if len(groups) != len(messages):
        groups = [Group("") for _ in messages]
    for at, (group, message) in enumerate(zip(groups, messages, strict=True)):
        found += _lay(group, at, message.text)
    return found


def _lay(group: Group, message: int, text: str) -> list[Text]:
    """Match pieces from both ends; what is left between them was written out by the wire."""
    first, last = 0, len(group.pieces)
    start, end = 0, len(text)
    front: list[Text] = []
    back: list[Text] = []
    while first < last:
        pointer, said, exact, signed = group.pieces[first]
        if said is None or not text.startswith(said, start, end):
            break
        front.append(Text(pointer, message, start, start + len(said), exact, signed))
        start += len(said)
        first += 1
    while last > first:
        pointer, said, exact, signed = group.pieces[last - 1]
        if said is None or not text.endswith(said, start, end):
            break
        back.append(Text(pointer, message, end - len(said), end, exact, signed))
        end -= len(said)
        last -= 1
    if start < end:
        left = group.pieces[first:last]
        pointer = left[0].pointer if len(left) == 1 else group.pointer
        signed = any(piece.signed for piece in left)
        front.append(Text(pointer, message, start, end, exact=False, signed=signed))
    return front + back[::-1]
