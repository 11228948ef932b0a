"""A draft: every field of a form with what is recorded for it, and the records it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from charter.govern.incidents.state import UNKNOWN, VALUE, WITHHELD, Incident

FORMAT = "charter-incident-draft/1"
NOTHING = "nothing is recorded"
LIMITS = (
    "This is a draft filled from the record. It is no legal advice, nothing was sent to anybody, "
    "and whether it has to be sent is for people to decide."
)


@dataclass(frozen=True, slots=True)
class DraftField:
    """One field of a form."""

    point: str
    """Its number or path in the form."""
    title: str
    state: str
    """value, unknown or withheld."""
    value: str
    reason: str
    """Why it is unknown or withheld."""
    records: tuple[int, ...]
    """Numbers of the records it comes from; 0 is the opening."""

    @property
    def said(self) -> str:
        """What stands in the field: `unknown` where it is not known."""
        if self.state == VALUE:
            return self.value
        return f"{self.state}: {self.reason}" if self.reason else self.state


@dataclass(frozen=True, slots=True)
class Draft:
    """A form, filled as far as the record goes."""

    form: str
    title: str
    incident: str
    drill: bool
    number: int
    """Of the newest record that went in."""
    fields: tuple[DraftField, ...]
    document: Mapping[str, Any] | None = None
    """The form itself, where it is a format of its own."""


def of_field(incident: Incident, point: str, title: str, name: str) -> DraftField:
    """Return a field of a form that is a field of the incident."""
    found = incident.fields.get(name)
    if found is None:
        return DraftField(point, title, UNKNOWN, "", NOTHING, ())
    return DraftField(point, title, found.state, found.value, found.reason, (found.number,))


def joined(point: str, title: str, parts: Iterable[tuple[str, DraftField]]) -> DraftField:
    """Return several fields as one: what is known of each, named, and what is not."""
    found = list(parts)
    records = tuple(dict.fromkeys(number for _, part in found for number in part.records))
    known = [part for _, part in found if part.state == VALUE]
    if known:
        value = "\n".join(f"{name}: {part.said}" if name else part.said for name, part in found)
        return DraftField(point, title, VALUE, value, "", records)
    withheld = [part for _, part in found if part.state == WITHHELD]
    first = withheld[0] if withheld else found[0][1]
    return DraftField(point, title, first.state, "", first.reason, records)


def value_of(point: str, title: str, value: str, records: Iterable[int]) -> DraftField:
    """Return a field with a value; unknown where it is empty."""
    if not value:
        return DraftField(point, title, UNKNOWN, "", NOTHING, ())
    return DraftField(point, title, VALUE, value, "", tuple(dict.fromkeys(records)))


def either(first: DraftField, *others: DraftField) -> DraftField:
    """Return the first field that is more than unknown, else the first."""
    return next((each for each in (first, *others) if each.state != UNKNOWN), first)


def linked(incident: Incident, point: str, title: str, kinds: tuple[str, ...]) -> DraftField:
    """Return what is linked of some kinds, one a line."""
    lines: dict[str, int] = {}
    for event in incident.timeline:
        for link in event.links:
            if link.kind in kinds:
                lines.setdefault(f"{link.kind} {link.id}", event.number)
    return value_of(point, title, "\n".join(lines), lines.values())
