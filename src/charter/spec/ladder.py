"""The ladder of authority: levels as data, highest first.

For each level: which conversation roles speak at it, how a default (a section of the spec) at it
yields, and to whom. `none` is outside of the ladder: information, never an instruction.
Source: Model Spec, sections `levels_of_authority` and `follow_all_applicable_instructions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NONE = "none"
"""The label of what has no authority. Its rank is 0, as is that of any unknown name."""


class Yields(StrEnum):
    """How a default gives way."""

    NEVER = "never"
    EXPLICIT = "explicit"
    IMPLICIT = "implicit"
    """To context too; an explicit word always suffices."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the ladder."""

    name: str
    roles: tuple[str, ...] = ()
    """Roles of messages whose own words speak at this level."""
    yields: Yields = Yields.NEVER
    to: str | None = None
    """The lowest level that may set aside a section here; None where nobody may."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Ordered levels. Names and roles are unique; raises ValueError where they are not."""

    levels: tuple[Level, ...]
    ranks: Mapping[str, int] = field(init=False, repr=False, compare=False)
    """Rank by level name: the highest has the largest, the lowest 1."""
    names: frozenset[str] = field(init=False, repr=False, compare=False)
    """The names of all levels, and `none`."""
    by_role: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ranks = {level.name: len(self.levels) - at for at, level in enumerate(self.levels)}
        roles = [(role, level.name) for level in self.levels for role in level.roles]
        if len(ranks) != len(self.levels) or NONE in ranks or not ranks:
            raise ValueError("the names of levels must be unique, and none is outside of them")
        if len(dict(roles)) != len(roles):
            raise ValueError("a role speaks at one level only")
        for level in self.levels:
            if (level.to is None) != (level.yields is Yields.NEVER):
                raise ValueError(f"level {level.name!r} must say to whom it yields, or never")
            if level.to is not None and level.to not in ranks:
                raise ValueError(f"level {level.name!r} yields to unknown level {level.to!r}")
        object.__setattr__(self, "names", frozenset({*ranks, NONE}))
        object.__setattr__(self, "ranks", MappingProxyType(ranks))
        object.__setattr__(self, "by_role", MappingProxyType(dict(roles)))

    def rank(self, name: str | None) -> int:
        """Return the rank of a level; 0 for none, for a missing and for an unknown name."""
        return self.ranks.get(name or NONE, 0)

    def level(self, name: str) -> Level:
        """Return a level. Raises KeyError when there is none of that name."""
        return self.levels[len(self.levels) - self.ranks[name]]

    def name(self, rank: int) -> str:
        """Return the name of a rank; `none` for 0."""
        return self.levels[len(self.levels) - rank].name if rank > 0 else NONE

    def of_role(self, role: str) -> str:
        """Return the ceiling of a role: its level, or `none`."""
        return self.by_role.get(role, NONE)


DEFAULT_LADDER = Ladder(
    (
        Level("root"),
        Level("system", ("system",), Yields.EXPLICIT, "system"),
        Level("developer", ("developer",), Yields.EXPLICIT, "developer"),
        Level("user", ("user",), Yields.EXPLICIT, "user"),
        Level("guideline", (), Yields.IMPLICIT, "user"),
    )
)
"""The five levels of the Model Spec since 2025-09-12."""
