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

from collections.abc import Iterable, Iterator, Sequence

from charter.lint.prose import first_line, is_overlay
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.overlays.effective import Effective
from charter.spec.spec import ScenarioSet, Section, Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report the scenarios that point nowhere."""
    if not is_overlay(spec):
        yield from _missing(spec, spec.sections)


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report those that point nowhere in the base either."""
    yield from _missing(spec, (*spec.sections, *below.spec.sections))


def _missing(spec: Spec, sections: Sequence[Section]) -> Iterable[Hit]:
    known: dict[str, set[str]] = {}
    for section in sections:
        known.setdefault(section.id, set()).update(clause.id for clause in section.clauses)
    for group in spec.scenario_sets:
        if group.section not in known:
            what = f"tests section {group.section!r}, which the spec does not have"
            hint = "name the section in front matter: section: id"
            yield Hit(what, first_line(group.source), hint=hint, path=group.source.path)
        else:
            yield from _clauses(group, known[group.section])


def _clauses(group: ScenarioSet, known: set[str]) -> Iterator[Hit]:
    section = group.section
    for scenario in group.scenarios:
        wanted = dict(scenario.attributes).get("clause")
        if wanted and f"{section}/{wanted}" not in known:
            what = f"section {section!r} has no clause marked [^{wanted}]"
            hint = f"see `charter show` for the clauses of {section}"
            yield Hit(what, scenario.caption_span, hint=hint, path=group.source.path)
