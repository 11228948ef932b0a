"""What layering has to know of a `~~~directive` fence: its id, its verb, what it acts on.

The policy reads the rest (`policy.read_directive`) and says what is wrong with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from charter.source import Span
from charter.spec.spec import DirectiveFence, Section

DERIVED = "d-"
"""What ids begin with that no author gave."""

_RELAXING = ("override", "soften", "supersede")
_KEEPING = "keep"
_NAMING = ("premise", "clash", "conflicts")
_HOLDING = frozenset({"keep", "clash"})


class Raw(NamedTuple):
    """A directive as layering sees it."""

    id: str
    """Its author's, or one derived from all it says."""
    acts: bool
    """Whether it does more than hold what is there: `keep` and `clash` only make stricter."""
    relaxed: tuple[str, ...]
    """Ids of what it sets aside."""
    kept: tuple[str, ...]
    """Ids of what it holds against words from below."""
    named: tuple[str, ...]
    """All ids it names, these included."""
    section: str
    fields: Mapping[str, object]
    span: Span


def raw_directives(section: Section) -> Iterator[Raw]:
    """Yield the directives of a section, one for each of `Section.directives`."""
    for fence in section.directives:
        fields = fence.fields
        relaxed = [name for verb in _RELAXING for name in _names(fields.get(verb))]
        kept = _names(fields.get(_KEEPING))
        others = [name for key in _NAMING for name in _names(fields.get(key))]
        named = (*relaxed, *kept, *others)
        yield Raw(
            id=raw_id(fence),
            acts=fields.keys().isdisjoint(_HOLDING),
            relaxed=tuple(relaxed),
            kept=tuple(kept),
            named=named,
            section=section.id,
            fields=fields,
            span=fence.span,
        )


def origin_of(raw: Raw) -> str:
    """Return the key of a directive in `Effective.origins`."""
    return f"directive:{raw.section}/{raw.id}"


def raw_id(fence: DirectiveFence) -> str:
    """Return the id a fence gives, else one that its fields alone decide."""
    given = fence.fields.get("id")
    if isinstance(given, str) and given:
        return given
    said = json.dumps(fence.fields, sort_keys=True, default=str)
    return DERIVED + hashlib.sha256(said.encode("ascii")).hexdigest()[:8]


def _names(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]
