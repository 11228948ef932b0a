"""Diff -> plain sentences, for people who have not read the spec: the heaviest change first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from charter.spec.changes.change import Change, Effect, Kind
from charter.spec.changes.diff import Diff
from charter.spec.overlays.terms import CONDITIONS

LISTED = 12
"""Titles named in one sentence; the others are counted."""

_K = Kind


def sentences(diff: Diff) -> tuple[str, ...]:
    """Return what changed in sentences; never empty."""
    if diff.identical:
        return ("Nothing changed: both texts are the same.",)
    found = tuple(_sentences(diff))
    return found or ("The texts differ in layout only.",)


def _sentences(diff: Diff) -> Iterator[str]:
    if not diff.changes:
        return
    if not diff.substance:
        yield "Nothing that binds changed: only wording, names or order."
    yield from _authority(diff)
    yield from _strength(diff)
    yield from _rules(diff)
    yield from _sections(diff)
    yield from _clauses(diff)
    yield from _examples(diff)
    yield from _quiet(diff)
    if not diff.complete:
        yield (
            "So much changed that not everything could be compared: some of what shows as removed "
            "and added may have been moved or amended."
        )


def _authority(diff: Diff) -> Iterator[str]:
    for change in diff.of(_K.LEVEL_RENAMED):
        keep = "keeps its rank" if change.copies == 1 else "keep their rank"
        yield (
            f"The level of authority {_quoted(change.old)} is called {_quoted(change.new)} now; "
            f"{_number(change.copies, 'section')} {keep} under the new name."
        )
    groups: dict[tuple[Kind, str, str, str], list[Change]] = {}
    for change in diff.of(_K.AUTHORITY_LOWERED, _K.AUTHORITY_RAISED, _K.AUTHORITY_CHANGED):
        since = change.what.partition(": now ")[2]
        key = change.kind, change.old or "", change.new or "", since
        groups.setdefault(key, []).append(change)
    for (kind, was, now, since), changes in groups.items():
        verb = {_K.AUTHORITY_LOWERED: "lowered", _K.AUTHORITY_RAISED: "raised"}.get(kind, "changed")
        said = since
        if len(changes) > 1:
            said = since.replace("set it", "set them").replace("it binds", "they bind")
            said = said.replace("by itself", "by themselves")
        yield (
            f"{_number(len(changes), 'section')} {_was(changes)} {verb} from {was} to {now}: "
            f"{_titles(diff, changes)}. Now {said}."
        )
    for change in diff.of(_K.TAGS_CHANGED):
        yield f"{_title(diff, change)} is {change.what.replace('; it binds', ', so it binds')}."
    yield from _one_by_one(diff.of(_K.READING_CHANGED), "The {what}")
    if diff.of(_K.LADDER_CHANGED):
        yield "The ladder of authority itself changed."
    fields = diff.of(_K.LAYER_CHANGED)
    if fields:
        names = ", ".join(str(change.new_id or change.old_id) for change in fields)
        yield f"Front matter that counts for a policy changed: {names}."


def _strength(diff: Diff) -> Iterator[str]:
    for kind, words in (
        (_K.STRENGTH_LOWERED, "more weakly"),
        (_K.STRENGTH_RAISED, "more strongly"),
    ):
        changes = diff.of(kind)
        if changes:
            verb = "binds" if len(changes) == 1 else "bind"
            steps = Counter(_step(change) for change in changes)
            listed = ", ".join(f"{number} {step}" for step, number in sorted(steps.items()))
            yield (
                f"{_number(len(changes), 'clause')} {verb} {words} than before ({listed}): "
                f"{_places(diff, changes)}."
            )


def _step(change: Change) -> str:
    """Return `from must to may`, which the change says in these words."""
    return change.what.partition(";")[0].partition(" from ")[2]


def _rules(diff: Diff) -> Iterator[str]:
    for kind, words in (
        (_K.BOUNDARY_LAXER, "laxer"),
        (_K.BOUNDARY_STRICTER, "stricter"),
        (_K.BOUNDARY_ADDED, "new"),
        (_K.BOUNDARY_REMOVED, "gone"),
        (_K.BOUNDARY_CHANGED, "tested differently"),
    ):
        changes = diff.of(kind)
        if changes:
            names = _named(
                [change.new_id or change.old_id or "one without id" for change in changes]
            )
            yield f"{_number(len(changes), 'boundary')} {_is(changes)} {words}: {names}."
    directives = diff.of(_K.DIRECTIVE_ADDED, _K.DIRECTIVE_REMOVED, _K.DIRECTIVE_CHANGED)
    if directives:
        number = _number(len(directives), "directive")
        yield f"{number} {_was(directives)} added, removed or changed."


def _sections(diff: Diff) -> Iterator[str]:
    added = diff.of(_K.SECTION_ADDED, _K.SECTION_SPLIT)
    if added:
        yield f"{_number(len(added), 'section')} {_is(added)} new: {_titles(diff, added)}."
    removed = diff.of(_K.SECTION_REMOVED, _K.SECTION_MERGED)
    if removed:
        titles = _named([_quoted(change.old) for change in removed])
        yield f"{_number(len(removed), 'section')} {_is(removed)} gone: {titles}."
    for change in diff.of(_K.SECTION_MERGED):
        yield f"Most of what {_quoted(change.old)} said is in {_quoted(change.new)} now."
    for change in diff.of(_K.SECTION_SPLIT):
        yield f"{_quoted(change.new)} was split off from {_quoted(change.old)}."
    renamed = diff.of(_K.SECTION_RENAMED)
    if renamed:
        pairs = _named([f"{change.old} is {change.new}" for change in renamed], "; ")
        has = "has its contents" if len(renamed) == 1 else "have their contents"
        yield f"{_number(len(renamed), 'section')} mostly {has} under another id: {pairs}."
    retitled = diff.of(_K.SECTION_RETITLED)
    if retitled:
        pairs = _named([f"{_quoted(c.old)} is now {_quoted(c.new)}" for c in retitled], "; ")
        yield f"{_number(len(retitled), 'section')} {_was(retitled)} retitled: {pairs}."
    moved = diff.of(_K.SECTION_MOVED)
    if moved:
        yield (
            f"{_number(len(moved), 'section')} {_is(moved)} under another heading now: "
            f"{_titles(diff, moved)}."
        )


def _clauses(diff: Diff) -> Iterator[str]:
    parts = []
    for kind, words in (
        (_K.CLAUSE_ADDED, "added"),
        (_K.CLAUSE_REMOVED, "removed"),
        (_K.CLAUSE_MOVED, "moved to another section"),
    ):
        number = len(diff.of(kind))
        if number:
            parts.append(f"{number} {words}")
    amended = diff.of(_K.CLAUSE_AMENDED)
    alike = sum(change.effect is Effect.WORDING for change in amended)
    if amended:
        note = f" ({alike} of them in form only)" if alike else ""
        parts.append(f"{len(amended)} amended{note}")
    if parts:
        yield f"Clauses: {', '.join(parts)}."
    effects = diff.effects
    more, less = effects[Effect.MORE], effects[Effect.LESS]
    if more or less or effects[Effect.DIFFERENTLY]:
        yield (
            f"By their form, {more} of all changes of rules bind more, {less} bind less, and "
            f"{effects[Effect.DIFFERENTLY]} may bind differently. What they come to, only reading "
            "them tells."
        )


def _examples(diff: Diff) -> Iterator[str]:
    parts = []
    for kind, words in (
        (_K.EXAMPLE_ADDED, "added"),
        (_K.EXAMPLE_REMOVED, "removed"),
        (_K.EXAMPLE_REGRADED, "graded differently"),
        (_K.EXPECTATION_CHANGED, "expecting something else"),
        (_K.CONVERSATION_CHANGED, "with another conversation"),
    ):
        changes = [each for each in diff.of(kind) if each.effect is not Effect.WORDING]
        if changes:
            parts.append(f"{len(changes)} {words}")
    if parts:
        yield f"Examples: {', '.join(parts)}."
    turned = [c for c in diff.of(_K.EXAMPLE_REGRADED) if "turned around" in c.what]
    if turned:
        number = _number(len(turned), "example")
        yield f"A verdict was turned around in {number}: {_places(diff, turned)}."


def _quiet(diff: Diff) -> Iterator[str]:
    parts = []
    for kinds, noun in (
        ((_K.COMMENTARY_CHANGED,), "commentary box"),
        ((_K.PROSE_CHANGED,), "explanation"),
        ((_K.SECTIONS_REORDERED, _K.CONTENTS_REORDERED, _K.SECTION_DEPTH), "change of order"),
        ((_K.FRONT_MATTER_CHANGED,), "front-matter field"),
    ):
        number = len(diff.of(*kinds))
        if number:
            parts.append(_number(number, noun))
    if parts:
        yield f"Besides, without touching a rule: {', '.join(parts)}."


def _one_by_one(changes: Iterable[Change], form: str) -> Iterator[str]:
    for change in changes:
        yield form.format(what=change.what) + "."


def _titles(diff: Diff, changes: Sequence[Change]) -> str:
    return _named([_title(diff, change) for change in changes])


def _places(diff: Diff, changes: Sequence[Change]) -> str:
    return _named(list(dict.fromkeys(_title(diff, change) for change in changes)))


def _title(diff: Diff, change: Change) -> str:
    """Return the title of the section a change is in, with its standing where it is new."""
    spec = diff.new if change.new_section else diff.old
    section = spec.index.get(change.section or "")
    if section is None:
        return change.section or "the document"
    if change.kind not in (_K.SECTION_ADDED, _K.SECTION_SPLIT):
        return _quoted(section.title)
    notes = [section.authority or "no authority"]
    notes += [f"only where {tag} is on" for tag in section.tags if tag in CONDITIONS]
    return f"{_quoted(section.title)} ({', '.join(notes)})"


def _quoted(text: str | None) -> str:
    return f"\u201c{text}\u201d"


def _named(names: Sequence[str], between: str = ", ") -> str:
    if len(names) > LISTED:
        return f"{between.join(names[:LISTED])} and {len(names) - LISTED} more"
    last = between if between == "; " else " and "
    return last.join(filter(None, (between.join(names[:-1]), names[-1])))


_PLURALS = {
    "boundary": "boundaries",
    "change of order": "changes of order",
    "commentary box": "commentary boxes",
}


def _number(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {_PLURALS.get(noun, noun + 's')}"


def _is(changes: Sequence[Change]) -> str:
    return "is" if len(changes) == 1 else "are"


def _was(changes: Sequence[Change]) -> str:
    return "was" if len(changes) == 1 else "were"
