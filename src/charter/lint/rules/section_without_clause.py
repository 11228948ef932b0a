"""A section with authority instructs nothing.

What it finds
    Sections that can bind, hold no clause and have no section below them that does.

Why it matters
    An authority promises a rule. Without a sentence that says must, should or may there is
    nothing to follow, cite or test.

Bad
    ## Be honest {#be_honest authority=user}

    Honesty is the basis of trust.

Good
    ## Be honest {#be_honest authority=user}

    The assistant should say what it believes to be true.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "coverage"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report the sections without clauses in or below them."""
    instructing: set[str | None] = set()
    for section in reversed(spec.sections):  # children come after their parents
        if section.clauses or section.id in instructing:
            instructing |= {section.id, section.parent}
    for section in spec.sections:
        if section.normative and section.id not in instructing:
            what = f"{section.authority} section holds no instruction"
            hint = "say what the assistant must, should or may do, or drop the authority"
            yield Hit(what, section.heading_span, hint=hint, section=section.id)
