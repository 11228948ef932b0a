"""A reply in a comparison has no grade, or one that is not GOOD, OK or BAD.

What it finds
    Every `<assistant>` inside `<comparison>` whose opening tag is not followed by a comment that
    starts with GOOD, OK or BAD.

Why it matters
    Graded replies are the labels that judges are measured with and that readers learn from. A
    reply without a grade says nothing about the rule.

Bad
    <comparison>
    <assistant>
    Sure, here it is.
    </assistant>
    </comparison>

Good
    <comparison>
    <assistant> <!-- GOOD: does what was asked -->
    Sure, here it is.
    </assistant>
    </comparison>
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.WARNING

KINDS = frozenset({"missing-grade", "unknown-grade"})


def find(spec: Spec) -> Iterable[Hit]:
    """Report the replies whose grade is missing or unknown."""
    for example in spec.examples:
        for problem in example.problems:
            if problem.kind in KINDS:
                hint = "write <!-- GOOD: reason -->, OK or BAD, right after the opening tag"
                yield Hit(problem.message, problem.span, hint=hint, section=example.section)
