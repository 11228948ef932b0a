"""Which levels of authority a document may name."""

from __future__ import annotations

from charter.errors import SpecError
from charter.spec.ladder import DEFAULT_LADDER, Ladder
from charter.spec.overlays.terms import read_field
from charter.spec.spec import Spec


def ladder_of(spec: Spec) -> Ladder:
    """Return the ladder that front matter gives, else the default.

    One that cannot be used counts as none here: `unusable-field` reports it.
    """
    try:
        found = read_field(spec, "ladder")
    except SpecError:
        return DEFAULT_LADDER
    return found if isinstance(found, Ladder) else DEFAULT_LADDER


def names_of(ladder: Ladder) -> tuple[str, ...]:
    """Return the levels, highest first."""
    return tuple(level.name for level in ladder.levels)
