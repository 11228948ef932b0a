"""Two versions side by side, as the parts of a diff look at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.errors import SpecError
from charter.spec.changes.align import Measure
from charter.spec.changes.change import Effect
from charter.spec.changes.match import Matches, match, measure_of
from charter.spec.ladder import DEFAULT_LADDER, Ladder, Yields
from charter.spec.overlays.terms import CONDITIONS, Terms, terms_of
from charter.spec.spec import Section, Spec

_WHO = {"system": "the operator", "developer": "the developer", "user": "the user"}


@dataclass(slots=True)
class Compared:
    """Two versions, what belongs together in them, and how their levels compare."""

    old: Spec
    new: Spec
    measure: Measure = field(init=False)
    matches: Matches = field(init=False)
    sections: Mapping[str, str] = field(init=False)
    """Id of each old section that is still there -> its new id."""
    ladders: tuple[Ladder, Ladder] = field(init=False)
    conditions: frozenset[str] = field(init=False)
    """Tags that make a section depend on a setting, in either version."""
    came: Counter[tuple[str, str]] = field(init=False)
    """How many clauses and examples of an old section are in a new one."""

    def __post_init__(self) -> None:
        self.measure = measure_of(self.old, self.new)
        self.matches = match(self.old, self.new, self.measure)
        self.sections = {two.old.id: two.new.id for two in self.matches.sections}
        terms = _terms(self.old), _terms(self.new)
        self.ladders = (terms[0].ladder or DEFAULT_LADDER, terms[1].ladder or DEFAULT_LADDER)
        named = (each.conditions for each in terms)
        self.conditions = frozenset(
            tag for tags in named for tag in (CONDITIONS if tags is None else tags)
        )
        self.came = Counter(
            [(two.old.section, two.new.section) for two in self.matches.clauses]
            + [(two.old.section, two.new.section) for two in self.matches.examples]
        )

    def raised(self, old: str | None, new: str | None) -> int | None:
        """Return 1 where an authority is higher now, -1 where lower, 0 where the same.

        None where no ladder has both, or the two ladders disagree.
        """
        if old == new:
            return 0
        known = {None, *self.ladders[0].ranks}, {None, *self.ladders[1].ranks}
        signs = {
            1 if ladder.rank(new) > ladder.rank(old) else -1
            for ladder, names in zip(self.ladders, known, strict=True)
            if {old, new} <= names
        }
        return signs.pop() if len(signs) == 1 else None

    def whose(self, authority: str | None) -> str:
        """Say who may set aside a section of the new version with this authority."""
        ladder = self.ladders[1]
        if authority is None:
            return "it binds nobody by itself"
        if authority not in ladder.ranks:
            return "no ladder says who may set it aside"
        level = ladder.level(authority)
        if level.yields is Yields.NEVER or level.to is None:
            return "nobody may set it aside"
        who = _WHO.get(level.to, f"level {level.to}")
        if level.yields is Yields.IMPLICIT:
            return f"{who} may set it aside, and so may context"
        return f"{who} may set it aside by saying so"


def direction(raised: int | None) -> Effect:
    """Return what a change of authority does: higher up, fewer may set it aside."""
    if raised is None:
        return Effect.DIFFERENTLY
    return (Effect.WORDING, Effect.MORE, Effect.LESS)[raised]


def bound(effect: Effect, *sections: Section | None) -> Effect:
    """Return the effect in these sections: where none has an authority, nobody is bound."""
    if effect is Effect.WORDING or any(each is not None and each.normative for each in sections):
        return effect
    return Effect.NOBODY


def place_words(section: Section) -> str:
    """Describe a section's standing: its authority, and its tags."""
    standing = section.authority or "no authority"
    return f"{standing}, tagged {', '.join(section.tags)}" if section.tags else standing


def counted(number: int, noun: str) -> str:
    """Return `1 clause`, `2 clauses`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _terms(spec: Spec) -> Terms:
    """Read front matter; where it cannot be used, which lint reports, it says nothing."""
    try:
        return terms_of(spec)
    except SpecError:
        return Terms()
