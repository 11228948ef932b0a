"""A default does not say how it can be changed.

What it finds
    Developer, user and guideline sections whose prose, and that of the sections above them, names
    no way to change the default: no sentence that speaks of a developer, user or operator
    together with may, can, ask, override, unless and the like, and no "by default" or "unless".

Why it matters
    These levels exist to be overridden. If the text does not say by whom, product teams guess.

Bad
    ## Be brief {#be_brief authority=user}

    The assistant should answer in a few sentences.

Good
    ## Be brief {#be_brief authority=user}

    The assistant should answer in a few sentences. A user may ask for more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from charter.lint.prose import own_prose, own_text
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Section, Spec

GROUP = "writing"
SEVERITY = Severity.INFO

SOFT = frozenset({"developer", "user", "guideline"})

_END = re.compile(r"[.!?;]\s|\n")
_WHO = re.compile(r"\b(?:developers?|users?|operators?|they|context)\b", re.IGNORECASE)
_HOW = re.compile(
    r"\b(?:may|can|asks?|asked|asking|overrid\w+|requests?|requested|instruct\w*|explicit\w*|"
    r"prefer\w*|adjust\w*|configur\w*|allow\w*|chang\w+|specif\w+|replac\w+|"
    r"want\w*|choos\w+|turn\w*|restrict\w*|indicat\w+|signal\w*)\b",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\b(?:unless|by default|default|except when|overrid\w+|otherwise)\b", re.IGNORECASE
)


def find(spec: Spec) -> Iterable[Hit]:
    """Report the defaults without a path to change them."""
    named: dict[str, bool] = {}
    for section, spans in own_prose(spec):
        above = named.get(section.parent or "", False)
        named[section.id] = above or _names_path(own_text(spec, spans))
        if _is_default(section) and not named[section.id]:
            what = f"{section.authority} section does not say who may change this default"
            hint = "add a sentence such as: A developer or user may ask for …"
            yield Hit(what, section.heading_span, hint=hint, section=section.id)


def _is_default(section: Section) -> bool:
    return section.authority in SOFT and bool(section.clauses)


def _names_path(text: str) -> bool:
    if _ALONE.search(text):
        return True
    return any(_WHO.search(part) and _HOW.search(part) for part in _END.split(text))
