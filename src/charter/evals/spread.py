"""One run, or two on the same scenarios -> how much outcomes vary: what a plan rests on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from charter.errors import ConfigError
from charter.estimates.cluster import PRIOR_CORRELATION, design_effect
from charter.evals.case import Case
from charter.evals.needed import Assumptions
from charter.evals.result import Result
from charter.evals.score import DECIDED, Verdict

LEAST = 20
"""Decided scenarios without which a spread is not worth knowing."""

ALIKE = 0.5
"""Correlation of two models' outcomes that is assumed where only one was run.

Source: Miller 2024, arXiv 2411.00640, section 4.2, reports 0.3 to 0.7 for models of one time.
"""


def spread(results: Sequence[Result]) -> Assumptions:
    """Return what one or two runs say about the variation of outcomes.

    With two, the difference of each scenario that both decided is measured. With one, that of
    another model is assumed to vary as much and to correlate by `ALIKE`.
    Raises ConfigError for too few scenarios and for outcomes that do not vary at all.
    """
    found = [_outcomes(result) for result in results]
    common = [name for name in found[0] if all(name in each for each in found)]
    named = " and ".join(result.run.run for result in results)
    if len(common) < LEAST:
        shared = "in common " if len(results) > 1 else ""
        raise ConfigError(
            f"--run {named}: only {len(common)} decided scenarios {shared}to learn from",
            hint=f"{LEAST} are needed; leave --run out to plan by assumption",
        )
    means = [[_mean(each[name]) for name in common] for each in found]
    values = means[0] if len(means) < 2 else [b - a for a, b in zip(*means, strict=True)]
    sd = _sd(values)
    within, had = _within(found, common)
    if len(means) < 2:
        sd *= math.sqrt(2 * (1 - ALIKE))
        within = None if within is None else 2 * within
    if sd <= 0:
        raise ConfigError(
            f"--run {named}: no scenario came out differently from the others",
            hint="nothing can be learned from that; leave --run out to plan by assumption",
        )
    clusters = [found[0][name][0].cluster for name in common]
    return Assumptions(
        sd=sd,
        correlation=_correlation(values, clusters),
        within=within,
        had=had,
        origin=_origin(results, len(common)),
    )


def _outcomes(result: Result) -> Mapping[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in result.cases:
        if case.verdict in DECIDED:
            found.setdefault(case.scenario.scenario, []).append(case)
    return found


def _mean(cases: Sequence[Case]) -> float:
    return sum(case.verdict == Verdict.ADHERED for case in cases) / len(cases)


def _sd(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _within(
    found: Sequence[Mapping[str, list[Case]]], common: Sequence[str]
) -> tuple[float | None, int]:
    """Return the variance inside scenarios, summed over runs, and the answers to each."""
    counts = [len(each[name]) for each in found for name in common]
    had = max(1, round(math.fsum(counts) / len(counts)))
    total = 0.0
    for each in found:
        spreads = [
            p * (1 - p) * n / (n - 1)
            for p, n in ((_mean(each[name]), len(each[name])) for name in common)
            if n > 1
        ]
        if not spreads:
            return None, had
        total += math.fsum(spreads) / len(spreads)
    return total, had


def _correlation(values: Sequence[float], clusters: Sequence[str]) -> float:
    """Return the correlation within sources that the design effect shows, between 0 and 1."""
    sizes = Counter(clusters).values()
    alike = sum(size * size for size in sizes) / len(clusters)
    effect = design_effect(values, clusters)
    if alike <= 1 or math.isnan(effect):
        return PRIOR_CORRELATION
    return min(1.0, max(0.0, (effect - 1) / (alike - 1)))


def _origin(results: Sequence[Result], scenarios: int) -> str:
    runs = " and ".join(result.run.run for result in results)
    if len(results) > 1:
        return f"runs {runs}, {scenarios} scenarios that both decided"
    return (
        f"run {runs}, {scenarios} decided scenarios; another model is assumed to vary as much and "
        f"to correlate by {ALIKE:g}"
    )
