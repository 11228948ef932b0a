"""A link points to a section that does not exist.

What it finds
    `[?](#id)` and `[words](#id)` in the prose where no section, clause or example has that id.
    Links inside fences and code are left alone, and so are the links of an overlay whose base is
    not known: their target may stand there.

Why it matters
    The reader is sent nowhere, and the text given to a judge for a section lacks what the
    section rests on.

Bad
    The assistant should keep secrets; see [?](#privcy).

Good
    The assistant should keep secrets; see [?](#privacy).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from charter.lint.prose import in_code, is_overlay
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Reference, Section, Spec
from charter.syntax.document import Fence, Other, YamlFence, block_span
from charter.syntax.reader import parse

GROUP = "structure"
SEVERITY = Severity.ERROR

_SUGGESTED = 20
_MAX_IDS = 2000
"""Up to so many links and ids a near id is looked for: it takes time in a long document."""


def find(spec: Spec) -> Iterable[Hit]:
    """Report the links whose target is missing."""
    if not is_overlay(spec):
        yield from _broken(spec, spec.sections)


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report those that are missing in the base too."""
    yield from _broken(spec, (*spec.sections, *below.spec.sections))


def _broken(spec: Spec, sections: Sequence[Section]) -> Iterable[Hit]:
    if not any(section.id_written for section in sections):
        return
    known = {section.id for section in sections}
    minted = {section.id for section in sections if not section.id_written}
    known |= {clause.id for section in sections for clause in section.clauses}
    known |= {example.id for section in sections for example in section.examples}
    broken = [
        reference
        for reference in spec.references
        if not reference.in_fence
        and reference.target not in known
        and reference.target.casefold().replace("-", "_") not in minted
    ]
    ids = [section.id for section in sections] if len(sections) <= _MAX_IDS else []
    for count, reference in enumerate(_in_prose(spec, broken)):
        near = get_close_matches(reference.target, ids, n=1) if count < _SUGGESTED else []
        hint = f"did you mean #{near[0]}?" if near else "see `charter show` for the ids"
        what = f"no section has the id {reference.target!r}"
        yield Hit(what, reference.span, hint=hint, section=reference.section)


def _in_prose(spec: Spec, references: list[Reference]) -> Iterable[Reference]:
    """Leave out what stands in code, HTML comments and other blocks without a meaning."""
    if not references:
        return
    silent = [
        block_span(block)
        for block in parse(spec.source).blocks
        if isinstance(block, Fence | YamlFence | Other)
    ]
    at = 0
    for reference in references:
        while at < len(silent) and silent[at].end <= reference.span.start:
            at += 1
        inside = at < len(silent) and silent[at].start <= reference.span.start
        if not inside and not in_code(spec.source.text, reference.span.start):
            yield reference
