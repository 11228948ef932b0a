"""A section of an overlay says almost what a section of its base says, at a lower authority.

What it finds
    In an overlay whose base is known: a section under a new id whose title, or at least half of
    whose clauses, are nearly those of a section above the overlay's level, while its own
    authority is lower.

Why it matters
    The section above still binds. But readers take the copy for the rule, follow its lower
    authority, and miss later changes of the original.

Bad
    ## Keep secrets {#our_secrets authority=user}

Good
    ## Keep secrets {#keep_secrets}
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.overlays.effective import Effective, yields_to
from charter.spec.spec import Section, Spec

GROUP = "consistency"
SEVERITY = Severity.WARNING

NEAR = 0.75
"""Share of words in common from which two texts count as nearly the same."""
MAX_PAIRS = 200_000
"""Comparisons of one overlay: beyond it nobody reads the findings."""
_FEWEST = 4
"""Words of a clause; shorter ones are alike by chance."""

_WORD = re.compile(r"\w+")


def find(spec: Spec) -> Iterable[Hit]:
    """Report nothing: without its base, there is nothing to resemble."""
    return ()


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report sections of the overlay's own that resemble one of the stack."""
    level = str(spec.metadata.get("level"))
    known = [
        _Known(section)
        for section in below.spec.sections
        if section.authority and not yields_to(below.ladder, section.authority, level)
    ]
    left = MAX_PAIRS
    for section in spec.sections:
        if section.authority is None or section.id in below.spec.index:
            continue
        own = _Known(section)
        for other in known:
            left -= 1 + len(own.clauses) * len(other.clauses)
            if left < 0:
                return
            lower = below.ladder.rank(section.authority) < below.ladder.rank(
                other.section.authority
            )
            what = own.resembles(other) if lower else None
            if what is not None:
                yield Hit(
                    f"{what} nearly that of section {other.section.id}, which stands at "
                    f"{other.section.authority}, not at {section.authority}",
                    section.heading_span,
                    hint=f"tighten #{other.section.id} itself, or say what is different here",
                    section=section.id,
                )
                break


class _Known:
    """The words of a section."""

    __slots__ = ("clauses", "section", "title")

    def __init__(self, section: Section) -> None:
        self.section = section
        self.title = _words(section.title)
        found = [_words(clause.text) for clause in section.clauses]
        self.clauses = [words for words in found if len(words) >= _FEWEST]

    def resembles(self, other: _Known) -> str | None:
        if _near(self.title, other.title):
            return "title is"
        close = sum(any(_near(mine, each) for each in other.clauses) for mine in self.clauses)
        return "text is" if close and 2 * close >= len(self.clauses) else None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text[:2000].casefold()))


def _near(one: frozenset[str], other: frozenset[str]) -> bool:
    together = len(one | other)
    return together > 0 and len(one & other) >= NEAR * together
