"""The condition of a boundary can never be true.

What it finds
    Conditions whose comparisons exclude each other: `x && !x`, `words > 100 && words < 50`,
    `tool == 'a' && tool == 'b'`, `false`. It tries every combination of the values that the
    condition's comparisons tell apart and takes every other part (patterns, functions) as true
    or false in turn, so what it reports is certain; what it cannot decide it leaves alone.

Why it matters
    The rule is written, cited and shown, and protects nobody.

Bad
    when: words > 100 && words < 50

Good
    when: words > 100 || words < 50
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
    """Report the conditions that are false whatever the facts."""
    for boundary, truth in truths(spec):
        if truth.when_true is None:
            tried = f" (tried: {truth.tried})" if truth.tried else ""
            what = f"this condition is never true{tried}"
            span = condition_span(spec, boundary)
            hint = "look for an && that should be ||, or a ! too many"
            yield Hit(what, span, hint=hint, section=boundary.section)
