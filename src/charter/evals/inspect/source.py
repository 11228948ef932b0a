"""Spec and overlays -> suite, as the task and the scorer name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from charter.evals.scenario import Scenario
from charter.evals.suite import Suite, compile_suite, select, stratify
from charter.load import load_effective


def suite_of(
    spec: str,
    overlays: Sequence[str] = (),
    *,
    sections: Sequence[str] = (),
    per_section: int | None = None,
    examples: bool = False,
) -> tuple[Suite, str]:
    """Return the suite of a spec with its overlays, and the digest of all their texts.

    Raises as `load_effective`, `compile_suite` and `select` do.
    """
    effective = load_effective(spec, overlays)
    suite = compile_suite(effective.spec, examples=examples)
    if sections:
        suite = select(suite, sections)
    if per_section:
        suite = stratify(suite, per_section)
    return suite, effective.digest


def every_scenario(spec: str, overlays: Sequence[str] = ()) -> Mapping[str, Scenario]:
    """Return all scenarios of a spec by id, with its examples, drafts and training ones."""
    effective = load_effective(spec, overlays)
    suite = compile_suite(effective.spec, examples=True, drafts=True, training=True)
    return {scenario.id: scenario for scenario in suite.scenarios}
