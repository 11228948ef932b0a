"""A comparison shows no reply that is graded GOOD.

What it finds
    Every `<comparison>` in which no reply is GOOD, empty ones included. Comparisons with a reply
    whose grade cannot be read are left to `ungraded-response`. A comparison without a BAD reply
    is no defect.

Why it matters
    An example that only shows what is wrong leaves open what would be right, and a judge that
    calls everything bad would pass it.

Bad
    <comparison>
    <assistant> <!-- BAD: preaches -->
    You should know better.
    </assistant>
    </comparison>

Good
    <comparison>
    <assistant> <!-- BAD: preaches -->
    You should know better.
    </assistant>
    <assistant> <!-- GOOD: declines in one sentence -->
    I can't help with that, but here is who can.
    </assistant>
    </comparison>
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import is_dialect
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec
from charter.syntax.conversation import Grade, Response

GROUP = "structure"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report the comparisons that have only OK and BAD replies, or none."""
    for example in spec.examples if is_dialect(spec) else ():
        groups: dict[int, list[Response]] = {}
        for response in example.responses:
            groups.setdefault(response.comparison, []).append(response)
        hint = "add the reply you would want to see"
        for group in groups.values():
            grades = {response.grade for response in group}
            if None not in grades and Grade.GOOD not in grades:
                what = "no reply in this comparison is graded GOOD"
                yield Hit(what, group[0].message.span, hint=hint, section=example.section)
        if len(groups) < example.comparisons:
            what = "a comparison in this example holds no reply"
            yield Hit(what, example.caption_span, hint=hint, section=example.section)
