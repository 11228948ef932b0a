"""What changed -> who has to agree before it is official.

Two approvers for a change of the highest level of the ladder, one for the level below it, and one
owner or approver for all others and for a version in which no rule changed. They must hold the role
over each section that changed; one person may do so over many. Who asks never counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from charter.errors import LedgerError
from charter.govern.releases.touched import WHOLE, Touched
from charter.govern.roles import APPROVER, OWNER, Roles
from charter.spec.ladder import Ladder

TWO = 2


class Need(NamedTuple):
    """Who has to agree to what changed in one section."""

    section: str
    """Empty for the document."""
    authority: str
    """Empty where no rule changed: then the role may be over any section."""
    people: int
    roles: tuple[str, ...]

    def met_by(self, person: str, roles: Roles, at: str) -> str | None:
        """Return the role by which somebody may agree at a time; None where there is none."""
        for role in self.roles:
            if self.authority:
                section = self.section or None
                if roles.may(person, role, section=section, authority=self.authority, at=at):
                    return role
            else:
                found = roles.find(person)
                if found is not None and found.id in roles.anywhere(role, at=at):
                    return role
        return None


@dataclass(frozen=True, slots=True)
class Needs:
    """Who has to agree to a version."""

    level: str
    """The highest authority changed; empty where no rule is."""
    parts: tuple[Need, ...]

    @property
    def people(self) -> int:
        """The fewest people who could do it."""
        return max(part.people for part in self.parts)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles by which somebody may agree to any of it."""
        return tuple(dict.fromkeys(role for part in self.parts for role in part.roles))


def needs(changed: Sequence[Touched], ladder: Ladder) -> Needs:
    """Return who has to agree; `changed` has the highest authority first."""
    if not changed:
        return Needs("", (Need(WHOLE, "", 1, (OWNER, APPROVER)),))
    return Needs(changed[0].authority, tuple(_need(each, ladder) for each in changed))


def _need(each: Touched, ladder: Ladder) -> Need:
    highest = ladder.rank(ladder.levels[0].name)
    rank = ladder.rank(each.authority)
    if rank >= highest:
        return Need(*each, TWO, (APPROVER,))
    if rank == highest - 1:
        return Need(*each, 1, (APPROVER,))
    return Need(*each, 1, (OWNER, APPROVER))


def needs_json(found: Needs) -> list[dict[str, Any]]:
    """Return the parts as JSON values."""
    return [part._asdict() | {"roles": list(part.roles)} for part in found.parts]


def read_needs(level: str, rows: Sequence[Mapping[str, Any]]) -> Needs:
    """Return what `needs_json` wrote. Raises LedgerError where it is something else."""
    try:
        parts = tuple(
            Need(
                str(row["section"]),
                str(row["authority"]),
                int(row["people"]),
                tuple(map(str, row["roles"])),
            )
            for row in rows
        )
    except (KeyError, TypeError, ValueError) as cause:
        raise LedgerError("the request does not say who has to agree", hint="ask again") from cause
    if not parts or any(part.people < 1 or not part.roles for part in parts):
        raise LedgerError("the request does not say who has to agree", hint="ask again")
    return Needs(level, parts)
