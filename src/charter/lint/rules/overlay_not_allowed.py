"""An overlay does something that its level does not allow, or stands on another text.

What it finds
    In an overlay whose base is known (`charter check OVERLAY --base SPEC`, or a base that lies
    beside it): changes of a section above its level, duties and permissions added there, authority
    claimed above its own, laxer readings, directives that set aside what stands above or that name
    nothing; a digest in `extends` that is not that of the base.

Why it matters
    An overlay may tighten anything and weaken nothing that stands above it. A policy is not built
    from one that does, so whatever serves it would stop.

Bad
    level: developer

    ## Keep secrets {#keep_secrets}

    The assistant may give addresses to partners.

Good
    level: developer

    ## Keep secrets {#keep_secrets}

    The assistant must not give telephone numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.errors import SpecError
from charter.lint.rule import Hit
from charter.source import Location, Severity, Span
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.layer import refusals
from charter.spec.overlays.terms import DIGEST, terms_of
from charter.spec.spec import Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report nothing: without its base, what an overlay changes is not known."""
    return ()


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report everything that laying the overlay on the stack refuses."""
    try:
        found = refusals(below, spec)
    except SpecError as cause:
        if _is_overlay(spec, below):  # else another rule says what is wrong with the field
            span = cause.place.span if isinstance(cause.place, Location) else Span(0, 0)
            yield Hit(cause.message, span, cause.hint)
        return
    for refusal in found:
        yield Hit(refusal.message, refusal.place.span, refusal.hint, refusal.section)


def _is_overlay(spec: Spec, below: Effective) -> bool:
    """Whether front matter can be read, and says what the overlay stands on at which level."""
    try:
        terms = terms_of(spec)
    except SpecError:
        return False
    if terms.extends is None or terms.level not in below.ladder.ranks:
        return False
    return DIGEST.fullmatch(terms.extends.digest) is not None
