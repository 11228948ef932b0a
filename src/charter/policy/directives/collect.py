"""All directives of a conversation and its request, each with the authority of what carries it.

Limits count for each level by itself, and ids are given out from the highest level down: nothing
of less authority can use up the room, or take the id, of what has more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from charter.policy.conversation import Conversation, Kind, Message, Passage
from charter.policy.directive import BEFORE, Directive, Origin, Unusable
from charter.policy.directives.extractor import PROSE, Extractor, proposals
from charter.policy.directives.fence import Fence, fences, may_hold_fence
from charter.policy.directives.identity import Ids
from charter.policy.directives.read_directive import Carrier, Read, read_directives
from charter.policy.directives.read_value import near
from charter.policy.fate import Place
from charter.source import Span
from charter.spec.ladder import DEFAULT_LADDER, NONE, Ladder
from charter.spec.reading import DEFAULTS
from charter.spec.spec import DirectiveFence, Section
from charter.syntax.mapping import load_mapping

MAX_DIRECTIVES = 10_000
"""Of one level."""
MAX_CHARACTERS = 256 * 1024
"""In the fences of one level."""
MAX_PROSE = 500_000
"""Characters of one level that an extractor is given."""
MAX_UNUSABLE = 1_000
"""Kept of one level."""

METADATA = "charter"
"""The key of request metadata that holds directives and settings."""
_METADATA_KEYS = ("directives", "settings")
_NOWHERE = Span(0, 0)
_SILENT = frozenset({"assistant", "tool"})
"""Roles without authority on every ladder."""


class Unread(NamedTuple):
    """A directive that cannot be read, and in which message; BEFORE for request metadata."""

    message: int
    level: str
    unusable: Unusable


class Gathered(NamedTuple):
    """What a conversation and its request say in directives."""

    directives: tuple[Directive, ...]
    """In the order of messages and places, those of the request first; each id once."""
    unusable: tuple[Unread, ...]


@dataclass(slots=True)
class _Room:
    """What one level has been given so far."""

    directives: list[Directive] = field(default_factory=list)
    unusable: list[Unread] = field(default_factory=list)
    characters: int = 0
    """In fences."""
    prose: int = 0
    full: bool = False

    def refuse(self, message: int, level: str, unusable: Unusable) -> None:
        if len(self.unusable) < MAX_UNUSABLE:
            self.unusable.append(Unread(message, level, unusable))
        elif len(self.unusable) == MAX_UNUSABLE:
            what = f"more than {MAX_UNUSABLE:,} directives at level {level} cannot be used"
            self.unusable.append(Unread(message, level, Unusable(what, _NOWHERE)))


def directives_in(  # noqa: PLR0913 - what a request has, by name
    conversation: Conversation,
    *,
    ladder: Ladder = DEFAULT_LADDER,
    readings: Mapping[str, str] = DEFAULTS,
    extractor: Extractor | None = None,
    known: Collection[str] = (),
    metadata: Mapping[str, object] | None = None,
    metadata_level: str = "developer",
    taken: Iterable[str] = (),
) -> Gathered:
    """Collect directives from request metadata, message settings, fences and prose. Never raises.

    `known` are the ids of sections and clauses, for an extractor. `taken` are ids no directive of
    the conversation may have: those of sections, and of the directives of overlays.
    """
    collector = _Collector(ladder)
    if metadata is not None:
        collector.take(from_metadata(metadata, metadata_level, ladder=ladder), metadata_level)
    asks = readings.get("possibly_quoted") == "keeps_authority_asks"
    fenced = {at for at, each in enumerate(conversation.messages) if may_hold_fence(each.text)}
    for at, message in enumerate(conversation.messages):
        if message.settings:
            level = NONE if message.role in _SILENT else ladder.of_role(message.role)
            collector.take(_settings(message, at, level, ladder), level, at)
    if fenced or extractor is not None:
        for passage in conversation.passages:
            doubt = f"possibly quoted: {passage.doubt.heuristic}" if passage.doubt else None
            mistaken = doubt if asks and ladder.rank(passage.authority) else None
            if passage.message in fenced:
                collector.take_fences(conversation, passage, mistaken)
            if extractor is not None and passage.kind in PROSE:
                found = collector.ask(extractor, conversation, passage, known, mistaken)
                collector.take(found, passage.authority, passage.message)
    return collector.result(taken)


def from_metadata(
    metadata: Mapping[str, object], level: str, *, ladder: Ladder = DEFAULT_LADDER
) -> Read:
    """Read `{"charter": {"directives": [...], "settings": {...}}}` at the caller's level.

    The value of `charter` may also be that object as JSON text, for providers whose metadata
    holds texts only. Other keys of the metadata are the caller's own. Never raises.
    """
    said = metadata.get(METADATA)
    if said is None:
        return Read([], [])
    if isinstance(said, str):
        loaded = load_mapping(said)
        if loaded.error:
            return Read([], [Unusable(f"metadata: {loaded.error}", _NOWHERE)])
        said = loaded.values
    if not isinstance(said, Mapping):
        what = f"metadata: {METADATA} must be an object with directives and settings"
        return Read([], [Unusable(what, _NOWHERE)])
    carrier = Carrier(level, source="metadata", origin=Origin("metadata"))
    found = Read([], [])
    for key in said:
        if key not in _METADATA_KEYS:
            hint = near(key, _METADATA_KEYS)
            what = f"metadata: {METADATA} has no field {key!r:.80}"
            found.unusable.append(Unusable(what, _NOWHERE, hint))
    for key, fields in (
        ("directives", {"directives": said.get("directives")}),
        ("settings", {"setting": said.get("settings")}),
    ):
        if key in said:
            read = read_directives(fields, carrier, ladder=ladder)
            found.directives.extend(read.directives)
            found.unusable.extend(
                each._replace(message=f"metadata: {each.message}") for each in read.unusable
            )
    return found


def directives_of_sections(
    sections: Iterable[Section],
    level: str,
    *,
    ladder: Ladder = DEFAULT_LADDER,
    name: str = "",
    taken: Iterable[str] = (),
) -> Read:
    """Read the fences in the sections of an overlay, at the level that the overlay speaks with.

    `name` is the overlay's, `taken` as in `directives_in`. Spans are characters of the overlay's
    text. Never raises.
    """
    found = Read([], [])
    ids = Ids(taken)
    for section in sections:
        for fence in section.directives:
            read = read_fence(fence, level, ladder=ladder, name=name)
            found.directives.extend(ids.claim(each) for each in read.directives)
            found.unusable.extend(read.unusable)
    return found


def read_fence(
    fence: DirectiveFence, level: str, *, ladder: Ladder = DEFAULT_LADDER, name: str = ""
) -> Read:
    """Read one fence of an overlay."""
    carrier = Carrier(level, source="overlay", origin=Origin("overlay", name))
    return read_directives(
        fence.fields, carrier, ladder=ladder, spans=fence.field_spans, whole=fence.span
    )


class _Collector:
    """Directives by level, each level with room of its own."""

    def __init__(self, ladder: Ladder) -> None:
        self.ladder = ladder
        self.rooms: dict[int, _Room] = {}

    def room(self, level: str) -> _Room:
        """Return the room of a level; unknown levels share that of none."""
        return self.rooms.setdefault(self.ladder.rank(level), _Room())

    def take(self, read: Read, level: str, message: int = BEFORE) -> None:
        """Take what was read, as far as the level has room."""
        room = self.room(level)
        for unusable in read.unusable:
            room.refuse(message, level, unusable)
        free = MAX_DIRECTIVES - len(room.directives)
        room.directives += read.directives[:free]
        if len(read.directives) > free and not room.full:
            room.full = True
            what = (
                f"more than {MAX_DIRECTIVES:,} directives at level {level}; the rest are left out"
            )
            room.refuse(message, level, Unusable(what, _NOWHERE))

    def ask(
        self,
        extractor: Extractor,
        conversation: Conversation,
        passage: Passage,
        known: Collection[str],
        mistaken: str | None,
    ) -> Read:
        """Return what an extractor proposes for a passage, as far as its level has room."""
        room = self.room(passage.authority)
        before, room.prose = room.prose, room.prose + passage.end - passage.start
        if room.prose <= MAX_PROSE:
            text = conversation.text_of(passage)
            return Read(*proposals(extractor, text, passage, known, mistaken=mistaken))
        if before > MAX_PROSE:
            return Read([], [])
        what = f"more than {MAX_PROSE:,} characters of prose at one level; the rest are not read"
        return Read([], [Unusable(what, passage.span)])

    def take_fences(
        self, conversation: Conversation, passage: Passage, mistaken: str | None
    ) -> None:
        """Read the fences in a passage, at the authority of the passage."""
        text = conversation.text_of(passage)
        found = 0
        for fence in fences(text) if may_hold_fence(text) else ():
            found += 1
            room = self.room(passage.authority)
            room.characters += fence.body_end - fence.body_start
            if room.full:
                return
            if room.characters > MAX_CHARACTERS:
                room.full = True
                what = f"more than {MAX_CHARACTERS:,} characters in fences; the rest are not read"
                read = Read([], [Unusable(what, _placed(fence, passage))])
            else:
                read = _read(text, fence, passage, mistaken, self.ladder)
            self.take(read, passage.authority, passage.message)
        if not found and passage.kind is Kind.DIRECTIVE:
            what = "a directive fence begins with ~~~directive on a line of its own"
            self.take(Read([], [Unusable(what, passage.span)]), passage.authority, passage.message)

    def result(self, taken: Iterable[str]) -> Gathered:
        """Return everything, with ids given out from the highest level down."""
        ids = Ids(taken)
        directives: list[Directive] = []
        unusable: list[Unread] = []
        for rank in sorted(self.rooms, reverse=True):
            room = self.rooms[rank]
            directives += map(ids.claim, sorted(room.directives, key=_place))
            unusable += room.unusable
        directives.sort(key=_place)  # stable: within one place, the order found
        unusable.sort(key=lambda each: (each.message, each.unusable.span.start))
        return Gathered(tuple(directives), tuple(unusable))


def _read(text: str, fence: Fence, passage: Passage, mistaken: str | None, ladder: Ladder) -> Read:
    """Read one fence of a passage."""
    whole = _placed(fence, passage)
    if not fence.closed:
        hint = "end it with a line of the same ~~~"
        return Read([], [Unusable("a ~~~directive fence is never closed", whole, hint)])
    offset = passage.start + fence.body_start
    loaded = load_mapping(text[fence.body_start : fence.body_end], offset=offset, deep=True)
    if loaded.error:
        at = min(loaded.error_offset, whole.end - 1)
        return Read([], [Unusable(loaded.error, Span(at, at + 1))])
    carrier = Carrier(
        passage.authority,
        order=passage.message,
        source=passage.source,
        place=Place(passage.message, whole.start, whole.end),
        origin=Origin("fence"),
        mistaken=mistaken,
    )
    return read_directives(loaded.values, carrier, ladder=ladder, spans=loaded.spans, whole=whole)


def _placed(fence: Fence, passage: Passage) -> Span:
    return Span(passage.start + fence.start, passage.start + fence.end)


def _settings(message: Message, at: int, level: str, ladder: Ladder) -> Read:
    """Return the settings that a message carries beside its text, at its role's level."""
    carrier = Carrier(
        level, at, message.role, Place(at, 0, 0), origin=Origin("settings", message.role)
    )
    found = Read([], [])
    for name, value in message.settings:  # one by one: a bad one spoils no other
        read = read_directives({"setting": {name: value}}, carrier, ladder=ladder)
        found.directives.extend(read.directives)
        found.unusable.extend(read.unusable)
    return found


def _place(directive: Directive) -> tuple[int, int]:
    return directive.order, directive.place.start if directive.place else 0
