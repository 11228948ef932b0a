"""A section with authority has no example.

What it finds
    Sections that can bind and show no captioned conversation. In a document without any example
    this is said once. Overlays are left alone: the examples stand in their base.

Why it matters
    Examples show where the rule ends, and they are the labelled data that judges are measured
    with. A rule without one can be read in many ways and tested in none.

Bad
    ## Obey the law {#obey_the_law authority=system}

    The assistant must not break the law.

Good
    The same section with a captioned conversation whose replies are graded GOOD and BAD.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import is_overlay
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "coverage"
# A warning: unlike a matter of style, this is a part of the rule that the author has yet to write.
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report the sections without examples."""
    bare = [section for section in spec.sections if section.normative and not section.examples]
    if is_overlay(spec) or not bare:
        return
    hint = "add a captioned conversation with graded replies"
    if not any(section.examples for section in spec.sections):
        what = f"no section has an example ({len(bare)} have an authority)"
        yield Hit(what, bare[0].heading_span, hint=hint, section=bare[0].id)
        return
    for section in bare:
        what = f"{section.authority} section has no example"
        yield Hit(what, section.heading_span, hint=hint, section=section.id)
