"""An author's notes on versions and on single changes: a YAML file -> Notes.

    2025-12-18:
      note: Why this version.
      changes:
        avoid_errors: Why this rule changed.

Texts are Markdown; they are shown beside what the comparison found, never in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from charter.errors import ParseError
from charter.publish.history import History
from charter.source import Source, Span
from charter.spec.changes.diff import Diff
from charter.syntax.mapping import Fields, load_mapping

_KEYS = ("note", "changes")
_NAMED = 8
"""Unknown names listed in one line; the rest is counted."""


@dataclass(frozen=True, slots=True)
class VersionNote:
    """What an author says of one version."""

    note: str | None = None
    changes: Mapping[str, str] = field(default_factory=dict)
    """By id of what changed: a section, clause, example or other part, in either version."""


@dataclass(frozen=True, slots=True)
class Notes:
    """All notes, by the slug of the version."""

    versions: Mapping[str, VersionNote] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    """Versions that are not published, and `version: id` of what did not change in it."""
    path: str = ""

    def of(self, slug: str) -> VersionNote:
        """Return the notes on a version; empty where there are none."""
        return self.versions.get(slug, VersionNote())

    @property
    def complaint(self) -> str | None:
        """One line about what is unknown; None where all is known."""
        if not self.unknown:
            return None
        more = len(self.unknown) - _NAMED
        listed = ", ".join(f"{name!r:.100}" for name in self.unknown[:_NAMED])
        tail = f" and {more} more" if more > 0 else ""
        return f"{self.path}: nothing of this name changed: {listed}{tail}"


def read_notes(source: Source, history: History) -> Notes:
    """Read notes on published versions.

    Raises ParseError, with the place, for what is no such file. A name that no version has is no
    error: `Notes.complaint` says so.
    """
    fields = load_mapping(source.text, deep=True)
    if fields.error:
        where = source.locate(Span(fields.error_offset, fields.error_offset))
        raise ParseError(fields.error, hint="notes are YAML: see docs/publish.md", place=where)
    places = {each.slug: at for at, each in enumerate(history.editions)}
    places |= {each.label: at for at, each in enumerate(history.editions)}
    found: dict[str, VersionNote] = {}
    unknown: list[str] = []
    for name, value in fields.values.items():
        note = _version_note(source, fields, name, value)
        place = places.get(name)
        if place is None:
            unknown.append(name)
            continue
        ids = changed_ids(history.diffs[place - 1]) if place else frozenset()
        unknown += [f"{name}: {id_}" for id_ in note.changes if id_ not in ids]
        kept = {id_: text for id_, text in note.changes.items() if id_ in ids}
        found[history.editions[place].slug] = VersionNote(note.note, kept)
    return Notes(found, tuple(unknown), source.path)


def changed_ids(diff: Diff) -> frozenset[str]:
    """Return the ids of what changed, in either version, with the sections they are in."""
    found = (
        id_
        for change in diff.changes
        for id_ in (change.old_id, change.new_id, change.old_section, change.new_section)
    )
    return frozenset(id_ for id_ in found if id_ is not None)


def _version_note(source: Source, fields: Fields, name: str, value: object) -> VersionNote:
    if isinstance(value, str):
        return VersionNote(value)
    if not isinstance(value, Mapping):
        _refuse(source, fields, name, "a note is a text, or `note` and `changes`")
    for key in value:
        if key not in _KEYS:
            _refuse(source, fields, f"{name}.{key}", "only `note` and `changes` are known here")
    note, changes = value.get("note"), value.get("changes", {})
    if note is not None and not isinstance(note, str):
        _refuse(source, fields, f"{name}.note", "a note is a text")
    if not isinstance(changes, Mapping):
        _refuse(source, fields, f"{name}.changes", "`changes` has an id and a text on each line")
    return VersionNote(note, dict(_texts(source, fields, name, changes)))


def _texts(
    source: Source, fields: Fields, name: str, changes: Mapping[object, object]
) -> Iterable[tuple[str, str]]:
    for id_, text in changes.items():
        if not isinstance(id_, str) or not isinstance(text, str):
            _refuse(source, fields, f"{name}.changes.{id_}", "an id and a text are wanted")
        yield id_, text


def _refuse(source: Source, fields: Fields, path: str, what: str) -> NoReturn:
    """Raise ParseError at the place of a value."""
    span = fields.spans.get(path) or Span(0, 0)
    raise ParseError(what, hint="see docs/publish.md", place=source.locate(span))
