"""layer(base, overlays…) -> Effective: overlays laid over a spec, each within its authority.

An overlay names its base by digest and the level it speaks at. It may change what yields to that
level, tighten anything, and weaken nothing above. Laying is associative, and the same overlay
twice is one layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from charter.errors import DigestMismatch, SpecError
from charter.source import Location
from charter.spec.ladder import DEFAULT_LADDER, Ladder
from charter.spec.overlays.directed import directive_refusals
from charter.spec.overlays.effective import Effective, Layer, stack_digest
from charter.spec.overlays.merge import merge_sections, note_origins
from charter.spec.overlays.overreach import overreaches
from charter.spec.overlays.refusal import Overlaid, Refusal
from charter.spec.overlays.terms import (
    CONDITIONS,
    DEFAULT_TIMER,
    Extends,
    Terms,
    field_span,
    terms_of,
)
from charter.spec.overlays.weaken import section_weakenings
from charter.spec.reading import choose
from charter.spec.spec import Section, Spec

MAX_LAYERS = 64
"""Documents of one stack: more is a fault in what put them together."""


def layer(base: Spec | Effective, *overlays: Spec, ladder: Ladder | None = None) -> Effective:
    """Lay overlays over a base, in order; an Effective is a base too.

    `ladder` stands in for that of the base's front matter. Raises OverlayNotAllowed for the first
    thing that an overlay may not do, DigestMismatch for one that stands on another text than is
    there, and SpecError for front matter that cannot be used.
    """
    effective = base if isinstance(base, Effective) else _ground(base, ladder)
    if ladder is not None and effective.ladder != ladder:
        raise SpecError("the ladder of a stack cannot be changed", hint="give it with the base")
    if len(effective.layers) + len(overlays) > MAX_LAYERS:
        raise SpecError(
            f"more than {MAX_LAYERS} documents in one stack", hint="put overlays together"
        )
    read = [(overlay, terms_of(overlay)) for overlay in overlays]
    for at, (overlay, terms) in enumerate(read):
        overlaid = _overlaid(effective, overlay, terms, read[at + 1 :])
        if overlaid is None:
            continue
        refused = _refusals(overlaid)
        if refused:
            raise refused[0].error()
        effective = _lay(overlaid)
    return effective


def refusals(base: Spec | Effective, overlay: Spec) -> tuple[Refusal, ...]:
    """Return everything an overlay may not do to a base, in the order of its text.

    Raises as `layer` does where it is no overlay of that base at all.
    """
    effective = base if isinstance(base, Effective) else _ground(base, None)
    overlaid = _overlaid(effective, overlay, terms_of(overlay), ())
    return () if overlaid is None else _refusals(overlaid)


def _ground(base: Spec, ladder: Ladder | None) -> Effective:
    terms = terms_of(base)
    if terms.extends is not None:
        raise SpecError(
            f"{base.name} is an overlay of {terms.extends.name}, not a base",
            hint=f"name {terms.extends.name} as the base and this as an overlay of it",
            place=_place(base, "extends"),
        )
    origins: dict[str, int] = {}
    for section in base.sections:
        note_origins(section, origins, 0)
    conditions = CONDITIONS if terms.conditions is None else terms.conditions
    return Effective(
        spec=base,
        layers=(Layer(base.name, base.version, base.digest, None),),
        sources=(base.source,),
        origins=MappingProxyType(origins),
        ladder=ladder or terms.ladder or DEFAULT_LADDER,
        readings=choose(terms.readings),
        conditions=tuple(sorted(conditions)),
        external=tuple(sorted(terms.external)),
        first_party=bool(terms.first_party),
        default_timer=DEFAULT_TIMER if terms.default_timer is None else terms.default_timer,
        gates=MappingProxyType(dict(terms.gates)),
    )


def _overlaid(
    effective: Effective, overlay: Spec, terms: Terms, later: Sequence[tuple[Spec, Terms]]
) -> Overlaid | None:
    """Return an overlay on its stack; None when it is there already."""
    if terms.extends is None:
        raise SpecError(
            f"{overlay.name} is no overlay: it extends nothing",
            hint="`charter new overlay --base SPEC DIR` writes one",
            place=_place(overlay, "spec"),
        )
    if any(below.digest == overlay.digest for below in effective.layers):
        return None
    if all(below.digest != terms.extends.digest for below in effective.layers):
        raise _mismatch(effective, overlay, terms.extends, later)
    names = ", ".join(level.name for level in effective.ladder.levels)
    if terms.level is None:
        raise SpecError(
            f"overlay {overlay.name} states no `level`",
            hint=f"one of {names}",
            place=_place(overlay, "extends"),
        )
    if terms.level not in effective.ladder.ranks:
        raise SpecError(
            f"overlay {overlay.name} speaks at {terms.level[:60]!r}, no level of the ladder",
            hint=f"one of {names}",
            place=_place(overlay, "level"),
        )
    conditions = frozenset((*effective.conditions, *(terms.conditions or ())))
    return Overlaid(effective, overlay, terms, terms.level, conditions)


def _mismatch(
    effective: Effective, overlay: Spec, extends: Extends, later: Sequence[tuple[Spec, Terms]]
) -> SpecError:
    place = _place(overlay, "extends")
    after = next((each for each, _ in later if each.digest == extends.digest), None)
    if after is not None:
        return DigestMismatch(
            f"overlay {overlay.name} stands on {after.name}, which comes after it",
            hint=f"put {after.name} before {overlay.name}",
            place=place,
        )
    here = {below.name for below in effective.layers}
    circle = [] if extends.name in here else _circle(overlay, extends, later)
    if circle:
        return SpecError(
            f"overlays extend each other in a circle: {' -> '.join(circle)}",
            hint="one of them has to extend the base",
            place=place,
        )
    named = [below for below in effective.layers if below.name == extends.name]
    found = named[-1] if named else effective.layers[0]
    return DigestMismatch(
        f"overlay {overlay.name} extends {extends.name} at {extends.digest[:80]}, "
        f"but the {found.name} here is {found.digest}",
        hint=(
            f"give the text it was written for; or, once it is read against the one here, pin it "
            f"anew: `digest: {found.digest}` (`charter new overlay` writes these lines)"
        ),
        place=place,
    )


def _circle(overlay: Spec, extends: Extends, later: Sequence[tuple[Spec, Terms]]) -> list[str]:
    """Return the names along which an overlay extends itself; empty where it does not."""
    ahead = {each.name: terms.extends.name for each, terms in later if terms.extends is not None}
    path = [overlay.name, extends.name]
    while path[-1] != overlay.name:
        if path[-1] not in ahead or len(path) > MAX_LAYERS:
            return []
        path.append(ahead[path[-1]])
    return path if len(path) > 2 or overlay.name not in ahead else []


def _refusals(overlaid: Overlaid) -> tuple[Refusal, ...]:
    found = (
        *overreaches(overlaid),
        *directive_refusals(overlaid),
        *section_weakenings(overlaid),
    )
    return tuple(sorted(found, key=lambda refusal: refusal.place.span.start))


def _lay(overlaid: Overlaid) -> Effective:
    below, overlay, terms = overlaid.below, overlaid.spec, overlaid.terms
    layers = (
        *below.layers,
        Layer(overlay.name, overlay.version, overlay.digest, overlaid.level),
    )
    origins = dict(below.origins)
    sections = merge_sections(
        below.spec.sections, overlay.sections, origins, len(below.layers), overlaid.raised
    )
    timer = below.default_timer if terms.default_timer is None else terms.default_timer
    return replace(
        below,
        spec=_joined(below.spec, overlay, sections, stack_digest(layers)),
        layers=layers,
        sources=(*below.sources, overlay.source),
        origins=MappingProxyType(origins),
        readings=choose(below.readings, terms.readings),
        conditions=tuple(sorted(overlaid.conditions)),
        external=tuple(sorted({*below.external, *terms.external})),
        first_party=below.first_party or bool(terms.first_party),
        default_timer=timer,
    )


def _joined(below: Spec, overlay: Spec, sections: tuple[Section, ...], digest: str) -> Spec:
    """Return the spec of a stack: named after its last overlay, everything else joined."""
    return replace(
        below,
        name=overlay.name,
        title=overlay.title,
        version=overlay.version,
        digest=digest,
        sections=sections,
        references=below.references + overlay.references,
        commentary=below.commentary + overlay.commentary,
        markers=below.markers + overlay.markers,
        problems=below.problems + overlay.problems,
        index=MappingProxyType({section.id: section for section in reversed(sections)}),
        prompt_sets=below.prompt_sets + overlay.prompt_sets,
        scenario_sets=below.scenario_sets + overlay.scenario_sets,
        scenario_tools=MappingProxyType({**overlay.scenario_tools, **below.scenario_tools}),
    )


def _place(spec: Spec, key: str) -> Location:
    return spec.source.locate(field_span(spec, key))
