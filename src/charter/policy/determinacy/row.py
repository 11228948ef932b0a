"""Rows and groups: what can be the case in a context, one aspect at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from charter.policy.determinacy.turn import TOOL, Said, Turn
from charter.policy.policy import Policy

Features = tuple[tuple[str, str], ...]
"""Feature and value; features not named have their default."""


class Row(NamedTuple):
    """One possibility of a group."""

    features: Features
    """Those that differ from the default: none for the default row itself."""
    turns: tuple[Turn, ...] = ()
    reads: tuple[str, ...] = ()
    """Readings that what becomes of it can hang on, when resolved by itself."""
    offered: bool = True
    """Whether the tool is offered with the request."""
    cost: float = 0.0
    """Of the call."""
    asked_by: str | None = None
    """Whose instruction led to the call, where that is a level or `none`."""
    asker: str = ""
    """The directive that led to the call: its level, once resolved, is who asked."""
    binding: str = ""
    """A section of which it is open whether it binds at all."""

    @property
    def weight(self) -> int:
        """How many features differ from the default."""
        return len(self.features)


class Move(NamedTuple):
    """From one row to another of the same group."""

    before: int
    after: int
    what: str
    """The permission added."""


class Group(NamedTuple):
    """Rows of which a context has exactly one."""

    name: str
    rows: tuple[Row, ...]
    """The default row first."""
    moves: tuple[Move, ...] = ()
    """Those that add a permission and nothing else."""
    left_out: int = 0
    """Kinds of sections beyond the limit."""


class Speaker(NamedTuple):
    """A level that somebody speaks at."""

    level: str
    role: str
    rank: int

    def says(self, *said: Mapping[str, object], words: str = "", wrap: str = "") -> Turn:
        """Return a message of theirs."""
        return Turn(self.role, tuple(map(Said, said)), words, None, wrap)


SILENT = frozenset({"assistant", TOOL})
"""Roles without authority on every ladder."""


def speakers_of(policy: Policy) -> tuple[Speaker, ...]:
    """Return the levels somebody speaks at, lowest first."""
    ranks = policy.ladder.ranks
    found = []
    for level in policy.ladder.levels:
        roles = [role for role in level.roles if role not in SILENT]
        if roles:
            found.append(Speaker(level.name, roles[0], ranks[level.name]))
    return tuple(reversed(found))


def above(speakers: Sequence[Speaker], rank: int) -> Speaker | None:
    """Return the lowest level above a rank that somebody speaks at."""
    return next((speaker for speaker in speakers if speaker.rank > rank), None)


def index_of(rows: Iterable[Row]) -> Mapping[Features, int]:
    """Return the place of each row by its features."""
    return {row.features: at for at, row in enumerate(rows)}
