"""Two layers -> one: the sections of an overlay put into those of the stack.

What is the same in both stays as it is, with its origin, so that the same overlay twice is once.
That all of it is allowed is decided before, in `weaken` and `overreach`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, MutableMapping, Sequence
from dataclasses import replace
from typing import TypeVar

from charter.spec.overlays.raw_directive import origin_of, raw_directives
from charter.spec.overlays.same import (
    same_boundary,
    same_clause,
    same_conversation,
    same_expectation,
    same_rule,
)
from charter.spec.spec import Boundary, Clause, DirectiveFence, Example, Section

NO_TAGS = ("none",)
"""`tags=none` takes all tags from a section."""

Origins = MutableMapping[str, int]
_Part = TypeVar("_Part", Clause, Example)


def merge_sections(
    below: Sequence[Section],
    overlay: Iterable[Section],
    origins: Origins,
    layer: int,
    raised: Collection[str] = (),
) -> tuple[Section, ...]:
    """Return the sections of both, those of the stack first; `origins` is brought up to date.

    `raised` are directives, by origin, that a layer repeats at a higher level than they had.
    """
    at = _first(section.id for section in below)
    merged = list(below)
    for section in overlay:
        place = at.get(section.id)
        if place is None:
            merged.append(_cleared(section))
            note_origins(section, origins, layer)
        else:
            merged[place] = _merged(merged[place], section, origins, layer, raised)
    return tuple(merged)


def note_origins(section: Section, origins: Origins, layer: int) -> None:
    """Note that a section and all its parts come from a layer; the first of two ids counts."""
    origins.setdefault(section.id, layer)
    for clause in section.clauses:
        origins.setdefault(clause.id, layer)
    for example in section.examples:
        origins.setdefault(example.id, layer)
    for boundary in section.boundaries:
        origins.setdefault(f"boundary:{boundary.id}", layer)
    for raw in raw_directives(section):
        origins.setdefault(origin_of(raw), layer)


def _merged(
    below: Section, section: Section, origins: Origins, layer: int, raised: Collection[str]
) -> Section:
    new = _cleared(section)
    title, authority = new.title, new.authority or below.authority
    tags = new.tags if section.tags else below.tags
    for key, before, after in (
        ("title", below.title, title),
        ("authority", below.authority, authority),
        ("tags", below.tags, tags),
    ):
        if before != after:
            origins[f"{key}:{below.id}"] = layer
    return replace(
        below,
        title=title,
        authority=authority,
        tags=tags,
        clauses=_parts(below.clauses, new.clauses, origins, layer),
        examples=_parts(below.examples, new.examples, origins, layer),
        boundaries=_boundaries(below.boundaries, new.boundaries, origins, layer),
        directives=_directives(below, new, origins, layer, raised),
    )


def _cleared(section: Section) -> Section:
    return replace(section, tags=()) if section.tags == NO_TAGS else section


def _parts(
    below: tuple[_Part, ...], new: tuple[_Part, ...], origins: Origins, layer: int
) -> tuple[_Part, ...]:
    merged, at = list(below), _first(each.id for each in below)
    for part in new:
        place = at.get(part.id)
        if place is None:
            merged.append(part)
        elif _same(merged[place], part):
            continue
        else:
            merged[place] = part
        origins[part.id] = layer
    return tuple(merged)


def _same(one: _Part, other: _Part) -> bool:
    if isinstance(one, Clause):
        return same_clause(one, other)
    return same_conversation(one, other) and (
        other.expectation is None or same_expectation(one, other)
    )


def _boundaries(
    below: tuple[Boundary, ...], new: tuple[Boundary, ...], origins: Origins, layer: int
) -> tuple[Boundary, ...]:
    merged, at = list(below), _first(each.id for each in below)
    for boundary in new:
        place = at.get(boundary.id)
        if place is None:
            merged.append(boundary)
        elif same_boundary(merged[place], boundary):
            continue
        else:
            known = merged[place]
            kept = known.say if boundary.say is None and same_rule(known, boundary) else None
            merged[place] = replace(boundary, say=boundary.say or kept)
        origins[f"boundary:{boundary.id}"] = layer
    return tuple(merged)


def _directives(
    below: Section, new: Section, origins: Origins, layer: int, raised: Collection[str]
) -> tuple[DirectiveFence, ...]:
    merged, at = list(below.directives), _first(raw.id for raw in raw_directives(below))
    for raw, fence in zip(raw_directives(new), new.directives, strict=True):
        place = at.get(raw.id)
        if place is None:
            merged.append(fence)
        elif dict(merged[place].fields) == dict(fence.fields) and origin_of(raw) not in raised:
            continue
        else:
            merged[place] = fence
        origins[origin_of(raw)] = layer
    return tuple(merged)


def _first(ids: Iterable[str]) -> dict[str, int]:
    """Return the place of each id, of two with one id that of the first."""
    return {each: place for place, each in reversed(list(enumerate(ids)))}
