"""One clause gives several instructions of different strength.

What it finds
    Clauses with two or more different modal words: must (or shall), should (or ought to), may.
    Only "the assistant may" counts as a permission: elsewhere the word often speaks of what is
    possible. Quotations, code and reported duties ("how the assistant should …") do not count.

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
_MODAL = re.compile(
    r"\b(?:(must|shall|should|ought to)|assistant (?:also |then |still )?(may not|may))\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:how|what|whether|why|which|that|than|who|as)\s(?:[\w'\u2019-]+\s){0,4}$", re.IGNORECASE
)
_REACH = 60
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
        if _REPORTED.search(bare, max(0, match.start() - _REACH), match.start()):
            continue
        word = (match[1] or match[2]).lower()
        group = _GROUPS.get(word, word)
        if group not in found:
            found.append(group)
    return found
