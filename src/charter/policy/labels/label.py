"""Transcript -> Conversation: whose words each character is, and with what authority.

The role of a message is the ceiling. Only its author's own plain words, and the `~~~directive`
fences among them, reach it; everything else has none. Passages tile the text of each message.
Source: Model Spec, sections `levels_of_authority` and `ignore_untrusted_data`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from charter.policy.conversation import (
    Conversation,
    Doubt,
    Kind,
    Message,
    Passage,
    Problem,
    Sensitivity,
    Transcript,
)
from charter.policy.labels.cut import cut, regions_of
from charter.policy.labels.excise import Doubted, Region
from charter.policy.labels.intake import REASONING
from charter.spec.ladder import DEFAULT_LADDER, NONE, Ladder
from charter.spec.reading import DEFAULTS

MAX_DOUBTS = 200
"""Ranges of one message; more are doubted as one range."""

_SILENT = {
    "assistant": (Kind.ASSISTANT, "assistant", Sensitivity.PUBLIC),
    "tool": (Kind.TOOL, "tool", Sensitivity.PRIVATE),
}
"""Roles that never have authority, whatever the ladder says."""

_NAMED = frozenset({Kind.ATTACHMENT, Kind.TOOL, Kind.ASSISTANT})
"""Kinds whose source is a file, a tool, or a part of the assistant, in whatever message."""

_NAMES = {
    "both": frozenset({"untrusted", "untrusted_text"}),
    "untrusted_text": frozenset({"untrusted_text"}),
}


def label(
    transcript: Transcript,
    ladder: Ladder = DEFAULT_LADDER,
    readings: Mapping[str, str] = DEFAULTS,
    *,
    settings: Mapping[str, object] | None = None,
) -> Conversation:
    """Return the conversation with a label on every passage. Never fails on content.

    `settings` are those of the request, by the caller's authority. Readings used:
    `untrusted_name` and `possibly_quoted`.
    """
    labeller = _Labeller(ladder, readings)
    for at, message in enumerate(transcript.messages):
        if message.text:
            labeller.take(at, message)
        elif ladder.of_role(message.role) == NONE and message.role not in _SILENT:
            labeller.unknown(at, message.role)
    return Conversation(
        transcript.wire,
        transcript.messages,
        tuple(labeller.passages),
        transcript.tools,
        transcript.unseen,
        (*transcript.problems, *labeller.problems),
        {} if settings is None else settings,
    )


class _Labeller:
    def __init__(self, ladder: Ladder, readings: Mapping[str, str]) -> None:
        self.by_role = ladder.by_role
        said = readings.get("untrusted_name", DEFAULTS["untrusted_name"])
        self.names = _NAMES.get(said, _NAMES["both"])
        self.possibly = readings.get("possibly_quoted", DEFAULTS["possibly_quoted"])
        self.passages: list[Passage] = []
        self.problems: list[Problem] = []

    def take(self, at: int, message: Message) -> None:
        """Label one message that has text."""
        role = message.role
        silent = _SILENT.get(role)
        if silent is not None:
            kind, source, sensitivity = silent
            if role == "tool" and message.name:
                source = f"tool:{message.name}"
            if not message.hints:
                whole = Passage(at, 0, len(message.text), kind, source, NONE, sensitivity)
                self.passages.append(whole)
                return
            self._tile(at, message, kind, source, sensitivity)
            return
        level = self.by_role.get(role, NONE)
        if level == NONE:
            self.unknown(at, role)
            source = f"unknown:{role}"
            self._tile(at, message, Kind.UNTRUSTED, source, Sensitivity.PRIVATE)
            return
        self._speak(at, message, level)

    def unknown(self, at: int, role: str) -> None:
        """Note a role that the ladder does not know."""
        self.problems.append(
            Problem(at, "unknown-role", f"role {role[:80]!r} is not in the ladder: no authority")
        )

    def _tile(
        self, at: int, message: Message, kind: Kind, source: str, sensitivity: Sensitivity
    ) -> None:
        """Label a message without authority: only what the reader knew tells ranges apart."""
        position, length = 0, len(message.text)
        for region in (*regions_of(message.hints, length), Region(length, length, kind)):
            start, end = region.start, region.end
            if position < start:
                self.passages.append(Passage(at, position, start, kind, source, NONE, sensitivity))
            if start < end:
                of = _source(region.kind, region.name, message.role)
                level = _joined(sensitivity, region.kind, region.name)
                self.passages.append(Passage(at, start, end, region.kind, of, NONE, level))
            position = end

    def _speak(self, at: int, message: Message, level: str) -> None:
        """Label a message that speaks at a level."""
        role, text = message.role, message.text
        sensitivity = Sensitivity.PRIVATE if role == "user" else Sensitivity.PRIVILEGED
        doubts = self.possibly != "keeps_authority"
        found = cut(text, message.hints, self.names, role if doubts else None)
        if not found.regions and not found.doubted and not found.problems:
            self.passages.append(Passage(at, 0, len(text), Kind.OWN, role, level, sensitivity))
            return
        self.problems += [Problem(at, kind, what) for kind, what in found.problems]
        doubted = _Doubts(found.doubted)
        doubted_level = NONE if self.possibly == "no_authority" else level
        add, doubtful = self.passages.append, bool(found.doubted)
        position = 0
        for region in (*found.regions, Region(len(text), len(text), Kind.OWN)):
            start, end, kind, name, _ = region
            if position < start and not doubtful:
                add(Passage(at, position, start, Kind.OWN, role, level, sensitivity))
            elif position < start:
                for first, last, doubt in doubted.within(position, start):
                    own = level if doubt is None else doubted_level
                    add(Passage(at, first, last, Kind.OWN, role, own, sensitivity, doubt))
            if start == end:
                continue
            position = end
            if kind is Kind.DIRECTIVE:
                doubt = doubted.over(start, end)
                own = level if doubt is None else doubted_level
                add(Passage(at, start, end, kind, role, own, sensitivity, doubt))
            else:
                add(Passage(at, start, end, kind, _source(kind, name, role), NONE, sensitivity))


class _Doubts:
    """The doubted ranges of one message."""

    def __init__(self, doubted: Sequence[Doubted]) -> None:
        if len(doubted) > MAX_DOUBTS:
            first = min(each.start for each in doubted)
            last = max(each.end for each in doubted)
            doubted = [Doubted(first, last, max(doubted, key=_confidence).doubt)]
        self.doubted = sorted(doubted, key=_confidence, reverse=True)
        self.edges = sorted({edge for each in doubted for edge in (each.start, each.end)})

    def within(self, start: int, end: int) -> Iterator[tuple[int, int, Doubt | None]]:
        """Yield the pieces of a range with what doubts each."""
        first, last = bisect_right(self.edges, start), bisect_right(self.edges, end - 1)
        edges = [start, *self.edges[first:last], end]
        before: tuple[int, int, Doubt | None] | None = None
        for one, two in pairwise(edges):
            doubt = self.over(one, two)
            if before is not None and before[2] == doubt:
                before = (before[0], two, doubt)
                continue
            if before is not None:
                yield before
            before = (one, two, doubt)
        if before is not None:
            yield before

    def over(self, start: int, end: int) -> Doubt | None:
        """Return the most confident doubt of any character of a range."""
        for each in self.doubted:
            if each.start < end and start < each.end:
                return each.doubt
        return None


def _confidence(doubted: Doubted) -> tuple[int, str]:
    return doubted.doubt.confidence, doubted.doubt.heuristic


@lru_cache(maxsize=64)
def _sources(role: str) -> Mapping[Kind, str]:
    """Return the source of each kind of range in the messages of a role."""
    return {kind: kind.value if kind in _NAMED else f"{kind}:{role}" for kind in Kind}


def _source(kind: Kind, name: str | None, role: str) -> str:
    if name is not None and kind in _NAMED:
        return f"{kind}:{name}"
    return _sources(role)[kind]


def _joined(sensitivity: Sensitivity, kind: Kind, name: str | None) -> Sensitivity:
    """Return how far a range may travel in a message of this sensitivity: it joins upward."""
    if kind is Kind.ASSISTANT and name == REASONING:
        return Sensitivity.PRIVILEGED
    return Sensitivity.PRIVATE if sensitivity is Sensitivity.PUBLIC else sensitivity
