"""A clause marker stands in the text twice.

What it finds
    A marker `[^abcd]` that an earlier place already has. Footnotes that the text defines with
    `[^abcd]:` are not markers.

Why it matters
    A marker is the name of one clause: test results and prompt files refer to it. With two places
    of one name, nobody knows which clause was measured.

Bad
    The assistant must not lie[^a001]. It must not mislead[^a001].

Good
    The assistant must not lie[^a001]. It must not mislead[^a002].
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import clause_markers
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report every marker after its first place."""
    seen: set[str] = set()
    for marker in clause_markers(spec):
        if marker.name in seen:
            what = f"marker [^{marker.name}] is used by an earlier clause"
            hint = "give this clause four other characters"
            yield Hit(what, marker.span, hint=hint, section=marker.section)
        seen.add(marker.name)
