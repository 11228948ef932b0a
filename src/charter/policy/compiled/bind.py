"""Boundaries as written -> boundaries ready to be asked, each with the rank of its section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from charter.errors import SpecError
from charter.policy.boundaries.boundary import Boundary, compile_boundary
from charter.policy.boundaries.condition import EFFECTS, STAGES, variables_of
from charter.policy.boundaries.named_levels import unknown_level
from charter.policy.policy import RESERVED, Rule
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Boundary as Written
from charter.spec.when_place import when_place


def bound(effective: Effective, rules: Sequence[Rule]) -> Iterator[Boundary]:
    """Yield the boundaries of an effective spec. Raises SpecError where one cannot be asked."""
    by_id = {rule.id: rule for rule in rules}
    seen: set[str] = set()
    for section in effective.spec.sections:
        for written in section.boundaries:
            rule = by_id.get(section.id)
            if rule is None:
                raise SpecError(
                    f"boundary {written.id!r} stands in section {section.id}, which has no "
                    "authority and binds nobody",
                    hint="give the section an authority",
                    place=effective.locate(written),
                )
            _check(effective, written, seen)
            seen.add(written.id)
            yield _bind(effective, written, rule)


def _bind(effective: Effective, written: Written, rule: Rule) -> Boundary:
    """Compile one boundary. Raises SpecError, at the character of the condition that is wrong."""
    origin = effective.origin(written)
    found = compile_boundary(written, rule.rank, rule.content, origin)
    if isinstance(found, Boundary):
        unknown = unknown_level(found.condition.root, effective.ladder)
        if unknown is None:
            return found
        found = unknown
    span = when_place(effective.sources[origin].text, written, found.offset)
    place = effective.place(origin, span)
    names = ", ".join(variable.name for variable in variables_of(written.on))
    raise SpecError(
        f"boundary {written.id!r}, column {place.column}: {found.message}",
        hint=f"a condition is true or false; variables on {written.on}: {names}",
        place=place,
    )


def _check(effective: Effective, written: Written, seen: set[str]) -> None:
    if not written.id or written.id in seen:
        what = f"two boundaries have the id {written.id!r}" if written.id else "boundary has no id"
        hint, place = "give each an id of its own", effective.locate(written)
        raise SpecError(what, hint=hint, place=place)
    if written.id in RESERVED:
        raise SpecError(
            f"boundary {written.id!r} has the name of a check that every decision has",
            hint=f"give it another id than {', '.join(sorted(RESERVED))}",
            place=effective.locate(written),
        )
    for key, value, known in (("on", written.on, STAGES), ("effect", written.effect, EFFECTS)):
        if value not in known:
            raise SpecError(
                f"boundary {written.id!r}: `{key}` is {value[:60]!r}",
                hint=f"one of {', '.join(known)}",
                place=effective.locate(written),
            )
