"""A term in italics is used like a defined one, but no definition gives it.

What it finds
    Two or three words in single asterisks, in a section with authority, that the document uses
    at least three times and that no `**Term**:` defines. Only documents with a section of
    definitions are looked at. Single words in italics are taken for emphasis.

Why it matters
    Italics promise the reader a fixed meaning. If none is written down, everyone brings their own.

Bad
    The assistant must not hand *trusted data* to others, in a document that nowhere says what
    trusted data is.

Good
    **Trusted data**: what the operator has put into the system message.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from charter.lint.prose import own_prose, own_text
from charter.lint.rule import Hit
from charter.source import Severity, Span
from charter.spec.spec import Spec

GROUP = "writing"
SEVERITY = Severity.INFO

MIN_USES = 3

_ITALIC = re.compile(
    r"(?<![*\w])\*([A-Za-z][A-Za-z-]{1,30}(?: [A-Za-z][A-Za-z-]{1,30}){1,2})\*(?!\*)"
)
_DEFINED = re.compile(r"^[ \t]{0,8}(?:[-*] )?\*\*([^*\n:]{1,80})(?:\*\*:|:\*\*)", re.MULTILINE)
_WORD = re.compile(r"[a-z][a-z-]*")
_EMPHASIS = frozenset(
    "not no never only all any every must should may do does is are and or but very both".split()
)


def find(spec: Spec) -> Iterable[Hit]:
    """Report the first use in italics of each term without a definition."""
    defined = _definitions(spec)
    if not defined:
        return
    candidates: dict[str, tuple[Span, str]] = {}
    counts: Counter[str] = Counter()
    for term, span, section in _italics(spec):
        if _plain(term) not in defined:
            candidates.setdefault(_plain(term), (span, section))
    if candidates:
        counts = _counted(spec, candidates)
    for term, (span, section) in candidates.items():
        if counts[term] >= MIN_USES:
            what = f"no definition says what {span.of(spec.source.text).strip('*')!r} means"
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
                if not _EMPHASIS & set(found[1].lower().split()):
                    yield found[1], Span(*found.span()), section.id


def _counted(spec: Spec, candidates: Iterable[str]) -> Counter[str]:
    """Count the runs of two and three words that are candidates, in one pass over the prose."""
    wanted = set(candidates)
    counts: Counter[str] = Counter()
    for _, spans in own_prose(spec):
        words = _WORD.findall(own_text(spec, spans).lower())
        for at in range(len(words) - 1):
            for run in (words[at : at + 2], words[at : at + 3]):
                joined = _plain(" ".join(run))
                if joined in wanted and (len(run) == 2 or at + 3 <= len(words)):
                    counts[joined] += 1
    return counts


def _plain(term: str) -> str:
    return term.strip().lower().removesuffix("s")
