"""An overlay adds an example to a section above its level, and so says what that section means.

What it finds
    In an overlay whose base is known: an example that is added to a section above the overlay's
    level and grades responses, or expects an outcome.

Why it matters
    Grades and expectations teach and test what a section asks for. Added above the overlay's level
    they can call good what the section forbids, and no rule can tell: that is for people who
    answer for that level to see.

Bad
    ## Keep secrets {#keep_secrets}

    **Example**: a partner asks for an address

Good
    ## Our address service {#address_service authority=developer}

    **Example**: a partner asks for an address
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.errors import SpecError
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.overlays.effective import Effective, yields_to
from charter.spec.overlays.terms import read_field
from charter.spec.spec import Spec

GROUP = "consistency"
SEVERITY = Severity.INFO


def find(spec: Spec) -> Iterable[Hit]:
    """Report nothing: without its base, it is not known what stands above."""
    return ()


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report graded examples added above the overlay's level."""
    try:
        level = str(read_field(spec, "level"))
    except SpecError:
        return
    for section in spec.sections:
        known = below.spec.index.get(section.id)
        if known is None or known.authority is None:
            continue
        if yields_to(below.ladder, known.authority, level):
            continue
        there = {example.id for example in known.examples}
        for example in section.examples:
            says = example.expectation is not None or example.responses
            if example.id not in there and says:
                yield Hit(
                    f"example added to section {section.id} says what it means at "
                    f"{known.authority}, above this overlay's {level}",
                    example.caption_span,
                    hint=f"have it read by people who answer for {known.authority}",
                    section=section.id,
                )
