"""A comment allows a finding but does not say why.

What it finds
    Comments `<!-- charter: allow rule-id -->` without a reason after a colon, or without a rule
    id. Such a comment allows nothing.

Why it matters
    The next author needs to know whether the exception still holds.

Bad
    <!-- charter: allow section-without-example -->

Good
    <!-- charter: allow section-without-example: the examples stand in the chapter above -->
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.allow import allows
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report the comments that give no reason."""
    for comment in allows(spec):
        if comment.reason:
            continue
        named = ", ".join(comment.rules)
        what = f"allows {named} without a reason" if named else "allow comment names no rule"
        hint = f"write <!-- charter: allow {named or 'rule-id'}: reason -->"
        yield Hit(what, comment.span, hint=hint, path=comment.path)
