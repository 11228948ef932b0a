"""A clause is longer than 60 words.

What it finds
    Clauses of more than 60 words; addresses of links do not count.

Why it matters
    A clause is shown on its own in reports: "this is the rule that the reply broke". Past sixty
    words it is usually several rules, and nobody can say which one was broken.

Bad
    One sentence with four conditions, three exceptions and a list.

Good
    One sentence for the rule, one for each exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "writing"
SEVERITY = Severity.INFO

MAX_WORDS = 60

_ADDRESS = re.compile(r"\]\([^)\s]{1,500}\)")


def find(spec: Spec) -> Iterable[Hit]:
    """Report the clauses past the limit."""
    for clause in spec.clauses:
        if len(clause.text) < MAX_WORDS * 2:
            continue
        words = len(_ADDRESS.sub("]", clause.text).split())
        if words > MAX_WORDS:
            what = f"clause of {words} words"
            hint = "cut it into sentences of one instruction each"
            yield Hit(what, clause.span, hint=hint, section=clause.section)
