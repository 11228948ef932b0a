"""Versions of a spec and what changed between neighbours -> the life of every section.

Pure. Ids are followed by `Diff.ids` and `Diff.heirs` from version to version, so that whoever
linked to a section, clause or example of any version finds what became of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from charter.publish.edition import Edition
from charter.spec.changes.change import Change, Kind
from charter.spec.changes.diff import Diff, diff
from charter.spec.changes.diff_view import Place, places
from charter.spec.spec import Section


@dataclass(frozen=True, slots=True)
class Stand:
    """A section in one version."""

    place: int
    """Of the version, from the oldest, which is 0."""
    section: Section
    part: str
    """Slug of the part it is in."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to a section from one version to the next."""

    place: int
    """Of the newer version."""
    state: str
    """`new`, `gone`, or empty where both versions have it."""
    changes: tuple[Change, ...]
    heir: str | None = None
    """Where it is gone: the section of the newer version that took its place."""


@dataclass(frozen=True, slots=True)
class Former:
    """A clause or example that the text shown of its section no longer has under this id."""

    id: str
    place: int
    """The last version that has it."""
    section: str
    """Where it stood."""
    example: bool
    now: str | None
    """Its id in the newest version; None where it is nowhere."""


@dataclass(frozen=True, slots=True)
class Life:
    """One section id over all versions."""

    id: str
    stands: tuple[Stand, ...]
    """Oldest first; never empty."""
    steps: tuple[Step, ...]
    """Oldest first, those only in which something happened."""
    former: tuple[Former, ...]
    heir: str | None
    """The section of the newest version in its place, where this id is gone."""
    came_from: tuple[str, ...]
    """Ids of sections that are gone and whose text, or most of it, is here."""

    @property
    def last(self) -> Stand:
        """The newest version that has it: what its permanent page shows."""
        return self.stands[-1]


@dataclass(frozen=True, slots=True)
class History:
    """All versions, oldest to newest, and what became of every id."""

    editions: tuple[Edition, ...] = field(repr=False)
    diffs: tuple[Diff, ...] = field(repr=False)
    """Each version compared with the one before: one less than there are versions."""
    lives: Mapping[str, Life] = field(repr=False)
    """By section id, in the order of first appearance."""
    heirs: Mapping[str, str] = field(repr=False)
    """Id of a section, clause or example that the newest version does not have -> what the
    newest version has in its place."""

    places: tuple[Mapping[tuple[bool, str], Place], ...] = field(repr=False)
    """Beside `diffs`: where the comparison shows a section, by whether the newer version has it
    and its id."""

    def label(self, place: int) -> str:
        """Return what people call a version."""
        return self.editions[place].label


def neighbours(editions: Sequence[Edition]) -> tuple[Diff, ...]:
    """Compare each version with the one before it."""
    return tuple(diff(old.spec, new.spec) for old, new in pairwise(editions))


def history(editions: Sequence[Edition], diffs: Sequence[Diff] | None = None) -> History:
    """Return the life of every section over versions given oldest first. There is at least one."""
    found = tuple(neighbours(editions) if diffs is None else diffs)
    stands: dict[str, list[Stand]] = {}
    for place, each in enumerate(editions):
        for section in each.spec.index.values():
            stand = Stand(place, section, each.part_of[section.id])
            stands.setdefault(section.id, []).append(stand)
    steps = _steps(found)
    last = _last_places(editions)
    heirs = dict(_heirs(found, last, len(editions) - 1))
    origins: dict[str, list[str]] = {}
    for old, new in heirs.items():
        if old in stands and new in stands:
            origins.setdefault(new, []).append(old)
    lives = {
        id_: Life(
            id_,
            tuple(own),
            tuple(steps.get(id_, ())),
            tuple(_former(own, heirs, last, len(editions) - 1)),
            heirs.get(id_) if own[-1].place < len(editions) - 1 else None,
            tuple(origins.get(id_, ())),
        )
        for id_, own in stands.items()
    }
    return History(
        tuple(editions),
        found,
        MappingProxyType(lives),
        MappingProxyType(heirs),
        tuple(_places(each) for each in found),
    )


def _places(diff_: Diff) -> Mapping[tuple[bool, str], Place]:
    listed = places(diff_, diff_.changes)
    return {(place.state != "gone", place.section.id): place for place in listed}


def _steps(diffs: Sequence[Diff]) -> dict[str, list[Step]]:
    """Return what happened, by section id, oldest first."""
    found: dict[str, list[Step]] = {}
    for place, each in enumerate(diffs, start=1):
        about: dict[str, list[Change]] = {}
        for change in each.changes:
            for id_ in _touched(each, change):
                about.setdefault(id_, []).append(change)
        renamed = each.of(Kind.LEVEL_RENAMED)
        for section in each.old.index.values():
            names = [change for change in renamed if section.authority == change.new]
            if names:
                about[section.id] = [*names, *about.get(section.id, ())]
        for id_, changes in about.items():
            was, is_ = id_ in each.old.index, id_ in each.new.index
            state = "" if was and is_ else "new" if is_ else "gone"
            heir = each.successor(id_) if state == "gone" else None
            found.setdefault(id_, []).append(Step(place, state, tuple(changes), heir))
    return found


def _touched(diff_: Diff, change: Change) -> list[str]:
    """Return the ids of the sections that a change is about, each once."""
    home = diff_.home(change)
    ids = (change.old_section, change.new_section, home[1] if home else None)
    return list(dict.fromkeys(id_ for id_ in ids if id_ is not None))


