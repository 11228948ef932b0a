"""Two boundaries have the same id, or one has that of a gate.

What it finds
    Boundary ids that an earlier `~~~boundary` of the document has, and those that are the name of
    a check that every decision has, such as `scope` or `side_effects`.

Why it matters
    A decision names the check it rests on. With two of one name, a block cannot be explained.

Bad
    Two fences with `id: no_keys_out`; one with `id: scope`.

Good
    One with `id: no_keys_out`, the other with `id: no_keys_in`.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.boundary import boundaries, field_line
from charter.lint.rule import Hit
from charter.policy.policy import RESERVED
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report every boundary id after its first use, and every reserved one."""
    seen: set[str] = set()
    for boundary in boundaries(spec):
        if boundary.id and boundary.id in seen:
            what = f"boundary id {boundary.id!r} is taken by an earlier boundary"
            span = field_line(spec, boundary, "id")
            yield Hit(what, span, hint="give one another id", section=boundary.section)
        elif boundary.id in RESERVED:
            what = f"boundary id {boundary.id!r} is the name of a check that every decision has"
            hint = f"give it another id than {', '.join(sorted(RESERVED))}"
            span = field_line(spec, boundary, "id")
            yield Hit(what, span, hint=hint, section=boundary.section)
        seen.add(boundary.id)
