"""A grade cites a section that does not exist.

What it finds
    Grades such as `BAD[#id]` where no section or clause has that id. An overlay may cite what
    stands in its base, so its grades are left alone.

Why it matters
    The grade says which rule the reply breaks. If that rule is not there, the verdict rests on
    nothing.

Bad
    <assistant> <!-- BAD[#be_nice]: rude --> in a spec without a section `be_nice`

Good
    <assistant> <!-- BAD[#stay_polite]: rude --> in a spec with a section `stay_polite`
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import is_overlay, opening_tag
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report the citations without a target."""
    if is_overlay(spec):
        return
    clauses = {clause.id for clause in spec.clauses}
    for example in spec.examples:
        for response in example.responses:
            cited = response.cites
            if cited is not None and not spec.has_section(cited) and cited not in clauses:
                what = f"grade cites {cited!r}, which is no section"
                span = opening_tag(spec, response)
                hint = "see `charter show` for the ids"
                yield Hit(what, span, hint=hint, section=example.section)
