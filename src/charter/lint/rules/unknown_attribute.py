"""A heading carries an attribute that has no meaning.

What it finds
    Keys in the braces of a heading other than `authority` and `tags`.

Why it matters
    A misspelt key is ignored: a section with `autority=root` binds nobody.

Bad
    ## Respect privacy {#respect_privacy autority=root}

Good
    ## Respect privacy {#respect_privacy authority=root}
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec
from charter.syntax.attributes import split_attributes

GROUP = "structure"
SEVERITY = Severity.WARNING

KEYS = ("authority", "tags")


def find(spec: Spec) -> Iterable[Hit]:
    """Report the keys that no part of Charter reads."""
    for section in spec.sections:
        if not section.id_written:
            continue
        line = section.heading_span.of(spec.source.text).strip().partition("\n")[0]
        for key, _ in split_attributes(line.rstrip("# \t\r")).attributes:
            if key not in KEYS:
                near = get_close_matches(key[:40], KEYS, n=1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(KEYS)}"
                what = f"unknown attribute {key!r}"
                yield Hit(what, section.heading_span, hint=hint, section=section.id)
