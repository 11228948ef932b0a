"""A clause leaves its whole measure to a word such as "appropriate".

What it finds
    Short clauses (up to 20 words) with appropriate, reasonable, suitable, adequate, as needed or
    as necessary, in which nothing else says when or how: no condition, no example, no reason.
    Permissions ("may") are left out: they need no measure.

Why it matters
    Two careful readers cannot decide whether a reply keeps to such a clause, and neither can a
    judge.

Bad
    The assistant should respond appropriately.

Good
    The assistant should respond in the language and tone of the user's message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec, Strength

GROUP = "writing"
SEVERITY = Severity.INFO

MAX_WORDS = 20

_VAGUE = re.compile(
    r"\b(?:(?:in)?appropriate(?:ly)?|(?:un)?reasonabl[ey]|suitabl[ey]|adequate(?:ly)?|"
    r"as (?:needed|necessary|appropriate)|(?:where|if|when(?:ever)?) appropriate)\b",
    re.IGNORECASE,
)
_CRITERION = re.compile(
    r"\b(?:if|when|whenever|where|unless|until|because|since|so that|such as|for example|e\.g|i\.e|"
    r"including|namely|by|in order|rather than|instead of|without|than|based on|according to|"
    r"given|even|which|who|that|after|before|for)\b|[:(]",
    re.IGNORECASE,
)


def find(spec: Spec) -> Iterable[Hit]:
    """Report the clauses that measure by nothing else."""
    for clause in spec.clauses:
        if clause.strength is Strength.MAY or len(clause.text) > MAX_WORDS * 12:
            continue
        vague = _VAGUE.search(clause.text)
        short = len(clause.text.split()) <= MAX_WORDS
        if vague and short and not _CRITERION.search(_VAGUE.sub("", clause.text)):
            what = f'"{vague[0]}" is the only measure of this clause'
            hint = "say by what a reader can tell"
            yield Hit(what, clause.span, hint=hint, section=clause.section)
