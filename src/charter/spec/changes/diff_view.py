"""Diff -> what a page shows of it: changes by section, each with its two sides marked and cut.

For every page that shows two versions: `charter diff --format html` and a published site.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from charter.spec.changes.change import Change, Kind, Weight
from charter.spec.changes.diff import Diff
from charter.spec.changes.marks import Mark, Op, shortened
from charter.spec.spec import Section

MAX_ROWS = 4000
"""Changes shown side by side; the rest is counted."""
CONTEXT = 400
"""Unchanged characters shown beside a change."""
LONGEST = 6000
"""Characters of a text that is new or gone as a whole."""

_FOLDED = ("example_", "conversation_", "expectation_", "reason_", "caption_")
"""How kinds begin whose texts are conversations."""
_PLAIN = frozenset(
    {
        Kind.LEVEL_RENAMED,
        Kind.READING_CHANGED,
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
class Place:
    """A section with changes, and where a page shows them."""

    anchor: str
    section: Section
    """As it is now; as it was where it is gone."""
    state: str
    """`new`, `gone`, or empty."""
    changes: tuple[Change, ...]

    @property
    def heavy(self) -> bool:
        """Whether an authority or a strength changed in it."""
        return any(change.weight <= Weight.STRENGTH for change in self.changes)


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one section."""

    anchor: str
    section: Section
    """As it is now; as it was where it is gone."""
    state: str
    """`new`, `gone`, or empty."""
    rows: tuple[Row, ...]
    quiet: tuple[Row, ...]

    @property
    def heavy(self) -> bool:
        """Whether an authority or a strength changed in it."""
        return any(row.change.weight <= Weight.STRENGTH for row in self.rows)


def view_row(change: Change) -> Row:
    """Return a change with what is shown of its texts."""
    pieces = [Mark(op, _cut(text)) for op, text in shortened(change.marks, CONTEXT)]
    folded = change.kind.startswith(_FOLDED)
    title = (change.new or change.old or "").partition("\n")[0] if folded else ""
    return Row(
        change,
        old=None if change.old is None else tuple(p for p in pieces if p.op is not Op.NEW),
        new=None if change.new is None else tuple(p for p in pieces if p.op is not Op.GONE),
        folded=folded,
        title=title,
    )


def top_rows(changes: Iterable[Change]) -> list[Row]:
    """Return the changes of authority and of strength, which come before all others."""
    heavy = (Weight.AUTHORITY, Weight.STRENGTH)
    return [view_row(each) for each in changes if each.weight in heavy][:MAX_ROWS]


def document_rows(changes: Iterable[Change]) -> list[Row]:
    """Return the changes of the document as a whole that `top_rows` does not have."""
    return [
        view_row(each)
        for each in changes
        if each.section is None and each.weight is not Weight.AUTHORITY
    ][:MAX_ROWS]


def places(diff: Diff, changes: Sequence[Change]) -> list[Place]:
    """Return the sections with changes: those of the new version in order, then those gone."""
    listed: dict[tuple[bool, str], list[Change]] = {}
    for change in changes[:MAX_ROWS]:
        home = diff.home(change)
        if home is not None:
            listed.setdefault(home, []).append(change)
    order = [(True, section) for section in diff.new.sections]
    order += [(False, section) for section in diff.old.sections]
    there = {new for old, new in diff.ids.items() if old in diff.old.index}
    names: set[str] = set()
    found = []
    for here, section in order:
        own = listed.pop((here, section.id), ())
        if own:
            state = ("" if section.id in there else "new") if here else "gone"
            name = _anchor(section.id, names)
            names.add(name)
            found.append(Place(name, section, state, tuple(own)))
    return found


def groups(diff: Diff, changes: Sequence[Change]) -> list[Group]:
    """Return `places`, with what is shown of each change."""
    return [
        Group(
            anchor=place.anchor,
            section=place.section,
            state=place.state,
            rows=tuple(view_row(change) for change in place.changes if not change.quiet),
            quiet=tuple(view_row(change) for change in place.changes if change.quiet),
        )
        for place in places(diff, changes)
    ]


def side_label(diff: Diff, side: int) -> str:
    """Return what tells the two versions apart; `side` is 0 for the old one, 1 for the new."""
    specs = diff.old, diff.new
    if specs[0].version != specs[1].version and specs[side].version:
        return str(specs[side].version)
    return ("old version", "new version")[side]


def _anchor(section_id: str, taken: Collection[str]) -> str:
    """Return a name for a link, told apart from those that became equal when made safe."""
    name = wanted = "s-" + re.sub(r"[^A-Za-z0-9_-]", "-", section_id)[:80]
    number = 1
    while name in taken:
        number += 1
        name = f"{wanted}.{number}"
    return name


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]} \u2026 ({len(text) - LONGEST:,} characters left out here)"
