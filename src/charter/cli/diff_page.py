"""Diff -> one self-contained HTML page: no request to anywhere, readable without scripts.

All words of a spec are hostile: templates escape them, and hidden characters are made visible.
Layout, style and script are those of the evaluation report, with a few rules of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment

from charter.cli.page import environment, render
from charter.spec.changes.change import Change, Effect, Kind, Weight
from charter.spec.changes.diff import Diff
from charter.spec.changes.diff_sentences import sentences
from charter.spec.changes.marks import Mark, Op, shortened
from charter.spec.changes.stale import Stale, alike
from charter.spec.spec import AUTHORITIES, Section

MAX_ROWS = 4000
"""Changes shown side by side; the rest is counted."""
CONTEXT = 400
"""Unchanged characters shown beside a change."""
LONGEST = 6000
"""Characters of a text that is new or gone as a whole."""

_FOLDED = ("example_", "conversation_", "expectation_", "reason_", "caption_")
"""How kinds begin whose texts are conversations."""
_FIGURES = (Effect.LESS, Effect.MORE, Effect.DIFFERENTLY)
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


def page(diff: Diff, stale: Stale, *, wording: bool = True) -> str:
    """Return the comparison as HTML; without `wording`, changes of effect only."""
    changes = [c for c in diff.changes if wording or c.weight is not Weight.WORDING]
    groups = _groups(diff, changes[:MAX_ROWS])
    links = {group.section.id: group for group in groups}
    told = sentences(diff)
    return render(
        _environment(),
        "diff.html.j2",
        styles=("diff.css.j2",),
        title=f"{diff.new.title} \u00b7 {_label(diff, 0)} and {_label(diff, 1)}",
        diff=diff,
        labels=(_label(diff, 0), _label(diff, 1)),
        lead=told[0],
        sentences=told[1:],
        top=[_row(c) for c in changes if c.weight in (Weight.AUTHORITY, Weight.STRENGTH)][
            :MAX_ROWS
        ],
        document=[
            _row(c) for c in changes if c.section is None and c.weight is not Weight.AUTHORITY
        ],
        groups=groups,
        links=links,
        effects=[(effect, diff.effects[effect]) for effect in _FIGURES],
        left_out=len(diff.changes) - len(changes),
        cut=max(0, len(changes) - MAX_ROWS),
        stale=alike(stale.items)[:MAX_ROWS],
        stale_count=len(stale.items),
    )


def _label(diff: Diff, side: int) -> str:
    """Return what tells the two versions apart."""
    specs = diff.old, diff.new
    if specs[0].version != specs[1].version and specs[side].version:
        return str(specs[side].version)
    return ("old version", "new version")[side]


def _groups(diff: Diff, changes: Sequence[Change]) -> list[Group]:
    """Return the sections with changes: those of the new version in order, then those gone."""
    listed: dict[tuple[bool, str], list[Change]] = {}
    for change in changes:
        home = diff.home(change)
        if home is not None:
            listed.setdefault(home, []).append(change)
    order = [(True, section) for section in diff.new.sections]
    order += [(False, section) for section in diff.old.sections]
    there = {new for old, new in diff.ids.items() if old in diff.old.index}
    names: set[str] = set()
    found = []
    for here, section in order:
        rows = [_row(change) for change in listed.pop((here, section.id), ())]
        if rows:
            state = "" if section.id in there else "new"
            found.append(
                Group(
                    anchor=_anchor(section.id, names),
                    section=section,
                    state=state if here else "gone",
                    rows=tuple(row for row in rows if not row.change.quiet),
                    quiet=tuple(row for row in rows if row.change.quiet),
                )
            )
    return found


def _anchor(section_id: str, taken: set[str]) -> str:
    """Return a name for a link, told apart from those that became equal when made safe."""
    name = wanted = "s-" + re.sub(r"[^A-Za-z0-9_-]", "-", section_id)[:80]
    number = 1
    while name in taken:
        number += 1
        name = f"{wanted}.{number}"
    taken.add(name)
    return name


def _row(change: Change) -> Row:
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


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]} \u2026 ({len(text) - LONGEST:,} characters left out here)"


@cache
def _environment() -> Environment:
    return environment(authorities=AUTHORITIES, Weight=Weight, Effect=Effect)
