"""A section states a rule that a machine could check, and has no boundary for it.

What it finds
    In a spec that has boundaries elsewhere: a clause with "must" about keys, passwords or card
    numbers in what is written out, about valid JSON, about a number of words, or about never
    calling a tool that it names, in a section without a `~~~boundary`.

Why it matters
    What a condition can decide needs no judge: it holds for every reply, at once and the same
    way each time.

Bad
    The assistant must not write out private keys.

Good
    The same clause, and below it a boundary with
    `when: text.matches('-----BEGIN [A-Z ]*PRIVATE KEY-----')` and `effect: redact`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Clause, Spec, Strength

GROUP = "coverage"
SEVERITY = Severity.INFO

_CHECKABLE = (
    re.compile(
        r"\b(?:reveal|repeat|print|write out|output|include|contain|disclose|quote)\b[^.]{0,120}"
        r"\b(?:private keys?|api keys?|passwords?|access tokens?|(?:credit )?card numbers?)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\bvalid JSON\b", re.IGNORECASE),
    re.compile(
        r"\b(?:at most|no more than|fewer than|exactly)\s+\d{1,6}\s+(?:words|characters)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:not|never)\s+(?:call|use|invoke)\s+(?:the\s+)?`[^`]{1,60}`\s+tool\b", re.IGNORECASE
    ),
)


def find(spec: Spec) -> Iterable[Hit]:
    """Report the first such clause of each section."""
    if not any(section.boundaries for section in spec.sections):
        return
    for section in spec.sections:
        if section.normative and not section.boundaries:
            clause = next((clause for clause in section.clauses if _checkable(clause)), None)
            if clause is not None:
                what = "a condition could check this clause, but the section has no boundary"
                hint = "add a ~~~boundary fence below the prose"
                yield Hit(what, clause.span, hint=hint, section=section.id)


def _checkable(clause: Clause) -> bool:
    if clause.strength is not Strength.MUST:
        return False
    return any(pattern.search(clause.text[:2000]) for pattern in _CHECKABLE)
