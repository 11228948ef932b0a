"""A boundary does not compile: its condition, stage or effect is wrong.

What it finds
    Conditions that CEL rejects (syntax, unknown names, wrong types, patterns that are no RE2), at
    the place in the file where the fault lies; `on` that is no stage; `effect` that is none.

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
from charter.lint.rule import Hit
from charter.policy.boundaries.condition import EFFECTS, STAGES, compile_condition, variables_of
from charter.policy.boundaries.program import Rejected
from charter.source import Severity
from charter.spec.spec import Boundary, Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report the boundaries that cannot be evaluated."""
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
            yield from _condition(spec, boundary)


def _condition(spec: Spec, boundary: Boundary) -> Iterator[Hit]:
    result = compile_condition(boundary.when, boundary.on)
    if isinstance(result, Rejected):
        names = ", ".join(variable.name for variable in variables_of(boundary.on))
        yield Hit(
            result.message,
            condition_span(spec, boundary, result.offset),
            hint=f"variables on {boundary.on}: {names}",
            section=boundary.section,
        )
