"""What people said, wherever it came from: one form for our own surveys and every importer.

All is joined by key. The order in which anything was read never matters: whoever makes one of
these sorts by key, and a property of every importer says so. What somebody never saw is no value
here, and never a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.source import Finding

AGREE, PASS, DISAGREE = 1, 0, -1
PERSONAL, WORLD = "personal", "world"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: a statement, a set of candidate answers, or a rule to rate."""

    id: str
    kind: str
    """statement, comparison or rubric."""
    text: str
    """In the first language."""
    clauses: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    """Ids of the candidates of a comparison."""
    withheld: bool = False
    """Taken out by a moderator: shown to nobody any more, and in no figure of groups."""
    prompt: str = ""
    """Of a comparison: what the candidates answer; for a rater or ranker to read."""
    candidates: Mapping[str, str] = field(default_factory=dict)
    """Of a comparison: the words of each candidate, by id."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who took part. `id` is a pseudonym."""

    id: str
    channel: str
    """open or panel: never in one figure together."""
    language: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
    """What they said of themselves; a trait that is not there was not said."""
    noted: tuple[str, ...] = ()
    """What was noted of how they took part."""


@dataclass(frozen=True, slots=True)
class Vote:
    """A person on a statement: 1 agrees, -1 disagrees, 0 passes."""

    person: str
    item: str
    value: int


@dataclass(frozen=True, slots=True)
class Rating:
    """A person on a rule."""

    person: str
    item: str
    value: int


@dataclass(frozen=True, slots=True)
class Order:
    """A person on the candidates of a comparison."""

    person: str
    item: str
    scope: str
    """personal or world."""
    groups: tuple[tuple[str, ...], ...]
    """Ids of answers, the best first; those in one group are level."""


@dataclass(frozen=True, slots=True)
class Barred:
    """A person holds candidates of a comparison unacceptable; none is an answer too."""

    person: str
    item: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a person's own words: shown to nobody before it was read and accepted."""

    person: str
    item: str
    scope: str
    text: str


@dataclass(frozen=True, slots=True)
class Voices:
    """Everything that was said, sorted by key."""

    source: str
    """What it is and where it comes from, in words."""
    digest: str
    """Of what was read: another digest, other voices."""
    asked: tuple[Asked, ...]
    people: tuple[Person, ...]
    votes: tuple[Vote, ...] = ()
    ratings: tuple[Rating, ...] = ()
    orders: tuple[Order, ...] = ()
    barred: tuple[Barred, ...] = ()
    reasons: tuple[Reason, ...] = ()
    published: Mapping[str, str] = field(default_factory=dict)
    """Groups that whoever published the votes saw: one algorithm's view, by person."""
    findings: tuple[Finding, ...] = ()
    """What did not add up."""
