"""Two examples have the same caption.

What it finds
    Captions that an earlier example of the document already has; case and spaces make no
    difference.

Why it matters
    Without an id of its own an example is known by its caption. With two of one caption, a test
    result or a review can mean either.

Bad
    **Example**: user asks for a recipe
    **Example**: user asks for a recipe

Good
    **Example**: user asks for a recipe
    **Example**: user asks for a recipe without nuts
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report every caption after its first use."""
    seen: set[str] = set()
    for example in spec.examples:
        key = " ".join(example.caption.casefold().split())
        if key and key in seen:
            what = "an earlier example has the same caption"
            hint = "say what is different in this one"
            yield Hit(what, example.caption_span, hint=hint, section=example.section)
        seen.add(key)
