"""A section id has characters other than a-z, 0-9 and the underscore.

What it finds
    Written ids that are not made of lower-case letters, digits and `_` alone.

Why it matters
    Ids become parts of addresses, file names and configuration keys. What is safe in one place
    and not in another breaks links.

Bad
    ## Respect privacy {#Respect-Privacy authority=root}

Good
    ## Respect privacy {#respect_privacy authority=root}
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec
from charter.syntax.attributes import slug

GROUP = "structure"
SEVERITY = Severity.WARNING

_ID = re.compile(r"[a-z0-9_]+")


def find(spec: Spec) -> Iterable[Hit]:
    """Report the ids with other characters."""
    for section in spec.sections:
        if section.id_written and not _ID.fullmatch(section.id):
            what = f"id {section.id!r} has characters other than a-z, 0-9 and _"
            hint = f"for example {{#{slug(section.id)}}}"
            yield Hit(what, section.heading_span, hint=hint, section=section.id)
