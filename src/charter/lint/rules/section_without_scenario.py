"""A section with authority is tested by no scenario.

What it finds
    Sections with clauses that no file in `scenarios/` tests, in a spec that has scenarios at all.
    Drafts and scenarios for training test nothing.

Why it matters
    An evaluation says nothing about these sections, and its total looks better informed than it
    is.

Bad
    A section `protect_privacy`, and no `scenarios/protect_privacy.md`.

Good
    A section `protect_privacy`, and five scenarios in `scenarios/protect_privacy.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "coverage"
SEVERITY = Severity.INFO


def find(spec: Spec) -> Iterable[Hit]:
    """Report the sections without scenarios."""
    tested = {
        group.section
        for group in spec.scenario_sets
        if any(_measures(dict(scenario.attributes)) for scenario in group.scenarios)
    }
    for section in spec.sections if tested else ():
        if section.normative and section.clauses and section.id not in tested:
            what = f"no scenario tests this {section.authority} section"
            hint = f"write scenarios/{section.id}.md"
            yield Hit(what, section.heading_span, hint=hint, section=section.id)


def _measures(attributes: Mapping[str, str]) -> bool:
    return attributes.get("status") != "draft" and attributes.get("use") != "train"
