"""Two or three specs beside each other: the result of `compare`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.compare.align import Near, Pair
from charter.compare.profile import Profile
from charter.spec.ladder import Ladder
from charter.spec.spec import Spec

LIMITS = (
    "Clauses are counted, not weighed: one that forbids much counts as one that forbids little.",
    "What forbids, demands or permits is read off the words; other words for it are not seen.",
    "A text that explains more and instructs less has fewer clauses, whatever it means to allow.",
    "Sections are matched by what they are about. Two that are matched may say opposite things.",
    "What only one of them says may be said by another elsewhere, in words that are not near.",
)
"""What the figures of a comparison do not tell; shown wherever they are."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the specs that are compared."""

    spec: Spec
    ladder: Ladder
    authorities: Mapping[str, str]
    """Authority by section, from the text or beside it; a section that has none is not in it."""
    stated: bool
    """Whether the text itself states any authority."""
    profile: Profile


@dataclass(frozen=True, slots=True)
class Join:
    """Why sections of two sides stand in one row."""

    first: int
    """Place of a side."""
    second: int
    pair: Pair


@dataclass(frozen=True, slots=True)
class Row:
    """What each spec has on one subject: a section of at least one of them."""

    sections: tuple[str | None, ...]
    """Ids, one for each side."""
    part: int
    """Place, among the topics, of that of which it is."""
    joins: tuple[Join, ...] = ()
    """Every alignment between two of its sections; empty where only one side has it."""
    nearest: tuple[Near | None, ...] = ()
    """Where only one side has it: what is nearest to it of each; None for its own side."""
    differs: bool = False
    """Whether those that state an authority state different ones."""

    @property
    def sides(self) -> tuple[int, ...]:
        """Which sides have it."""
        return tuple(at for at, found in enumerate(self.sections) if found is not None)

    @property
    def score(self) -> float | None:
        """The lowest of the scores that join them; None where only one has it."""
        return min((join.pair.score for join in self.joins), default=None)

    @property
    def by(self) -> str:
        """What joined them: `people` where all was said by them; empty where only one has it."""
        ways = [join.pair.by for join in self.joins]
        return next((way for way in ways if way != "people"), "people" if ways else "")

    @property
    def near(self) -> bool:
        """Whether it stands alone, and yet a section of another is near enough to be aligned."""
        return any(found is not None and found.likeness.enough for found in self.nearest)


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of the first spec, and what belongs to it in each."""

    id: str
    """Of the section that the part begins with; empty for what the first spec has no part for."""
    title: str
    profiles: tuple[Profile, ...]
    """One for each side."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Specs side by side."""

    sides: tuple[Side, ...]
    rows: tuple[Row, ...]
    """In the order of the first spec; then what only others have, in their order."""
    topics: tuple[Topic, ...]
    pairs: Mapping[tuple[int, int], tuple[Pair, ...]] = field(repr=False)
    """Alignments by the places of two sides."""
    method: str = ""
    """`meaning`, or `words` where no encoder is installed."""
    least: float = 0.0
    """What sections with clauses have to reach to be aligned."""

    def only(self, side: int) -> tuple[Row, ...]:
        """Return what no other spec has a section on."""
        return tuple(row for row in self.rows if row.sides == (side,) and not row.near)

    def beside(self, side: int) -> tuple[Row, ...]:
        """Return what stands alone, though near enough to a section that is nearer to another."""
        return tuple(row for row in self.rows if row.sides == (side,) and row.near)

    def shared(self) -> tuple[Row, ...]:
        """Return what more than one has a section on."""
        return tuple(row for row in self.rows if len(row.sides) > 1)

    def common(self) -> tuple[Row, ...]:
        """Return what all have a section on."""
        return tuple(row for row in self.rows if len(row.sides) == len(self.sides))

    def differing(self) -> tuple[Row, ...]:
        """Return the rows whose sections have different authorities."""
        return tuple(row for row in self.rows if row.differs)

    def partners(self, side: int, section: str, other: int) -> tuple[str, ...]:
        """Return the sections of another side that stand in a row with one, if any."""
        return tuple(
            found
            for row in self.rows
            if row.sections[side] == section and (found := row.sections[other]) is not None
        )
