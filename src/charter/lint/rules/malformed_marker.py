"""A clause marker is not four characters of a-z and 0-9.

What it finds
    Markers `[^…]` of another length or with other characters. Footnotes that the text defines
    with `[^…]:` are not markers.

Why it matters
    Markers double as file names of prompts, and tools that read the dialect look for exactly
    four characters.

Bad
    The assistant must not lie[^honesty].

Good
    The assistant must not lie[^hon1].
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import clause_markers
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec
from charter.spec.split import MARKER_NAME

GROUP = "structure"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report the markers of another form."""
    for marker in clause_markers(spec):
        if not MARKER_NAME.fullmatch(marker.name):
            what = f"marker [^{marker.name}] is not four characters of a-z and 0-9"
            hint = "shorten it, or define it with [^…]: if it is a footnote"
            yield Hit(what, marker.span, hint=hint, section=marker.section)
