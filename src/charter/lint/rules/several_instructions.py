"""One clause gives several instructions of different strength.

What it finds
    Clauses with two or more different modal words: must (or shall), should (or ought to), may.
    Quotations and code do not count, nor does "may" after a word such as "that", "which" or "it",
    where it speaks of a possibility.

Why it matters
    A clause is the unit that tests and verdicts name. "Must do A and should do B" is two rules:
    a reply that does A alone would break it and keep it at once.

Bad
    The assistant must name its sources and should link to them.

Good
    The assistant must name its sources. It should link to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "writing"
SEVERITY = Severity.INFO

_QUOTED = re.compile(r"\"[^\"]{0,300}\"|\u201c[^\u201d]{0,300}\u201d|`[^`]{0,300}`")
_MODAL = re.compile(r"\b(must|shall|should|ought to|may not|may)\b", re.I)
_POSSIBLE = re.compile(r"\b(?:that|which|who|it|this|they|there|these|those|what|content)\s$", re.I)
_GROUPS = {"shall": "must", "may not": "must", "ought to": "should"}


def find(spec: Spec) -> Iterable[Hit]:
    """Report the clauses with modals of different strength."""
    for clause in spec.clauses:
        modals = _modals(clause.text)
        if len(modals) > 1:
            what = f"one clause says {' and '.join(modals)}"
            hint = "make a sentence of each instruction"
            yield Hit(what, clause.span, hint=hint, section=clause.section)


def _modals(text: str) -> list[str]:
    bare = _QUOTED.sub("", text)
    found: list[str] = []
    for match in _MODAL.finditer(bare):
        word = match[1].lower()
        possible = word == "may" and _POSSIBLE.search(
            bare, max(0, match.start() - 9), match.start()
        )
        group = _GROUPS.get(word, word)
        if not possible and group not in found:
            found.append(group)
    return found
