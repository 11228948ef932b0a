"""What a regime asks, as data: a pack of obligations, with the questions they hang on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

READ, SECONDARY, RECALLED = "read", "secondary", "recalled"
VERIFIED = (READ, SECONDARY, RECALLED)
"""Whether the text itself was read, a source that quotes it, or neither."""

ORGANISATION = "organisation"
"""The actor that everybody is: what a voluntary framework asks."""


@dataclass(frozen=True, slots=True)
class Question:
    """What decides whether an obligation applies; nobody but the organisation can answer it."""

    id: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """An answer that an obligation needs in order to apply."""

    question: str
    answers: tuple[str, ...]
    """Any of these."""


@dataclass(frozen=True, slots=True)
class FromDate:
    """A date in force that depends on an answer."""

    condition: Condition
    day: date


@dataclass(frozen=True, slots=True)
class Asked:
    """One piece of evidence that an obligation needs."""

    query: str
    needs: str
    """What would be there, in words; shown as missing where it is not."""
    arguments: Mapping[str, object]
    within_days: int | None
    """Older evidence is out of date; None: its age does not matter."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing that a regime asks of an actor."""

    id: str
    title: str
    text: str
    actors: tuple[str, ...]
    """Any of these."""
    applies: tuple[Condition, ...]
    """All of these."""
    since: date | None
    """First day in force; None where there is none, as in a voluntary framework."""
    since_by: tuple[FromDate, ...]
    """Dates that depend on an answer; they come before `since`."""
    until: date | None
    """Last day in force."""
    source: str
    """Article or section."""
    verified: str
    """How well its content is: read, secondary or recalled."""
    since_verified: str
    """How well its dates are."""
    keep_for: str
    """How long documents about it are kept, in words; empty where nothing is said."""
    evidence: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """One regime."""

    id: str
    title: str
    jurisdiction: str
    source: str
    law_checked_on: date | None
    """When its content was last held against the law; None: it never was."""
    review_by: date
    questions: Mapping[str, Question]
    obligations: tuple[Obligation, ...]
    digest: str
    """Of the file."""
    place: str
    """The file, as shown to people."""

    def warnings(self, today: date) -> tuple[str, ...]:
        """Say why what it states should be looked at again."""
        found = []
        if self.law_checked_on is None:
            found.append(f"{self.id}: never held against its source: written from memory")
        elif self.law_checked_on > today:
            found.append(f"{self.id}: checked on {self.law_checked_on}, which is to come")
        if self.review_by < today:
            found.append(
                f"{self.id}: was to be reviewed by {self.review_by}: "
                "the law may have changed since it was checked"
            )
        return tuple(found)

    def verified(self) -> Mapping[str, int]:
        """Count its obligations by how well they are verified."""
        return {mark: sum(each.verified == mark for each in self.obligations) for mark in VERIFIED}