def _ids(section: Section) -> Iterator[tuple[str, bool]]:
    """Yield the ids in a section, and whether each is of an example."""
    yield from ((clause.id, False) for clause in section.clauses)
    yield from ((example.id, True) for example in section.examples)


def _last_places(editions: Sequence[Edition]) -> dict[str, int]:
    """Return the newest version that has an id: of a section, clause or example."""
    return {
        id_: place
        for place, each in enumerate(editions)
        for section in each.spec.index.values()
        for id_ in (section.id, *(id_ for id_, _ in _ids(section)))
    }


def _heirs(
    diffs: Sequence[Diff], last: Mapping[str, int], newest: int
) -> Iterator[tuple[str, str]]:
    for id_, place in last.items():
        now: str | None = id_
        for each in diffs[place:]:
            now = each.successor(now) if now is not None else None
        if place < newest and now is not None and last.get(now) == newest:
            yield id_, now


def _former(
    stands: Sequence[Stand], heirs: Mapping[str, str], last: Mapping[str, int], newest: int
) -> Iterator[Former]:
    shown = {id_ for id_, _ in _ids(stands[-1].section)}
    for stand in reversed(stands[:-1]):
        for id_, example in _ids(stand.section):
            if id_ not in shown:
                shown.add(id_)
                now = id_ if last[id_] == newest else heirs.get(id_)
                yield Former(id_, stand.place, stand.section.id, example, now)


# In words

_SAID = {
    Kind.SECTION_RETITLED: "retitled: \u201c{old}\u201d is now \u201c{new}\u201d",
    Kind.SECTION_RENAMED: "its id was {old} and is {new} now",
}
_COUNTED = (
    ("clause", Kind.CLAUSE_ADDED, "added"),
    ("clause", Kind.CLAUSE_REMOVED, "removed"),
    ("clause", Kind.CLAUSE_AMENDED, "amended"),
    ("example", Kind.EXAMPLE_ADDED, "added"),
    ("example", Kind.EXAMPLE_REMOVED, "removed"),
    ("example", Kind.EXAMPLE_REGRADED, "graded differently"),
    ("example", Kind.CONVERSATION_CHANGED, "with another conversation"),
)
_MOVED = ((Kind.CLAUSE_MOVED, "clause"), (Kind.EXAMPLE_MOVED, "example"))
_PARTS = (
    "clause_",
    "strength_",
    "example_",
    "conversation_",
    "expectation_",
    "reason_",
    "caption_",
)
"""How kinds begin that befall one part of a section; they are counted."""
_SMALL = frozenset({Kind.COMMENTARY_CHANGED, Kind.PROSE_CHANGED, Kind.CONTENTS_REORDERED})


def told(history_: History, life: Life, step: Step) -> tuple[str, ...]:
    """Return what happened to a section in sentences, the heaviest first; never empty."""
    found = [
        _whole(change)
        for change in step.changes
        if not change.kind.startswith(_PARTS) and change.kind not in _SMALL
    ]
    if step.state != "new":
        found += _strength(step.changes)
    titles = _titles(history_, step.place)
    found += _moved(life.id, step.changes, titles)
    if step.state != "new":
        found += _numbers(step.changes)
    if any(change.kind in _SMALL for change in step.changes):
        found.append("commentary or explanation changed")
    said = tuple(f"{each[:1].upper()}{each[1:]}." for each in dict.fromkeys(found))
    return said or ("Changed in form only.",)


def _whole(change: Change) -> str:
    """Return what happened to a section as a whole, or to a rule without words."""
    old, new = change.old or "", change.new or ""
    if change.kind is Kind.LEVEL_RENAMED:
        return f"the level of authority \u201c{old}\u201d is called \u201c{new}\u201d now"
    if change.kind in _SAID:
        return _SAID[change.kind].format(old=old, new=new)
    if change.kind in (Kind.SECTION_ADDED, Kind.SECTION_REMOVED):
        return change.what.partition("; some of it ")[0]  # which the moved clauses say
    return change.what


def _titles(history_: History, place: int) -> Callable[[str], str]:
    """Return what names a section of a version, or of the one before where it is gone."""
    new, old = (history_.editions[at].spec.index for at in (place, place - 1))

    def title(id_: str) -> str:
        found = new.get(id_) or old.get(id_)
        return f"\u201c{found.title}\u201d" if found else id_

    return title


def _moved(id_: str, changes: Iterable[Change], title: Callable[[str], str]) -> Iterator[str]:
    moves: Counter[tuple[str, str, str]] = Counter()
    for change in changes:
        for kind, noun in _MOVED:
            if kind in change.kinds and change.old_section != change.new_section:
                out = change.old_section == id_
                other = change.new_section if out else change.old_section
                moves[noun, "moved to" if out else "came from", other or ""] += 1
    for (noun, way, other), number in moves.items():
        yield f"{_number(number, noun)} {way} {title(other)}"


def _strength(changes: Sequence[Change]) -> Iterator[str]:
    for kind, words in (
        (Kind.STRENGTH_LOWERED, "more weakly"),
        (Kind.STRENGTH_RAISED, "more strongly"),
    ):
        number = sum(kind in change.kinds for change in changes)
        if number:
            verb = "binds" if number == 1 else "bind"
            yield f"{_number(number, 'clause')} {verb} {words} than before"


def _numbers(changes: Sequence[Change]) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for noun, kind, words in _COUNTED:
        number = sum(kind in change.kinds for change in changes)
        if number:
            found.setdefault(noun, []).append(f"{_number(number, noun)} {words}")
    yield from (", ".join(parts) for parts in found.values())


def _number(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
