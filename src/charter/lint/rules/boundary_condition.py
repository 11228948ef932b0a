"""A boundary does not compile: its condition, stage or effect is wrong.

What it finds
    Conditions that CEL rejects (syntax, unknown names, wrong types, patterns that are no RE2), at
    the place in the file where the fault lies; those that read a level, such as `levels.user`, that
    the ladder does not have; `on` that is no stage; `effect` that is none.

Why it matters
    A boundary that cannot be evaluated denies everything it is asked about, because an error
    must never let something through.

Bad
    on: output
    when: tool == 'delete_file'

Good
    on: tool_call
    when: tool == 'delete_file'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from charter.lint.boundary import boundaries, condition_span, field_line
from charter.lint.levels import ladder_of
from charter.lint.rule import Hit
from charter.policy.boundaries.condition import (
    EFFECTS,
    STAGES,
    Condition,
    compile_condition,
    variables_of,
)
from charter.policy.boundaries.named_levels import unknown_level
from charter.policy.boundaries.program import Rejected
from charter.source import Severity
from charter.spec.ladder import Ladder
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Boundary, Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report the boundaries that cannot be evaluated; of an overlay, whatever its ladder is."""
    yield from _faults(spec, None if "extends" in spec.metadata else ladder_of(spec))


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report those of an overlay, with the ladder of its base."""
    yield from _faults(spec, below.ladder)


def _faults(spec: Spec, ladder: Ladder | None) -> Iterator[Hit]:
    for boundary in boundaries(spec):
        for key, value, known in (
            ("on", boundary.on, STAGES),
            ("effect", boundary.effect, EFFECTS),
        ):
            if value and value not in known:  # a missing one is a parse problem already
                what = f"{key!r} is {value[:60]!r}, but must be one of {', '.join(known)}"
                span = field_line(spec, boundary, key)
                yield Hit(what, span, section=boundary.section)
        if boundary.when and boundary.on in STAGES:
            yield from _condition(spec, boundary, ladder)


def _condition(spec: Spec, boundary: Boundary, ladder: Ladder | None) -> Iterator[Hit]:
    result: Condition | Rejected | None = compile_condition(boundary.when, boundary.on)
    if isinstance(result, Condition):
        result = unknown_level(result.root, ladder) if ladder is not None else None
    if result is not None:
        names = ", ".join(variable.name for variable in variables_of(boundary.on))
        yield Hit(
            result.message,
            condition_span(spec, boundary, result.offset),
            hint=f"variables on {boundary.on}: {names}",
            section=boundary.section,
        )
