"""The condition of a boundary is true whatever happens.

What it finds
    Conditions such as `x || !x`, `words >= 0`, `tool != 'a' || tool != 'b'` or `true`. It tries
    every combination of the values that the condition's comparisons tell apart and takes every
    other part (patterns, functions) as true or false in turn, so what it reports is certain.

Why it matters
    A boundary that always denies stops the stage altogether. One that always flags says nothing.

Bad
    when: tool != 'pay' || tool != 'send'

Good
    when: tool != 'pay' && tool != 'send'
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.boundary import condition_span, truths
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "consistency"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report the conditions that are true whatever the facts."""
    for boundary, truth in truths(spec):
        if truth.when_false is None:
            facts = f", for instance when {truth.when_true}" if truth.when_true else ""
            what = f"this condition is always true{facts}"
            span = condition_span(spec, boundary)
            hint = "look for an || that should be &&, or a pattern that fits everything"
            yield Hit(what, span, hint=hint, section=boundary.section)
