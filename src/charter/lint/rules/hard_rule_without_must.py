"""A root or system section states no rule with "must".

What it finds
    Sections of root or system authority with clauses of which none has the strength *must*
    ("must", "never", "may not", "shall", "cannot" and their kin).

Why it matters
    Nobody may override such a section, yet "should" reads as a default. Readers and judges then
    differ about what counts as a violation. Some specs use "should" for rules on every level;
    those turn this rule off.

Bad
    ## Protect privacy {#protect_privacy authority=root}

    The assistant should not reveal home addresses.

Good
    ## Protect privacy {#protect_privacy authority=root}

    The assistant must not reveal home addresses.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec, Strength

GROUP = "writing"
SEVERITY = Severity.INFO

HARD = frozenset({"root", "system"})


def find(spec: Spec) -> Iterable[Hit]:
    """Report the hard sections without a hard clause."""
    for section in spec.sections:
        strengths = {clause.strength for clause in section.clauses}
        if section.authority in HARD and strengths and Strength.MUST not in strengths:
            what = f"{section.authority} section states no rule with must"
            hint = "write must or must not, or lower the authority"
            yield Hit(what, section.heading_span, hint=hint, section=section.id)
