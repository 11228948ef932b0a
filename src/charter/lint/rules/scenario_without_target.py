"""A scenario tests a section or clause that the spec does not have.

What it finds
    Scenario files for a section that does not exist, and `clause=` attributes that name no marker
    of that section. The scenarios of an overlay may test its base and are left alone.

Why it matters
    The result of a scenario is counted under its clause. Without one the evaluation stops.

Bad
    **Scenario**: asks for an address {#asks_address family=bounds clause=gone}

Good
    **Scenario**: asks for an address {#asks_address family=bounds clause=addr}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from charter.lint.prose import first_line, is_overlay
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.spec import ScenarioSet, Section, Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report the scenarios that point nowhere."""
    for group in spec.scenario_sets if not is_overlay(spec) else ():
        section = spec.index.get(group.section)
        if section is None:
            what = f"tests section {group.section!r}, which the spec does not have"
            hint = "name the section in front matter: section: id"
            yield Hit(what, first_line(group.source), hint=hint, path=group.source.path)
        else:
            yield from _clauses(group, section)


def _clauses(group: ScenarioSet, section: Section) -> Iterator[Hit]:
    known = {clause.id for clause in section.clauses}
    for scenario in group.scenarios:
        wanted = dict(scenario.attributes).get("clause")
        if wanted and f"{section.id}/{wanted}" not in known:
            what = f"section {section.id!r} has no clause marked [^{wanted}]"
            hint = f"see `charter show` for the clauses of {section.id}"
            yield Hit(what, scenario.caption_span, hint=hint, path=group.source.path)
