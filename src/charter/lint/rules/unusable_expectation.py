"""An `~~~expect` fence or a scenario says something that no evaluation can use.

What it finds
    Unknown outcomes, families, fields and check names, checks that are no `name: {arguments}`, and
    scenarios without an id or an expectation. What the arguments of a check must be is tested
    where evaluations are compiled.

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
from charter.spec.expectation import FAMILIES, FIELDS, Outcome
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
    family = dict(scenario.attributes).get("family", "")
    if family not in FAMILIES:
        what = f"family must be one of {', '.join(FAMILIES)}, not {family!r}"
        yield what, scenario.caption_span
    if scenario.expectation is None:
        yield "scenario has no ~~~expect fence", scenario.caption_span
    else:
        yield from _expectation(scenario.expectation, checks)


def _expectation(expectation: Expectation, checks: set[str]) -> Iterator[tuple[str, Span]]:
    fields, spans = expectation.fields, expectation.field_spans
    for key in sorted(set(fields) - FIELDS):
        yield f"expect has no field {key!r}", spans[key]
    outcome = fields.get("outcome", Outcome.ANY.value)
    if outcome not in tuple(Outcome):
        what = f"outcome must be one of {', '.join(Outcome)}, not {outcome!r}"
        yield what, spans["outcome"]
    listed = fields.get("checks", [])
    if not isinstance(listed, list):
        yield "checks must be a list", spans["checks"]
        return
    for item in listed:
        if not isinstance(item, dict) or len(item) != 1:
            yield f"a check is `name: {{arguments}}`, not {item!r}", spans["checks"]
        elif (name := str(next(iter(item)))) not in checks:
            yield f"no check named {name!r}", spans["checks"]
