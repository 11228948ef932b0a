"""A grade cites a section that has no authority and so binds nothing.

What it finds
    Grades such as `BAD[#chain_of_command]` where the section exists but carries no `authority=`.

Why it matters
    The verdict says that the reply breaks this section. A section without authority is an
    introduction or a chapter: which rule in it was meant, and at what level, is left open.

Bad
    <assistant> <!-- BAD[#chain_of_command]: ignores the developer -->

Good
    <assistant> <!-- BAD[#follow_developer]: ignores the developer -->
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import opening_tag
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "consistency"
SEVERITY = Severity.INFO


def find(spec: Spec) -> Iterable[Hit]:
    """Report the grades that cite what cannot bind."""
    for example in spec.examples:
        for response in example.responses:
            cited = spec.index.get(response.cites or "")
            if cited is not None and not cited.normative:
                what = f"grade cites {cited.id!r}, a section without authority"
                hint = "cite the section that holds the rule"
                span = opening_tag(spec, response)
                yield Hit(what, span, hint=hint, section=example.section)
