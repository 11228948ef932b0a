"""A `~~~directive` fence says something that no policy can use.

What it finds
    Directives without a verb or with two, unknown fields, values of another type, times and
    limits that are none; directives in a spec that is no overlay. Whether the sections and
    clauses that a directive names exist is tested where the overlay is laid over its base.

Why it matters
    A directive that is half understood could allow more than its author meant: a misspelt limit
    would be no limit. So the overlay is not used at all.

Bad
    ~~~directive
    scope:
      alowed_tools: [search]
    ~~~

Good
    ~~~directive
    scope:
      allowed_tools: [search]
    ~~~
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.errors import SpecError
from charter.lint.rule import Hit
from charter.policy.directives.collect import read_fence
from charter.source import Severity
from charter.spec.ladder import DEFAULT_LADDER, Ladder
from charter.spec.overlays.terms import terms_of
from charter.spec.spec import Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report every directive that cannot be used."""
    overlay = "extends" in spec.metadata
    ladder = _ladder(spec)
    for section in spec.sections:
        for fence in section.directives:
            if not overlay:
                yield Hit(
                    "a directive has a meaning in an overlay only, and this spec extends none",
                    fence.span,
                    hint="a base spec speaks through its sections: write a rule there",
                    section=section.id,
                )
            elif fence.fields or not _unread(spec, fence.span.start, fence.span.end):
                for unusable in read_fence(fence, "developer", ladder=ladder).unusable:
                    yield Hit(unusable.message, unusable.span, unusable.hint, section.id)


def _unread(spec: Spec, start: int, end: int) -> bool:
    """Whether the YAML of a fence does not load, which is a parse problem already."""
    return any(
        problem.kind == "directive-yaml" and start <= problem.span.start <= end
        for problem in spec.problems
    )


def _ladder(spec: Spec) -> Ladder:
    """Return the ladder of the overlay; one that cannot be used is another rule's to report."""
    try:
        return terms_of(spec).ladder or DEFAULT_LADDER
    except SpecError:
        return DEFAULT_LADDER
