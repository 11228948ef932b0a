"""Statements on the same clause, together, with false discoveries controlled over clauses."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from charter.estimates.multiplicity import benjamini_hochberg
from charter.evolve.opinion.rates import pooled
from charter.evolve.results.results import ClauseResult, Figure
from charter.evolve.results.table import Table

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

AGREED, REJECTED, OPEN = "agreed", "rejected", "open"
ALL_SIGNS = 16
"""People of whom all combinations of signs are tried."""


def clause_results(table: Table) -> tuple[ClauseResult, ...]:
    """Return one result for each clause that statements are about, by id.

    Only statements that are shown by themselves: what is hidden could be subtracted else. A clause
    is weighted where each of its statements is, for the same reason.

    A clause is agreed or rejected where more people lean one way than chance would have it, with at
    most `Rules.alpha` false ones expected among those named (Benjamini-Hochberg). The test is on
    `u_i`, a person's weighted sum of votes (1, 0, -1), and on how far `sum u_i` would be from 0 if
    each person were as likely to lean the other way: by all signs of at most `ALL_SIGNS` people,
    else by the normal distribution with `z = (|sum u_i| - least |u_i|) / sqrt(sum u_i^2)`.
    Source: Hemerik, Goeman and Finos 2020, J. R. Stat. Soc. B 82, 841-864 (sign-flipped scores);
    less half a step, as sums come in steps: Yates 1934, Suppl. J. R. Stat. Soc. 1, 217-235.
    """
    marks: dict[str, Mask] = {}
    for at, each in enumerate(table.asked):
        if not table.shows[at].whole or not table.whole.seen[0, at]:
            continue
        for clause in each.clauses:
            marks.setdefault(clause, np.zeros(len(table.asked), np.bool_))[at] = True
    weighable = table.weighable()
    found = [
        _result(table, clause, items, table.weights if weighable[items].all() else None)
        for clause, items in sorted(marks.items(), key=lambda one: one[0])
    ]
    qs = benjamini_hochberg([each.p for each in found])
    return tuple(_judged(each, q, table) for each, q in zip(found, qs, strict=True))


def lean_of(table: Table, items: Mask, weights: Array | None = None) -> tuple[float, float]:
    """Return the mean vote over some statements, and the p-value of it being 0; see above."""
    votes = table.votes
    kept = items[votes.columns]
    weights = np.ones(len(votes.people)) if weights is None else weights
    each = weights[votes.rows[kept]]
    sums = np.bincount(votes.rows[kept], each * votes.values[kept], minlength=len(votes.people))
    lean = float((each * votes.values[kept]).sum() / each.sum())
    return lean, flipped(sums[sums != 0])


def flipped(scores: Array) -> float:
    """Return how likely a sum that far from 0 is if each score had either sign; none of them 0."""
    if not scores.size:
        return 1.0
    sizes, far = np.abs(scores), abs(float(scores.sum()))
    if scores.size <= ALL_SIGNS:
        sums = np.zeros(1)
        for size in sizes.tolist():
            sums = np.concatenate([sums + size, sums - size])
        return float((np.abs(sums) >= far - 1e-9 * float(sizes.sum())).mean())
    beyond = max(0.0, far - float(sizes.min())) / math.sqrt(float((sizes**2).sum()))
    return 2 * NormalDist().cdf(-beyond)


def _result(table: Table, clause: str, items: Mask, weights: Array | None) -> ClauseResult:
    agree = pooled(table.votes, items, weights=weights)
    lean, p = lean_of(table, items, weights)
    return ClauseResult(
        clause=clause,
        statements=tuple(e.id for e, of in zip(table.asked, items.tolist(), strict=True) if of),
        people=agree.people,
        votes=agree.votes,
        agree=Figure(agree.value, agree.low, agree.high),
        effective=agree.effective,
        lean=lean,
        p=p,
        q=1.0,
        verdict=OPEN,
        weighted=weights is not None,
    )


def _judged(each: ClauseResult, q: float, table: Table) -> ClauseResult:
    verdict = OPEN
    if q <= float(table.rules.alpha):
        verdict = AGREED if each.lean > 0 else REJECTED
    return replace(each, q=q, verdict=verdict)
