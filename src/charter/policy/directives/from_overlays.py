"""The directives of overlays: read at the level of the overlay that wrote them."""

from __future__ import annotations

from dataclasses import replace

from charter.errors import SpecError
from charter.policy.directive import BEFORE, Directive
from charter.policy.directives.collect import read_fence
from charter.policy.directives.identity import Ids, unknown_targets
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.raw_directive import origin_of, raw_directives
from charter.spec.spec import DirectiveFence


def overlay_directives(effective: Effective) -> tuple[Directive, ...]:
    """Return the directives of all layers, in document order.

    All of them stand before the conversation and the request's metadata, those of an upper layer
    after those of a lower one: at one level, what a product says is later than what its company
    says. Raises SpecError for one that cannot be read, that acts on what is not there, or that
    stands in a base: there it has no authority, as a base speaks through its sections.
    """
    read: list[tuple[Directive, DirectiveFence, int]] = []
    for section in effective.spec.sections:
        for raw, fence in zip(raw_directives(section), section.directives, strict=True):
            layer = effective.origins[origin_of(raw)]
            read += [(each, fence, layer) for each in _read(effective, fence, layer)]
    ids, claimed = Ids(), {}
    for place in sorted(range(len(read)), key=lambda at: -effective.ladder.rank(read[at][0].level)):
        claimed[place] = ids.claim(read[place][0])
    directives = tuple(claimed[place] for place in range(len(read)))
    _refuse_unknown(effective, directives, read)
    return directives


def _read(effective: Effective, fence: DirectiveFence, layer: int) -> list[Directive]:
    name, _, _, level = effective.layers[layer]
    if level is None:
        raise SpecError(
            "a base spec cannot hold directives: its sections say what binds",
            hint="put the directive into an overlay, which speaks at a level",
            place=effective.place(layer, fence.span),
        )
    found = read_fence(fence, level, ladder=effective.ladder, name=name)
    if found.unusable:
        first = found.unusable[0]
        raise SpecError(
            f"directive: {first.message}",
            hint=first.hint,
            place=effective.place(layer, first.span),
        )
    order = BEFORE - (len(effective.layers) - layer)
    return [replace(each, order=order) for each in found.directives]


def _refuse_unknown(
    effective: Effective,
    directives: tuple[Directive, ...],
    read: list[tuple[Directive, DirectiveFence, int]],
) -> None:
    sections = effective.spec.sections
    known = {section.id for section in sections}
    known |= {clause.id for section in sections for clause in section.clauses}
    unknown = unknown_targets(directives, known)
    if not unknown:
        return
    for directive, (_, fence, layer) in zip(directives, read, strict=True):
        if unknown[0] in (*directive.targets, *directive.conflicts):
            raise SpecError(
                f"directive {directive.id!r} names {unknown[0][:80]!r}, which is no section, "
                "clause or directive here",
                hint="`charter show SPEC --overlay … --effective` lists the ids",
                place=effective.place(layer, fence.span),
            )
