"""A refusal: one thing an overlay may not do, and an overlay on the stack it is laid on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from charter.errors import OverlayNotAllowed
from charter.source import Location, Span
from charter.spec.overlays.effective import Effective, yields_to
from charter.spec.overlays.raw_directive import Raw, origin_of, raw_directives
from charter.spec.overlays.terms import Terms
from charter.spec.spec import Boundary, Section, Spec


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing an overlay may not do."""

    kind: str
    """text, permission, duty, authority, title, tag, boundary, example, directive, reading, field
    or id."""
    id: str
    """Of the section, clause, boundary, example or directive, or the name of a field."""
    level: str
    """The authority that stands in the way."""
    overlay_level: str
    message: str
    hint: str
    """What could be done instead."""
    place: Location
    """In the overlay's text."""
    section: str | None = None

    def error(self) -> OverlayNotAllowed:
        """Return it as the error that layering ends in."""
        return OverlayNotAllowed(
            self.message,
            part=self.id,
            level=self.level,
            overlay_level=self.overlay_level,
            hint=self.hint,
            place=self.place,
        )


@dataclass(frozen=True, slots=True)
class Overlaid:
    """An overlay on the stack it is to be laid on."""

    below: Effective
    spec: Spec
    terms: Terms
    level: str
    conditions: frozenset[str]
    """Conditional tags, those that the overlay adds included."""
    directives: dict[str, list[tuple[Raw, str | None]]] = field(init=False)
    """Those of the stack by id, with the level of the layer that wrote them."""
    boundaries: dict[str, Boundary] = field(init=False)
    """Those of the stack, by id."""
    held: dict[str, str] = field(init=False)
    """Sections that a directive of a higher layer keeps, with its level."""

    def __post_init__(self) -> None:
        sections = self.below.spec.sections
        every = [each for section in sections for each in section.boundaries]
        object.__setattr__(self, "boundaries", {each.id: each for each in reversed(every)})
        written: dict[str, list[tuple[Raw, str | None]]] = {}
        for raw, level in self._written():
            written.setdefault(raw.id, []).append((raw, level))
        object.__setattr__(self, "directives", written)
        object.__setattr__(self, "held", dict(self._kept()))

    def _written(self) -> Iterator[tuple[Raw, str | None]]:
        for section in self.below.spec.sections:
            for raw in raw_directives(section):
                layer = self.below.layers[self.below.origins[origin_of(raw)]]
                yield raw, layer.level

    def _kept(self) -> Iterator[tuple[str, str]]:
        rank = self.below.ladder.rank
        for raw, writer in self._written():
            if writer is not None and rank(writer) > rank(self.level):
                yield from ((name.partition("/")[0], writer) for name in raw.kept)

    @property
    def raised(self) -> frozenset[str]:
        """Directives of lower layers that this one repeats, by their keys in origins."""
        rank = self.below.ladder.rank
        return frozenset(
            origin_of(raw)
            for raw, writer in self._written()
            if writer is not None and rank(writer) < rank(self.level)
        )

    def above(self, section: Section) -> str | None:
        """Return the authority that keeps a section of the stack from being changed, if any.

        A section without authority explains others, so it stands where its layer spoke: that of
        the base at the highest level.
        """
        ladder = self.below.ladder
        if section.id in self.held:
            return self.held[section.id]
        if section.authority is not None:
            return None if yields_to(ladder, section.authority, self.level) else section.authority
        writer = self.below.layers[self.below.origins[section.id]].level
        if writer is not None and ladder.rank(writer) <= ladder.rank(self.level):
            return None
        return writer or ladder.levels[0].name

    def refuse(  # noqa: PLR0913 - one for each field
        self,
        kind: str,
        wanted: str,
        level: str,
        span: Span,
        *,
        message: str,
        hint: str,
        section: str | None = None,
    ) -> Refusal:
        """Return a refusal at a place of the overlay's text."""
        place = self.spec.source.locate(span)
        return Refusal(kind, wanted, level, self.level, message, hint, place, section)
