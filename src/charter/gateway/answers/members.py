"""Members of an answer that no API has: they pass once their texts were decided on.

All of them are decided on as one text, each text of theirs apart from the next, names included.
Each text is searched by itself, and once more joined with those of the same place in the member,
in other pieces of it or other elements of a list, as a client may join them. What a check cannot
read, such as lists of numbers that may spell a text, cannot be decided on.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from charter.gateway.answers.bare import bare, digits
from charter.gateway.answers.halves import whole_text
from charter.gateway.inside import BETWEEN
from charter.gateway.verdict import Verdict
from charter.policy.decision import Effect

_DEEPEST = 12
_AT = "\0"
"""Between the names of a place."""
_Key = TypeVar("_Key", bound=Hashable)


class Spoken(NamedTuple, Generic[_Key]):
    """The texts of members, as one, and where each member's stand in it."""

    text: str
    places: tuple[tuple[int, int, _Key], ...]


def readable(value: Any, depth: int = 0) -> bool:
    """Say whether all that a value says is in its texts: they can be decided on."""
    if isinstance(value, str):
        return True
    if isinstance(value, dict):
        return depth < _DEEPEST and all(readable(one, depth + 1) for one in value.values())
    if isinstance(value, list):
        return depth < _DEEPEST and all(
            one is None or (isinstance(one, bool | str | dict | list) and readable(one, depth + 1))
            for one in value
        )
    return bare(value)


def spoken(members: Mapping[_Key, tuple[str, Collection[Any]]]) -> Spoken[_Key]:
    """Return the texts of members: of each its name, and its values as they came."""
    texts: list[str] = []
    places: list[tuple[int, int, _Key]] = []
    end = 0
    for key, (name, values) in members.items():
        said = BETWEEN.join(_texts(name, values))
        places.append((end, end + len(said), key))
        texts.append(said)
        end += len(said) + len(BETWEEN)
    return Spoken(BETWEEN.join(texts), tuple(places))


def gone(said: Iterable[tuple[int, int, _Key]], verdict: Verdict) -> list[_Key]:
    """Return the members that a verdict leaves out: those that it edits."""
    if verdict.effect is not Effect.REDACT:
        return []
    edits = verdict.edits
    return [
        key
        for low, high, key in said
        if not edits or any(edit.start < high and low < edit.end for edit in edits)
    ]


def _texts(name: str, values: Collection[Any]) -> list[str]:
    """Return every text of a member once, and those of several values joined by their place."""
    alone: dict[str, None] = {name: None}
    by_place: dict[str, list[str]] = {}
    for value in values:
        _gather(value, "", alone, by_place)
    for pieces in by_place.values():
        alone["".join(pieces)] = None
    return [whole_text(text) for text in alone if text]


def _gather(value: Any, place: str, alone: dict[str, None], by_place: dict[str, list[str]]) -> None:
    if isinstance(value, str):
        alone[value] = None
        by_place.setdefault(place, []).append(value)
    elif isinstance(value, dict):
        for name, one in value.items():
            alone[name] = None
            _gather(one, f"{place}{_AT}{name}", alone, by_place)
    elif isinstance(value, list):
        for one in value:
            _gather(one, place, alone, by_place)
    elif said := digits(value):
        alone[said] = None
