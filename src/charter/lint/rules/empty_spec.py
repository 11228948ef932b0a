"""A file has no heading, so that nothing in it can be addressed.

What it finds
    Specs without a single section: an empty file, or prose before any heading. An overlay may
    consist of front matter alone, where that says something, such as a reading.

Why it matters
    An empty spec passes every other rule. Whoever checks the wrong file should hear of it.

Bad
    The assistant must keep private addresses private.

Good
    ## Protect privacy {#protect_privacy authority=root}

    The assistant must keep private addresses private.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity, Span
from charter.spec.overlays.terms import FIELDS
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.WARNING

_SAYING = frozenset(FIELDS) - {"extends", "level"}


def find(spec: Spec) -> Iterable[Hit]:
    """Report a spec without sections."""
    says = "extends" in spec.metadata and not spec.metadata.keys().isdisjoint(_SAYING)
    if not spec.sections and not says:
        hint = "name the spec's file, or begin its sections with `## Title {#id authority=…}`"
        yield Hit("no section: nothing here can be in force", Span(0, 0), hint=hint)
