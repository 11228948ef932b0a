"""Diff -> one self-contained HTML page: no request to anywhere, readable without scripts.

All words of a spec are hostile: templates escape them, and hidden characters are made visible.
Layout, style and script are those of the evaluation report, with a few rules of its own.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from charter.evals.report.visible import reveal, reveal_html
from charter.spec.change import Change, Effect, Kind, Weight
from charter.spec.diff import Diff
from charter.spec.diff_sentences import sentences
from charter.spec.marks import Mark, Op, shortened
from charter.spec.spec import AUTHORITIES, Section
from charter.spec.stale import Stale

MAX_ROWS = 4000
"""Changes shown side by side; the rest is counted."""
CONTEXT = 400
"""Unchanged characters shown beside a change."""
LONGEST = 6000
"""Characters of a text that is new or gone as a whole."""

_FOLDED = ("example_", "conversation_", "expectation_", "reason_", "caption_")
_PLAIN = frozenset(
    {
        Kind.AUTHORITY_LOWERED,
        Kind.AUTHORITY_RAISED,
        Kind.AUTHORITY_CHANGED,
        Kind.TAGS_CHANGED,
        Kind.SECTION_ADDED,
        Kind.SECTION_REMOVED,
        Kind.SECTION_SPLIT,
        Kind.SECTION_MERGED,
        Kind.SECTION_RENAMED,
        Kind.SECTION_MOVED,
        Kind.SECTION_DEPTH,
        Kind.SECTIONS_REORDERED,
        Kind.CONTENTS_REORDERED,
    }
)
"""Kinds whose sentence says it all, so that no texts stand below it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One change with its two sides."""

    change: Change
    old: tuple[Mark, ...] | None
    new: tuple[Mark, ...] | None
    folded: bool
    """Whether it is opened by the reader: examples are long."""
    title: str
    """What a folded row shows."""

    @property
    def sides(self) -> bool:
        """Whether texts stand below the sentence."""
        return self.change.kind not in _PLAIN


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one section."""

    anchor: str
    title: str
    id: str
    section: Section | None
    """As it is now, or was where it is gone."""
    state: str
    """`new`, `gone`, or empty."""
    rows: tuple[Row, ...]
    quiet: tuple[Row, ...]

    @property
    def heaviest(self) -> Weight:
        """The smallest weight in it."""
        return min((row.change.weight for row in self.rows), default=Weight.WORDING)


def page(diff: Diff, stale: Stale, *, wording: bool = True) -> str:
    """Return the comparison as HTML; without `wording`, changes of effect only."""
    changes = [c for c in diff.changes if wording or c.weight is not Weight.WORDING]
    groups = _groups(diff, changes[:MAX_ROWS])
    links = {group.id: group.anchor for group in groups}
    told = sentences(diff)
    return _render(
        title=f"{diff.new.title} \u00b7 {_label(diff, 0)} and {_label(diff, 1)}",
        diff=diff,
        labels=(_label(diff, 0), _label(diff, 1)),
        lead=told[0],
        sentences=told[1:],
        top=[_row(c) for c in changes if c.weight in (Weight.AUTHORITY, Weight.STRENGTH)][:MAX_ROWS],
        document=[_row(c) for c in changes if c.section is None],
        groups=groups,
        links=links,
        effects=_effects(diff),
        left_out=len(diff.changes) - len(changes),
        cut=max(0, len(changes) - MAX_ROWS),
        stale=sorted(stale.items, key=lambda item: not item.broken)[:MAX_ROWS],
    )


def _label(diff: Diff, side: int) -> str:
    """Return what tells the two versions apart."""
    specs = diff.old, diff.new
    if specs[0].version != specs[1].version and specs[side].version:
        return str(specs[side].version)
    return ("old version", "new version")[side]


def _effects(diff: Diff) -> list[tuple[Effect, int]]:
    """Count changes that bind, by effect."""
    counted = [change.effect for change in diff.changes if change.weight <= Weight.CLAUSE]
    effects = (Effect.LESS, Effect.MORE, Effect.DIFFERENTLY)
    return [(effect, counted.count(effect)) for effect in effects]


def _groups(diff: Diff, changes: Sequence[Change]) -> list[Group]:
    """Return the sections with changes: those of the new version in order, then those gone."""
    by_section: dict[tuple[bool, str], list[Change]] = {}
    for change in changes:
        if change.section is not None:
            key = change.new_section is not None, change.section
            by_section.setdefault(key, []).append(change)
    order = [(True, section) for section in diff.new.sections]
    order += [(False, section) for section in diff.old.sections]
    kept = set(diff.ids.values())
    anchors = _anchors()
    found = []
    for here, section in order:
        listed = by_section.pop((here, section.id), None)
        if listed is None:
            continue
        state = "" if here and section.id in kept else "new" if here else "gone"
        if not here and section.id in diff.ids:
            state = ""
        rows = [_row(change) for change in sorted(listed, key=_place)]
        found.append(
            Group(
                next(anchors),
                section.title,
                section.id,
                section,
                state,
                tuple(row for row in rows if not row.change.quiet),
                tuple(row for row in rows if row.change.quiet),
            )
        )
    return found
