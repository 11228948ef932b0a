"""An overlay adds a duty to a section above its level, where it binds as the section does.

What it finds
    In an overlay whose base is known: a clause that is added to a section above the overlay's
    level and demands something instead of forbidding it.

Why it matters
    What is added to a section has its authority. A prohibition only tightens; a duty can outrank
    what users and developers ask for, and no list of words tells whether it goes against the
    section it is added to.

Bad
    ## Keep secrets {#keep_secrets}

    The assistant must mention our address service.

Good
    ## Our address service {#address_service authority=developer}

    The assistant should mention our address service.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.errors import SpecError
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.overlays.effective import Effective, yields_to
from charter.spec.overlays.stance import forbids
from charter.spec.overlays.terms import read_field
from charter.spec.spec import Spec

GROUP = "consistency"
SEVERITY = Severity.INFO


def find(spec: Spec) -> Iterable[Hit]:
    """Report nothing: without its base, it is not known what stands above."""
    return ()


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report duties added above the overlay's level."""
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
        there = {clause.id for clause in known.clauses}
        for clause in section.clauses:
            if clause.id not in there and not forbids(clause.text):
                yield Hit(
                    f"duty added to section {section.id} binds at {known.authority}, above "
                    f"this overlay's {level}",
                    clause.span,
                    hint=f"a section of your own at {level} says the same with your authority",
                    section=section.id,
                )
