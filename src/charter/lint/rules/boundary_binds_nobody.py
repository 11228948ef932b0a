"""A boundary stands in a section without an authority.

What it finds
    `~~~boundary` fences in sections that have no `authority=`, in a spec. In an overlay, where
    the section can be one of its base, only where the base is known.

Why it matters
    A section without an authority explains and does not bind. What its boundary would stop is
    nobody's rule, so no policy is built from it.

Bad
    ## Secrets {#secrets}

    ~~~boundary
    id: no_keys_out
    ~~~

Good
    ## Secrets {#secrets authority=root}

    ~~~boundary
    id: no_keys_out
    ~~~
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Section, Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report boundaries of sections that cannot bind."""
    if "extends" not in spec.metadata:
        yield from _unbound(spec, {})


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report those of an overlay; an id of its base has the authority it has there."""
    yield from _unbound(spec, below.spec.index)


def _unbound(spec: Spec, below: Mapping[str, Section]) -> Iterable[Hit]:
    for section in spec.sections:
        known = below.get(section.id)
        if section.authority is None and (known is None or known.authority is None):
            for boundary in section.boundaries:
                yield Hit(
                    f"boundary {boundary.id!r} stands in section {section.id}, which has no "
                    "authority and binds nobody",
                    boundary.span,
                    hint="give the section an authority",
                    section=section.id,
                )
