"""A section claims an authority that is no level of the ladder.

What it finds
    `authority=` with a value other than root, system, developer, user or guideline, or the levels
    that `ladder` in front matter gives instead. `platform`, the former name of root, is accepted.

Why it matters
    The level decides who may change the section. With a level that nobody knows, nobody can say
    what the section yields to.

Bad
    ## Respect privacy {#respect_privacy authority=highest}

Good
    ## Respect privacy {#respect_privacy authority=root}
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from charter.lint.levels import ladder_of, names_of
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.ladder import Ladder
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report the levels that are none."""
    yield from _unknown(spec, ladder_of(spec))


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report the levels that are none of the base's ladder."""
    yield from _unknown(spec, below.ladder)


def _unknown(spec: Spec, ladder: Ladder) -> Iterable[Hit]:
    names = names_of(ladder)
    for section in spec.sections:
        if section.authority is not None and section.authority not in names:
            near = get_close_matches(section.authority[:40], names, n=1)
            known = f"known: {', '.join(names)}"
            hint = f"did you mean {near[0]}?" if near else known
            what = f"unknown authority {section.authority!r}"
            yield Hit(what, section.heading_span, hint=hint, section=section.id)
