"""What an overlay may not do outside of sections: front matter and ids.

`ladder` and `gates` belong to the base. `external` and `first_party` say what the operator of the
model knows, so the base and overlays at the highest level that anybody speaks at may set them.
Any overlay may add conditional tags, shorten the default timer, and choose more cautious readings.
"""

from __future__ import annotations

from collections.abc import Iterator

from charter.source import Span
from charter.spec.ladder import Ladder
from charter.spec.overlays.raw_directive import DERIVED, raw_directives
from charter.spec.overlays.refusal import Overlaid, Refusal
from charter.spec.overlays.terms import field_span
from charter.spec.reading import BY_NAME
from charter.spec.spec import Clause, Example, Section

GATE_SECTIONS = frozenset(
    {
        "confirm_irreversible",
        "control_side_effects",
        "flag_mistakes",
        "follow_all_applicable_instructions",
        "follow_chain",
        "ignore_untrusted_data",
        "letter_and_spirit",
        "no_authority_content",
        "scope_of_autonomy",
        "stay_in_scope",
        "transform_supplied",
        "transformation_exception",
    }
)
"""Ids that a gate of decisions looks for (`policy.GATES`): with such a section of its own, an
overlay could have a gate rest on what it may set aside."""

_PLURALS = {"boundary": "boundaries", "directive": "directives"}


def overreaches(overlaid: Overlaid) -> Iterator[Refusal]:
    """Yield what an overlay's front matter and ids do that is not allowed."""
    yield from _fields(overlaid)
    yield from _readings(overlaid)
    yield from _conditions(overlaid)
    yield from _ids(overlaid)
    yield from _duplicates(overlaid)


def speaking_level(ladder: Ladder) -> str:
    """Return the highest level that a role speaks at; the top where there is no role."""
    return next((level.name for level in ladder.levels if level.roles), ladder.levels[0].name)


def _fields(overlaid: Overlaid) -> Iterator[Refusal]:
    below, terms = overlaid.below, overlaid.terms
    top = below.ladder.levels[0].name
    if terms.ladder is not None and terms.ladder != below.ladder:
        message = "an overlay cannot change the ladder it stands on"
        yield _field(overlaid, "ladder", top, message, "only the base says which levels there are")
    if terms.gates and dict(terms.gates) != dict(below.gates):
        message = "an overlay cannot say which sections the gates of decisions rest on"
        yield _field(overlaid, "gates", top, message, "only the base can")
    operator = speaking_level(below.ladder)
    entitled = below.ladder.rank(overlaid.level) >= below.ladder.rank(operator)
    if set(terms.external) - set(below.external) and not entitled:
        message = f"overlay at {overlaid.level} names unpublished policies"
        hint = f"the base or an overlay at {operator} may"
        yield _field(overlaid, "external", operator, message, hint)
    if terms.first_party is True and not below.first_party and not entitled:
        message = f"overlay at {overlaid.level} says whose product this is"
        hint = f"the base or an overlay at {operator} may"
        yield _field(overlaid, "first_party", operator, message, hint)
    if terms.first_party is False and below.first_party:
        message = "overlay takes `first_party` back"
        yield _field(overlaid, "first_party", top, message, "leave the line out")
    if terms.default_timer is not None and terms.default_timer > below.default_timer:
        message = f"overlay makes the default timer longer than {below.default_timer:g} s"
        yield _field(overlaid, "default_timer", top, message, "shorten it, or leave the line out")


def _readings(overlaid: Overlaid) -> Iterator[Refusal]:
    top = overlaid.below.ladder.levels[0].name
    for name, wanted in overlaid.terms.readings.items():
        reading, held = BY_NAME[name], overlaid.below.readings[name]
        if reading.caution(wanted) < reading.caution(held):
            allowed = [
                choice.name
                for choice in reading.alternatives
                if choice.caution >= reading.caution(held)
            ]
            message = f"overlay reads {name} as {wanted}, which is laxer than {held}"
            hint = f"{' or '.join(allowed)}; what is laxer, only the base can choose"
            yield _field(overlaid, "readings", top, message, hint, wanted=name, kind="reading")


