"""The effective spec: a base and its overlays as one, each part with the layer it comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from charter.source import Location, Source, Span
from charter.spec.ladder import Ladder, Yields
from charter.spec.spec import Boundary, Clause, Example, Section, Spec

FORMAT = "charter-effective/1"

Part: TypeAlias = Section | Clause | Example | Boundary


class Layer(NamedTuple):
    """One document of a stack."""

    name: str
    version: str | None
    digest: str
    level: str | None
    """The authority an overlay speaks with; None for the base."""


@dataclass(frozen=True, slots=True)
class Effective:
    """A base spec with overlays laid over it.

    `spec` has all sections that hold, in document order: those of the base, then new ones in the
    order of the overlays. Their spans are ranges of the text of the layer they come from, so
    places are found with `locate`, not with `spec.source`.
    """

    spec: Spec
    layers: tuple[Layer, ...]
    """The base first."""
    sources: tuple[Source, ...]
    """The text of each layer."""
    origins: Mapping[str, int]
    """Index of the layer that wrote each part: sections, clauses and examples by id,
    `boundary:ID`, `directive:SECTION/ID`, and `authority:ID`, `title:ID`, `tags:ID` of a section
    for which another layer than the section's own set these."""
    ladder: Ladder
    readings: Mapping[str, str]
    """All readings: what layers chose, and the defaults."""
    conditions: tuple[str, ...]
    """Tags that make a section depend on the setting of that name, sorted."""
    external: tuple[str, ...]
    """Policies that bind and are not published, sorted."""
    first_party: bool
    default_timer: float
    gates: Mapping[str, str]
    """Gates of decisions that rest on a section the base names."""

    @property
    def digest(self) -> str:
        """Digest of the texts of all layers in order; with a single layer, that of its text."""
        return stack_digest(self.layers)

    def origin(self, part: Part) -> int:
        """Return the index of the layer that a part comes from."""
        return self.origins[f"boundary:{part.id}" if isinstance(part, Boundary) else part.id]

    def locate(self, part: Part) -> Location:
        """Return the place of a part in the text of its own layer."""
        span = part.heading_span if isinstance(part, Section) else part.span
        return self.place(self.origin(part), span)

    def place(self, layer: int, span: Span) -> Location:
        """Return lines and columns of a range of one layer's text."""
        return self.sources[layer].locate(span)


def stack_digest(layers: tuple[Layer, ...]) -> str:
    """Return what identifies a stack of texts, whatever their names."""
    if len(layers) == 1:
        return layers[0].digest
    listed = "\n".join((FORMAT, *(layer.digest for layer in layers)))
    return "sha256:" + hashlib.sha256(listed.encode("utf-8", "surrogatepass")).hexdigest()


def yields_to(ladder: Ladder, authority: str | None, level: str) -> bool:
    """Whether a section of an authority is a default that may be changed at a level.

    False for what has no authority: it explains sections that may stand above.
    """
    if authority is None or authority not in ladder.ranks:
        return False
    stands = ladder.level(authority)
    if stands.yields is Yields.NEVER or stands.to is None:
        return False
    return ladder.rank(stands.to) <= ladder.rank(level)
