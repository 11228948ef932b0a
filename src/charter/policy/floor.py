"""How much authority it takes to set a section aside, as a table: made once for a policy."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import TypeAlias

from charter.spec.ladder import Ladder, Level, Yields

Floors: TypeAlias = Mapping[bool, Mapping[str, float]]
"""For explicit (True) and implicit words: level of a section to the least rank that suffices."""


def floors(ladder: Ladder, *, as_developer: bool, steering: bool) -> Floors:
    """Return the table of a ladder.

    `as_developer`: users may do what developers may (reading `both_roles`). Without `steering`,
    users set guidelines aside only (reading `first_party`).
    """
    return {
        explicit: {
            level.name: _floor(ladder, level, (explicit, as_developer, steering))
            for level in ladder.levels
        }
        for explicit in (True, False)
    }


def _floor(ladder: Ladder, level: Level, flags: tuple[bool, bool, bool]) -> float:
    explicit, as_developer, steering = flags
    if level.yields is Yields.NEVER or not (explicit or level.yields is Yields.IMPLICIT):
        return inf
    needed, user = ladder.rank(level.to), ladder.rank("user")
    if as_developer and user < needed <= ladder.rank("developer"):
        needed = user
    barred = not steering and level.yields is Yields.EXPLICIT
    return user + 1 if barred and needed <= user else needed
