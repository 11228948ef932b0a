"""How strongly a spec speaks, and whether it forbids, demands or permits: counts of its clauses.

The counts are of form, not of weight: one clause that forbids much counts as one that forbids
little, and who writes longer sentences has fewer clauses. They describe a text and judge none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from charter.spec.overlays.stance import forbids
from charter.spec.spec import Clause, Strength


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts of the clauses of a spec, or of one topic of it."""

    must: int = 0
    should: int = 0
    may: int = 0
    forbids: int = 0
    """Of all of them, those that say what not to do."""
    binding: int = 0
    """Of all of them, those in a section with an authority."""

    @property
    def clauses(self) -> int:
        """All of them."""
        return self.must + self.should + self.may

    @property
    def demands(self) -> int:
        """Those that say what to do."""
        return self.clauses - self.may - self.forbids

    @property
    def permissions(self) -> int:
        """Those that say what may be done."""
        return self.may


def profile(clauses: Iterable[Clause], binding: frozenset[str]) -> Profile:
    """Count clauses; `binding` has the sections with an authority."""
    counted = dict.fromkeys(Strength, 0)
    forbidding = bound = 0
    for clause in clauses:
        counted[clause.strength] += 1
        forbidding += clause.strength is not Strength.MAY and forbids(clause.text)
        bound += clause.section in binding
    return Profile(
        counted[Strength.MUST],
        counted[Strength.SHOULD],
        counted[Strength.MAY],
        forbidding,
        bound,
    )
