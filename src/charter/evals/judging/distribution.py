"""How many tokens the slices of a spec have, over all sections and clauses."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from charter.evals.judging.rules import SpecRules
from charter.policy.briefs.tokens import estimate_tokens
from charter.spec.overlays.effective import Effective

WHOLE_SPEC_TOKENS = 55_841
"""Input of one grade where the judge is sent the whole Model Spec: 32,778,942 tokens for 587
grades, as the published harness states them."""
STEP = 500


@dataclass(frozen=True, slots=True)
class Lengths:
    """Of some slices, in tokens estimated from above."""

    count: int
    median: int
    p95: int
    """The least length that at least 95 % of the slices do not exceed."""
    most: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """Of the slices of one spec."""

    sections: Lengths
    """One slice for each section that has clauses."""
    clauses: Lengths
    """One slice for each clause, as the one under test."""
    whole: int
    """The whole text."""
    step: int
    histogram: tuple[tuple[int, int], ...]
    """Of the slices of sections: least length, and how many there are."""


def distribution(effective: Effective, rules: SpecRules) -> Distribution:
    """Make every slice of a spec and count."""
    spec = effective.spec
    sections = [rules.page(each.id).tokens for each in spec.sections if each.clauses]
    clauses = [rules.page(each.section, each.id).tokens for each in spec.clauses]
    counts = Counter(tokens // STEP * STEP for tokens in sections)
    return Distribution(
        sections=_lengths(sections),
        clauses=_lengths(clauses),
        whole=sum(estimate_tokens(source.text) for source in effective.sources),
        step=STEP,
        histogram=tuple(sorted(counts.items())),
    )


def _lengths(tokens: Sequence[int]) -> Lengths:
    if not tokens:
        return Lengths(0, 0, 0, 0)
    ranked = sorted(tokens)
    at = -(-95 * len(ranked) // 100) - 1
    return Lengths(len(ranked), round(statistics.median(ranked)), ranked[at], ranked[-1])
