"""A term in italics is used like a defined one, but no definition gives it.

What it finds
    Two or three words that stand in single asterisks at least twice in sections with authority,
    and that no `**Term**:` defines. Only documents with a section of definitions are looked at.
    Single words in italics are taken for emphasis, and words in italics once for a term that is
    explained where it stands.

Why it matters
    Italics promise the reader a fixed meaning. If none is written down, everyone brings their own.

Bad
    The assistant must not hand *trusted data* to others. It may read *trusted data* aloud.

Good
    **Trusted data**: what the operator has put into the system message.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from charter.lint.prose import own_prose
from charter.lint.rule import Hit
from charter.source import Severity, Span
from charter.spec.spec import Spec

GROUP = "writing"
SEVERITY = Severity.INFO

MIN_USES = 2

_ITALIC = re.compile(
    r"(?<![*\w])\*([A-Za-z][A-Za-z-]{1,30}(?: [A-Za-z][A-Za-z-]{1,30}){1,2})\*(?!\*)"
)
_DEFINED = re.compile(r"^[ \t]{0,8}(?:[-*] )?\*\*([^*\n:]{1,80})(?:\*\*:|:\*\*)", re.MULTILINE)
_EMPHASIS = re.compile(
    r"\b(?:not|no|never|only|all|any|every|must|should|may|do|does|is|are|and|or|but|very|both)\b",
    re.IGNORECASE,
)


def find(spec: Spec) -> Iterable[Hit]:
    """Report the second use in italics of each term without a definition."""
    defined = _definitions(spec)
    uses: Counter[str] = Counter()
    for term, span, section in _italics(spec) if defined else ():
        uses[_plain(term)] += 1
        if uses[_plain(term)] == MIN_USES and _plain(term) not in defined:
            what = f"no definition says what {term!r} means"
            hint = "define it as **Term**: …, or take the italics away"
            yield Hit(what, span, hint=hint, section=section)


def _definitions(spec: Spec) -> set[str]:
    """Return the defined terms; empty without a section made for definitions."""
    named = ("definition", "glossary", "terms")
    if not any(word in section.title.lower() for section in spec.sections for word in named):
        return set()
    return {_plain(found[1]) for found in _DEFINED.finditer(spec.source.text)}


def _italics(spec: Spec) -> Iterator[tuple[str, Span, str]]:
    text = spec.source.text
    for section, spans in own_prose(spec):
        for span in spans if section.normative else ():
            for found in _ITALIC.finditer(text, span.start, span.end):
                if not _EMPHASIS.search(found[1]):
                    yield found[1], Span(*found.span()), section.id


def _plain(term: str) -> str:
    return term.strip().lower().removesuffix("s")
