"""Two boundaries ask the same and answer differently.

What it finds
    Boundaries on one stage with the same condition and different effects. Spaces outside of
    quotes make no difference.

Why it matters
    The stronger effect wins every time, so the weaker one is never seen: one of the two is not
    what its author wanted.

Bad
    Two fences with `on: tool_call` and `when: tool == 'pay'`, one with `effect: flag`, one with
    `effect: deny`.

Good
    One fence with `effect: require_approval`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from charter.lint.boundary import MAX_DECIDED, boundaries, condition_span, decided
from charter.lint.condition_truth import tokens
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Boundary, Spec

GROUP = "consistency"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report every boundary that an earlier one contradicts."""
    first: dict[tuple[str, tuple[str, ...]], Boundary] = {}
    for boundary in islice(boundaries(spec), MAX_DECIDED):
        if not boundary.when:
            continue
        key = (boundary.on, tuple(tokens(boundary.when)))
        earlier = first.setdefault(key, boundary)
        if earlier.effect != boundary.effect:
            truth = decided(boundary)
            facts = f"; both fire when {truth.when_true}" if truth and truth.when_true else ""
            named = f"boundary {earlier.id!r} has the same condition and effect {earlier.effect}"
            what = f"{named}, this one {boundary.effect}{facts}"
            span = condition_span(spec, boundary)
            yield Hit(what, span, hint="keep the one that is meant", section=boundary.section)
