"""A grade cites a section that does not exist.

What it finds
    Grades such as `BAD[#id]` where no section or clause has that id. An overlay may cite what
    stands in its base: where that is not known, its grades are left alone.

Why it matters
    The grade says which rule the reply breaks. If that rule is not there, the verdict rests on
    nothing.

Bad
    <assistant> <!-- BAD[#be_nice]: rude --> in a spec without a section `be_nice`

Good
    <assistant> <!-- BAD[#stay_polite]: rude --> in a spec with a section `stay_polite`
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from charter.lint.prose import is_overlay, opening_tag
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Section, Spec

GROUP = "structure"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report the citations without a target."""
    if not is_overlay(spec):
        yield from _unknown(spec, spec.sections)


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report those that have none in the base either."""
    yield from _unknown(spec, (*spec.sections, *below.spec.sections))


def _unknown(spec: Spec, sections: Sequence[Section]) -> Iterable[Hit]:
    known = {section.id for section in sections}
    known |= {clause.id for section in sections for clause in section.clauses}
    for example in spec.examples:
        for response in example.responses:
            cited = response.cites
            if cited is not None and cited not in known:
                what = f"grade cites {cited!r}, which is no section"
                span = opening_tag(spec, response)
                hint = "see `charter show` for the ids"
                yield Hit(what, span, hint=hint, section=example.section)