def _conditions(overlaid: Overlaid) -> Iterator[Refusal]:
    added = overlaid.conditions - set(overlaid.below.conditions)
    for section in overlaid.below.spec.sections if added else ():
        above = overlaid.above(section)
        for tag in sorted(added.intersection(section.tags)):
            if above is not None:
                message = f"overlay makes section {section.id}, which stands at {above}, depend on "
                message += f"setting {tag}"
                hint = "use a tag that no section above your level has"
                yield _field(overlaid, "conditions", above, message, hint, wanted=section.id)


def _ids(overlaid: Overlaid) -> Iterator[Refusal]:
    """Two sections of one id, or an example that takes the id of a clause, or the reverse."""
    seen: set[str] = set()
    for section in overlaid.spec.sections:
        if section.id in seen:
            message = f"overlay has two sections with id {section.id}"
            where, hint = section.heading_span, "put what they say into one section"
            yield overlaid.refuse(
                "id", section.id, overlaid.level, where, message=message, hint=hint
            )
        seen.add(section.id)
        if section.id in GATE_SECTIONS and section.id not in overlaid.below.spec.index:
            message = f"a gate of decisions would rest on section {section.id} of an overlay"
            where, hint = section.heading_span, "use another id; only the base can have this one"
            top = overlaid.below.ladder.levels[0].name
            yield overlaid.refuse("id", section.id, top, where, message=message, hint=hint)
        yield from _taken(overlaid, section)


def _taken(overlaid: Overlaid, section: Section) -> Iterator[Refusal]:
    below = overlaid.below.spec.index.get(section.id)
    if below is None:
        return
    clauses = {clause.id for clause in below.clauses}
    examples = {example.id for example in below.examples}
    taken: list[Clause | Example] = [each for each in section.clauses if each.id in examples]
    taken += [each for each in section.examples if each.id in clauses]
    for part in taken:
        message = f"id {part.id} is that of something else in the stack"
        hint = "use another marker or id"
        yield overlaid.refuse(
            "id",
            part.id,
            overlaid.level,
            part.span,
            message=message,
            hint=hint,
            section=section.id,
        )


def _duplicates(overlaid: Overlaid) -> Iterator[Refusal]:
    """Two boundaries, or two directives, of one id: the second would hide the first."""
    sections, seen = overlaid.spec.sections, set()
    for each in (boundary for section in sections for boundary in section.boundaries):
        if each.id and each.id in seen:
            yield _twice(overlaid, "boundary", each.id, each.span, each.section)
        seen.add(each.id)
    seen.clear()
    for raw in (raw for section in sections for raw in raw_directives(section)):
        if raw.id in seen and not raw.id.startswith(DERIVED):
            yield _twice(overlaid, "directive", raw.id, raw.span, raw.section)
        seen.add(raw.id)
        if raw.id in overlaid.below.spec.index or raw.id in overlaid.spec.index:
            message = f"directive {raw.id!r} has the id of a section"
            yield overlaid.refuse(
                "directive",
                raw.id,
                overlaid.level,
                raw.span,
                message=message,
                hint="give the directive another id",
                section=raw.section,
            )


def _twice(overlaid: Overlaid, kind: str, name: str, where: Span, section: str) -> Refusal:
    message = f"overlay has two {_PLURALS[kind]} with id {name!r}"
    return overlaid.refuse(
        kind,
        name,
        overlaid.level,
        where,
        message=message,
        hint="give one of them another id",
        section=section,
    )


def _field(  # noqa: PLR0913 - one for each field
    overlaid: Overlaid,
    key: str,
    level: str,
    message: str,
    hint: str,
    *,
    wanted: str | None = None,
    kind: str = "field",
) -> Refusal:
    where = field_span(overlaid.spec, key)
    return overlaid.refuse(kind, wanted or key, level, where, message=message, hint=hint)
