"""A field of front matter holds a value that cannot be used.

What it finds
    `ladder`, `readings`, `conditions`, `external`, `first_party`, `default_timer` and `gates`
    with a value of another type, an unknown reading or alternative, a ladder that contradicts
    itself, a gate that names no section. `extends` and `level` have a rule of their own.

Why it matters
    These fields decide how the whole document is read. One that cannot be used is not passed
    over: no policy is built.

Bad
    readings:
      defeat: never

Good
    readings:
      defeat: any_higher
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.errors import SpecError
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.overlays.terms import FIELDS, field_span, read_field
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.ERROR

_OWN_RULE = ("extends", "level")


def find(spec: Spec) -> Iterable[Hit]:
    """Report each field that cannot be read."""
    for key in FIELDS:
        if key in spec.metadata and key not in _OWN_RULE:
            try:
                read_field(spec, key)
            except SpecError as cause:
                yield Hit(cause.message, field_span(spec, key), cause.hint)
