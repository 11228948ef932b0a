"""What a survey is: items in several languages, what is promised, and how it will be read.

Everything that decides a figure later (the size below which nothing is shown, the floor that a
proposal must reach) is written down here, before anybody answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from charter.records.survey import CHANNELS

Text: TypeAlias = Mapping[str, str]
"""Words by language (BCP 47); every language of the survey has them."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Something to agree or disagree with, or to pass."""

    id: str
    clauses: tuple[str, ...]
    """Ids of clauses or sections that it asks about."""
    text: Text
    repeats: str = ""
    """Id of the statement that it asks about again, in other words; a check on attention."""
    reversed: bool = False
    """Whether it says the opposite of what it repeats."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation to which the candidates are answers."""

    role: str
    """user, assistant, system, developer or tool."""
    text: Text


@dataclass(frozen=True, slots=True)
class Comparison:
    """Candidate answers to put in order."""

    id: str
    clauses: tuple[str, ...]
    prompt: tuple[Turn, ...]
    answers: Mapping[str, Text]
    """By letter; shown in an order that differs from person to person."""
    ask: tuple[str, ...] = ("personal", "world", "unacceptable", "why")
    """Which of these four are asked."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """A rule for answers, to be rated."""

    id: str
    clauses: tuple[str, ...]
    text: Text
    least: int = -10
    most: int = 10
    """Bounds of the rating, both of them allowed; 0 is neither for nor against."""


Item: TypeAlias = Statement | Comparison | Rubric


@dataclass(frozen=True, slots=True)
class Trait:
    """Something optional about the person, to see who was heard."""

    id: str
    text: Text
    options: Mapping[str, Text]


Question: TypeAlias = Statement | Comparison | Rubric | Trait
TRAIT = "trait:"
"""Before the id of a trait where an answer to it is recorded; no item's id has a colon."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What people are told before they agree."""

    consent: Text
    """What they agree to."""
    purpose: Text
    contact: str
    retention_days: int
    """After which what they said is erased; figures stay."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How the answers will be read: settled before there are any."""

    smallest: int = 10
    """People below which no cell is shown."""
    floor: str = "0.5"
    """What the least agreeing group must reach, by its lower bound: a decimal."""
    alpha: str = "0.05"
    """False discoveries that are accepted over all clauses: a decimal."""
    margins: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Shares of the population by trait and option, as decimals that sum to 1."""
    trim: str = "5"
    """No weight beyond this many times the mean, nor below its inverse: a decimal."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey, ready to be opened."""

    id: str
    title: Text
    languages: tuple[str, ...]
    """The first is the one that others are translations of."""
    promise: Promise
    items: tuple[Item, ...]
    traits: tuple[Trait, ...] = ()
    rules: Rules = Rules()
    channels: tuple[str, ...] = CHANNELS
    """By which people may come: open, panel, or both."""
    spec: str = ""
    """Digest of the spec that it asks about."""
    spec_name: str = ""
    spec_version: str = ""
    validates: str = ""
    """Id of the proposal whose final wording it puts to people."""
    closes: str = ""
    """The last day on which it takes answers, in UTC, such as 2026-12-31; empty for no such day."""

    def over(self, at: str) -> bool:
        """Whether the last day is past at a moment, as records have one."""
        return bool(self.closes) and at[: len(self.closes)] > self.closes

    def item(self, id: str) -> Item | None:  # noqa: A002 - the field's name
        """Return an item by id."""
        return next((item for item in self.items if item.id == id), None)

    def question(self, id: str) -> Question | None:  # noqa: A002 - as answers name it
        """Return what an answer is an answer to: an item by id, or a trait by `trait:` and id."""
        if id.startswith(TRAIT):
            wanted = id.removeprefix(TRAIT)
            return next((trait for trait in self.traits if trait.id == wanted), None)
        return self.item(id)


def question_id(question: Question) -> str:
    """Return the id by which answers to an item or a trait are recorded."""
    return f"{TRAIT}{question.id}" if isinstance(question, Trait) else question.id
