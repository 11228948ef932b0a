"""A prompt file names a section title that its clause no longer stands under.

What it finds
    First lines `Examples for [^abcd] in Title:` where the marker stands in a section of another
    title. Kinds of quotes, dashes and spaces make no difference.

Why it matters
    The clause moved or its section was renamed, and nobody looked whether the prompts still fit.

Bad
    Examples for [^a001] in Old title:

Good
    Examples for [^a001] in New title:
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.prose import first_line
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.WARNING

_ALIKE = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{EN DASH}": "-",
        "*": "",
        "`": "",
    }
)


def find(spec: Spec) -> Iterable[Hit]:
    """Report the files whose title is another than that of the marker's section."""
    sections = {marker.name: marker.section for marker in reversed(spec.markers)}
    for prompts in spec.prompt_sets:
        section_id = sections.get(prompts.marker)
        if prompts.title is None or section_id is None:
            continue
        title = spec.section(section_id).title
        if _plain(title) != _plain(prompts.title):
            yield Hit(
                f"[^{prompts.marker}] stands in {title!r}, not in {prompts.title!r}",
                first_line(prompts.source),
                hint="look whether the prompts still fit, then name the new title",
                section=section_id,
                path=prompts.source.path,
            )


def _plain(title: str) -> str:
    return " ".join(title.translate(_ALIKE).split()).casefold()
