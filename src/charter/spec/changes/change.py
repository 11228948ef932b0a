"""One difference between two versions of a spec: what kind, where, and what it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

from charter.spec.changes.marks import Mark, marks


class Weight(IntEnum):
    """How much a change matters at most; the smallest number comes first."""

    AUTHORITY = 1
    STRENGTH = 2
    CLAUSE = 3
    EXAMPLE = 4
    WORDING = 5


class Effect(StrEnum):
    """What a change does to whoever keeps to the spec, as far as its form shows."""

    MORE = "binds more"
    LESS = "binds less"
    DIFFERENTLY = "may bind differently"
    NOBODY = "binds nobody by itself"
    """It stands in a section without an authority, which explains the others."""
    WORDING = "wording only"


class Kind(StrEnum):
    """What was done. The order is that of reports, within one weight."""

    LEVEL_RENAMED = "level_renamed"
    AUTHORITY_LOWERED = "authority_lowered"
    AUTHORITY_RAISED = "authority_raised"
    AUTHORITY_CHANGED = "authority_changed"
    """Between levels that no ladder orders."""
    TAGS_CHANGED = "tags_changed"
    LADDER_CHANGED = "ladder_changed"
    LAYER_CHANGED = "layer_changed"
    """What front matter says of the document as a layer: `level`, `extends`, `conditions`, …"""
    READING_CHANGED = "reading_changed"
    STRENGTH_LOWERED = "strength_lowered"
    STRENGTH_RAISED = "strength_raised"
    BOUNDARY_LAXER = "boundary_laxer"
    BOUNDARY_STRICTER = "boundary_stricter"
    SECTION_ADDED = "section_added"
    SECTION_REMOVED = "section_removed"
    SECTION_SPLIT = "section_split"
    """New, and at least half of what it holds came from a section that is still there."""
    SECTION_MERGED = "section_merged"
    """Gone, and at least half of what it held is in a section that was there before."""
    BOUNDARY_ADDED = "boundary_added"
    BOUNDARY_REMOVED = "boundary_removed"
    BOUNDARY_CHANGED = "boundary_changed"
    """Its condition, its stage, or an effect that the lattice does not order."""
    DIRECTIVE_ADDED = "directive_added"
    DIRECTIVE_REMOVED = "directive_removed"
    DIRECTIVE_CHANGED = "directive_changed"
    CLAUSE_ADDED = "clause_added"
    CLAUSE_REMOVED = "clause_removed"
    CLAUSE_MOVED = "clause_moved"
    CLAUSE_AMENDED = "clause_amended"
    EXAMPLE_REGRADED = "example_regraded"
    EXPECTATION_CHANGED = "expectation_changed"
    CONVERSATION_CHANGED = "conversation_changed"
    EXAMPLE_ADDED = "example_added"
    EXAMPLE_REMOVED = "example_removed"
    EXAMPLE_MOVED = "example_moved"
    REASON_CHANGED = "reason_changed"
    CAPTION_CHANGED = "caption_changed"
    SECTION_RENAMED = "section_renamed"
    """Another id, and mostly the same contents."""
    SECTION_RETITLED = "section_retitled"
    SECTION_MOVED = "section_moved"
    """Another parent."""
    CLAUSE_RENAMED = "clause_renamed"
    """Another marker, or one taken away or given."""
    BOUNDARY_WORDING = "boundary_wording"
    """What the user is told."""
    SECTION_DEPTH = "section_depth"
    SECTIONS_REORDERED = "sections_reordered"
    CONTENTS_REORDERED = "contents_reordered"
    COMMENTARY_CHANGED = "commentary_changed"
    PROSE_CHANGED = "prose_changed"
    """Text that neither instructs nor comments."""
    FRONT_MATTER_CHANGED = "front_matter_changed"
    """Fields without a meaning to a policy, such as `version`."""


_K = Kind
WEIGHTS: Mapping[Kind, Weight] = MappingProxyType(
    dict.fromkeys(Kind, Weight.CLAUSE)
    | dict.fromkeys(
        (
            _K.LEVEL_RENAMED,
            _K.AUTHORITY_LOWERED,
            _K.AUTHORITY_RAISED,
            _K.AUTHORITY_CHANGED,
            _K.TAGS_CHANGED,
            _K.LADDER_CHANGED,
            _K.LAYER_CHANGED,
            _K.READING_CHANGED,
        ),
        Weight.AUTHORITY,
    )
    | dict.fromkeys(
        (_K.STRENGTH_LOWERED, _K.STRENGTH_RAISED, _K.BOUNDARY_LAXER, _K.BOUNDARY_STRICTER),
        Weight.STRENGTH,
    )
    | dict.fromkeys(
        (
            _K.EXAMPLE_REGRADED,
            _K.EXPECTATION_CHANGED,
            _K.CONVERSATION_CHANGED,
            _K.EXAMPLE_ADDED,
            _K.EXAMPLE_REMOVED,
        ),
        Weight.EXAMPLE,
    )
    | dict.fromkeys(tuple(Kind)[tuple(Kind).index(_K.EXAMPLE_MOVED) :], Weight.WORDING)
)
_QUIET = frozenset(tuple(Kind)[tuple(Kind).index(_K.SECTION_DEPTH) :])
"""Kinds that reports count and show last: nothing that instructs is touched."""
_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    kind: Kind
    effect: Effect
    what: str
    """One plain sentence; without ids of what changed, which stand beside it."""
    old_section: str | None
    new_section: str | None
    """Where it stands in each version; None where it has no place there."""
    old_id: str | None = None
    new_id: str | None = None
    """The section, clause, example, boundary or directive, or the front-matter field."""
    old: str | None = None
    new: str | None = None
    """Its text in each version; None where there is none."""
    also: tuple[Kind, ...] = ()
    """What else happened to the same part, in the order of reports."""
    similarity: int | None = None
    """Per cent of the words, weighed by rarity, where the parts were matched by that."""
    copies: int = 1
    """How many parts a change stands for that is told once."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind and what else happened."""
        return (self.kind, *self.also)

    @property
    def weight(self) -> Weight:
        """How much it matters: what changes wording only matters least."""
        heaviest = WEIGHTS[self.kind]
        worded = self.effect is Effect.WORDING and heaviest is not Weight.AUTHORITY
        return Weight.WORDING if worded else heaviest

    @property
    def quiet(self) -> bool:
        """Whether it touches nothing that instructs: order, commentary, prose, front matter."""
        return self.kind in _QUIET

    @property
    def section(self) -> str | None:
        """Where to show it: the new section, else the old one."""
        return self.new_section or self.old_section

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Both texts word by word."""
        return marks(self.old or "", self.new or "")


def combined(effects: Iterable[Effect]) -> Effect:
    """Return the effect of several changes to one part: a direction, where all agree on one."""
    found = set(effects) - {Effect.WORDING}
    directed = found & {Effect.MORE, Effect.LESS}
    if len(directed) == 1:
        return next(iter(directed))
    if directed or Effect.DIFFERENTLY in found:
        return Effect.DIFFERENTLY
    return Effect.NOBODY if found else Effect.WORDING


def in_order(kinds: Iterable[Kind]) -> tuple[Kind, ...]:
    """Return kinds, each once, heaviest first."""
    return tuple(sorted(set(kinds), key=lambda kind: (WEIGHTS[kind], _ORDER[kind])))


def rank(change: Change) -> tuple[int, int, bool]:
    """Return the place of a change in a report, before its place in the text."""
    return change.weight, _ORDER[change.kind], change.quiet
