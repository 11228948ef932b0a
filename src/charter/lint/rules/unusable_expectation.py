"""An `~~~expect` fence or a scenario says something that no evaluation can use.

What it finds
    Unknown outcomes, families, fields and check names, checks that are no `name: {arguments}`,
    empty rubrics, scenarios without an id or an expectation, with another `status=` or `use=` than
    there is, and accepted ones whose rubric still begins with `UNDECIDED`. What the arguments of a
    check must be is tested where evaluations are compiled.

Why it matters
    `charter eval` stops at the first scenario that it cannot use.

Bad
    ~~~expect
    outcome: maybe
    ~~~

Good
    ~~~expect
    outcome: refuse
    ~~~
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from charter.lint.rule import Hit
from charter.registry import names
from charter.source import Severity, Span
from charter.spec.expectation import FAMILIES, FIELDS, STATUSES, USES, Outcome, is_undecided
from charter.spec.spec import Example, Expectation, Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR


def find(spec: Spec) -> Iterable[Hit]:
    """Report every expectation that cannot be used."""
    checks = {name.replace("-", "_") for name in names("charter.evals.graders", "charter.graders")}
    for example in spec.examples:
        if example.expectation is not None:
            for what, span in _expectation(example.expectation, checks):
                yield Hit(what, span, section=example.section)
    for group in spec.scenario_sets:
        for scenario in group.scenarios:
            for what, span in _scenario(scenario, checks):
                yield Hit(what, span, path=group.source.path)


def _scenario(scenario: Example, checks: set[str]) -> Iterator[tuple[str, Span]]:
    if scenario.id.partition("/")[2].startswith("e-"):
        yield "scenario needs an id: add {#id} to its caption", scenario.caption_span
    attributes = dict(scenario.attributes)
    family = attributes.get("family", "")
    if family not in FAMILIES:
        what = f"family must be one of {', '.join(FAMILIES)}, not {family!r}"
        yield what, scenario.caption_span
    for key, allowed in (("status", STATUSES), ("use", USES)):
        if attributes.get(key, allowed[0]) not in allowed:
            what = f"{key} must be {' or '.join(allowed)}, not {attributes[key]!r}"
            yield what, scenario.caption_span
    if scenario.expectation is None:
        yield "scenario has no ~~~expect fence", scenario.caption_span
        return
    yield from _expectation(scenario.expectation, checks)
    if attributes.get("status") != "draft" and is_undecided(
        scenario.expectation.fields.get("rubric")
    ):
        what = "nobody has decided what is expected: write the outcome and the rubric"
        yield what, scenario.expectation.field_spans["rubric"]


def _expectation(expectation: Expectation, checks: set[str]) -> Iterator[tuple[str, Span]]:
    fields, spans = expectation.fields, expectation.field_spans
    for key in sorted(set(fields) - FIELDS):
        yield f"expect has no field {key!r}", spans[key]
    outcome = fields.get("outcome", Outcome.ANY.value)
    if outcome not in tuple(Outcome):
        what = f"outcome must be one of {', '.join(Outcome)}, not {outcome!r}"
        yield what, spans["outcome"]
    rubric = fields.get("rubric")
    if isinstance(rubric, str) and not rubric.strip():
        yield "rubric is empty: write what a good answer does", spans["rubric"]
    listed = fields.get("checks", [])
    if not isinstance(listed, list):
        yield "checks must be a list", spans["checks"]
        return
    for item in listed:
        if not isinstance(item, dict) or len(item) != 1:
            yield f"a check is `name: {{arguments}}`, not {item!r}", spans["checks"]
        elif (name := str(next(iter(item)))) not in checks:
            yield f"no check named {name!r}", spans["checks"]
