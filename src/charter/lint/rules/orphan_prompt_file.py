"""A prompt file belongs to a marker that the text does not have.

What it finds
    Files `examples/<marker>.md` whose marker stands nowhere in the spec.

Why it matters
    Its prompts test a clause that is gone, or the marker was lost in an edit.

Bad
    A folder with `examples/a002.md`, and no [^a002] in the text.

Good
    A folder with `examples/a002.md`, and a clause that ends in [^a002].
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import first_line
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report the files without a marker."""
    names = {marker.name for marker in spec.markers}
    for prompts in spec.prompt_sets:
        if prompts.marker not in names:
            yield Hit(
                f"no clause carries the marker [^{prompts.marker}] of this file",
                first_line(prompts.source),
                hint="put the marker back, or remove the file",
                path=prompts.source.path,
            )
