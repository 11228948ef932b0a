"""Two sections, examples or scenarios have the same id.

What it finds
    A section id that an earlier heading has; an example id that an earlier example of the same
    section has; a scenario id that an earlier scenario has, in whichever file.

Why it matters
    Links, grades, overlays and test results name sections by id. With two of one name the second
    can be reached by nobody.

Bad
    ## Respect privacy {#privacy authority=root}
    ## Keep secrets {#privacy authority=root}

Good
    ## Respect privacy {#privacy authority=root}
    ## Keep secrets {#keep_secrets authority=root}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from charter.lint.rule import Hit
from charter.source import Severity, Source
from charter.spec.spec import Example, Spec
from charter.syntax.attributes import split_attributes

GROUP = "structure"
SEVERITY = Severity.ERROR

_HINT = "give one of them another id"


def find(spec: Spec) -> Iterable[Hit]:
    """Report every id after its first use."""
    first: dict[str, int] = {}
    for section in spec.sections:
        start = first.setdefault(section.id, section.heading_span.start)
        if section.id_written and start != section.heading_span.start:
            what = f"section id {section.id!r} is taken by an earlier heading"
            yield Hit(what, section.heading_span, hint=_HINT, section=section.id)
    for section in spec.sections:
        yield from _examples(section.examples, spec.source, set(), None, "example")
    taken: set[str] = set()
    for group in spec.scenario_sets:
        path = group.source.path
        yield from _examples(group.scenarios, group.source, taken, path, "scenario")


def _examples(
    examples: Iterable[Example], source: Source, taken: set[str], path: str | None, what: str
) -> Iterator[Hit]:
    for example in examples:
        written = split_attributes(example.caption_span.of(source.text)).id
        if written is None:
            continue
        if written in taken:
            message = f"{what} id {written!r} is taken by an earlier {what}"
            section = None if path else example.section
            yield Hit(message, example.caption_span, hint=_HINT, section=section, path=path)
        taken.add(written)
