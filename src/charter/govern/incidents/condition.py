"""Whether something applies: questions answered by the fields of an incident, in three values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from charter.govern.incidents.state import VALUE, Field

YES, NO = "yes", "no"
NONE = "none"
"""Stands for an empty list, which is an answer; a list that is not there is none."""


@dataclass(frozen=True, slots=True)
class Is:
    """A question of yes or no has this answer."""

    field: str
    answer: str


@dataclass(frozen=True, slots=True)
class Has:
    """A list holds at least one of these."""

    field: str
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these holds at least."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = Is | Has | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a condition."""

    holds: bool | None
    """None where it is undecided."""
    fields: tuple[str, ...]
    """Undecided: the fields that are open. Else those that decided it."""


def answer(condition: Condition, fields: Mapping[str, Field]) -> Answer:
    """Return whether a condition holds. What is unknown or withheld is open, never a no.

    Three values as in Kleene's strong logic: one `no` settles an all-of, one `yes` an any-of.
    """
    if isinstance(condition, Is | Has):
        found = _of_field(condition, fields.get(condition.field))
        return Answer(found, (condition.field,))
    settles = isinstance(condition, AnyOf)
    found_parts = [answer(part, fields) for part in condition.parts]
    for holds in (settles, None, not settles):
        those = [each for each in found_parts if each.holds is holds]
        if those and holds is settles:
            return those[0]
        if those:
            named = dict.fromkeys(name for each in those for name in each.fields)
            return Answer(holds, tuple(named))
    return Answer(not settles, ())


def _of_field(condition: Is | Has, field: Field | None) -> bool | None:
    if field is None or field.state != VALUE:
        return None
    if isinstance(condition, Is):
        said = field.value.strip().lower()
        return said == condition.answer if said in (YES, NO) else None
    sure, open_ = items(field.value)
    wanted = set(condition.any_of)
    if wanted & sure:
        return True
    return None if wanted & open_ or not sure | open_ else False


def items(text: str) -> tuple[set[str], set[str]]:
    """Return what a list holds, and what it may hold: an item with a question mark is open."""
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    sure = {word for word in words if not word.endswith("?")}
    return sure, {word.rstrip("? ") for word in words if word.endswith("?")}


def fields_of(condition: Condition) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return every field that a condition asks, with the answers that it names."""
    if isinstance(condition, Is):
        return ((condition.field, frozenset({condition.answer})),)
    if isinstance(condition, Has):
        return ((condition.field, frozenset(condition.any_of)),)
    return tuple(found for part in condition.parts for found in fields_of(part))
