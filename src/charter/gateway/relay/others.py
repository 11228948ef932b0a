"""Members of a stream that no API has, as far as they came: none leaves before all have.

What may grow from piece to piece is kept piece by piece, and leaves as it came. What is said anew
each time is not: the newest counts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from charter.gateway.answers.encode import encode
from charter.gateway.answers.members import Spoken, spoken

Place = tuple[str, str]
"""Whose member it is, in the relay's own words, and its name."""


class Came(NamedTuple):
    """One piece of a member."""

    place: Place
    value: Any

    @property
    def name(self) -> str:
        """Its name."""
        return self.place[1]


class Others:
    """Members of one owner, or of several."""

    __slots__ = ("_newest", "pieces")

    def __init__(self) -> None:
        self.pieces: list[Came] = []
        self._newest: dict[Place, tuple[Any, int]] = {}

    def __bool__(self) -> bool:
        return bool(self.pieces or self._newest)

    def add(self, place: Place, value: Any) -> int:
        """Take a piece of what may grow; return its size."""
        self.pieces.append(Came(place, value))
        return _size(place, value)

    def put(self, place: Place, value: Any) -> int:
        """Take what is said anew; return by how much it is larger than what it was before."""
        before, size = self._newest.get(place, (None, 0))
        if before == value:
            return 0
        new = _size(place, value)
        self._newest[place] = value, new
        return new - size

    def all(self) -> list[Came]:
        """Return all of them: pieces in order, then what was said anew."""
        return self.pieces + [Came(place, value) for place, (value, _) in self._newest.items()]

    def spoken(self) -> Spoken[Place]:
        """Return their texts."""
        values: dict[Place, list[Any]] = {}
        for came in self.all():
            values.setdefault(came.place, []).append(came.value)
        return spoken({place: (place[1], listed) for place, listed in values.items()})


def _size(place: Place, value: Any) -> int:
    return len(place[1]) + len(encode(value))
