"""A clause marker has no prompt file.

What it finds
    Markers in the text for which `examples/` holds no `<marker>.md`, in a spec that has prompt
    files at all.

Why it matters
    Prompt files say how a clause is tried out. A marker without one was forgotten, or its file
    was lost.

Bad
    Text with [^a001] and [^a002], and a folder with `examples/a001.md` alone.

Good
    Text with [^a001] and [^a002], and a folder with `examples/a001.md` and `examples/a002.md`.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import clause_markers
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.WARNING


def find(spec: Spec) -> Iterable[Hit]:
    """Report the markers without a file."""
    files = {prompts.marker for prompts in spec.prompt_sets}
    for marker in clause_markers(spec) if files else ():
        if marker.name not in files:
            what = f"marker [^{marker.name}] has no file examples/{marker.name}.md"
            hint = "write its prompts, or remove the marker"
            yield Hit(what, marker.span, hint=hint, section=marker.section)
