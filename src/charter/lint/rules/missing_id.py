"""A heading has no id of its own.

What it finds
    Headings without `{#id}`, in a document where other headings have one.

Why it matters
    Without a written id Charter makes one from the title, and it changes whenever the title
    does: links break and test results lose the section they belong to.

Bad
    ## Respect privacy

Good
    ## Respect privacy {#respect_privacy authority=root}
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import is_dialect
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report the headings whose id was made from the title."""
    for section in spec.sections if is_dialect(spec) else ():
        if not section.id_written:
            hint = f"write {{#{section.id}}} after the title"
            yield Hit("heading without an id", section.heading_span, hint=hint, section=section.id)
