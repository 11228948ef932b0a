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

Mask = NDArray[np.bool_]

AGREED, REJECTED, OPEN = "agreed", "rejected", "open"


def clause_results(table: Table) -> tuple[ClauseResult, ...]:
    """Return one result for each clause that statements are about, by id.

    Only statements that are shown by themselves: what is hidden could be subtracted else.

    A clause is agreed or rejected where more people lean one way than chance would have it, with at
    most `Rules.alpha` false ones expected among those named (Benjamini-Hochberg). The test is on
    `u_i`, a person's weighted sum of votes (1, 0, -1): `z = sum u_i / sqrt(sum u_i^2)`, which is
    normal where each person is as likely to lean either way; with few people `p` is rough.
    Source: Hemerik, Goeman and Finos 2020, J. R. Stat. Soc. B 82, 841-864 (sign-flipped scores).
    """
    marks: dict[str, Mask] = {}
    for at, each in enumerate(table.asked):
        if not table.shows[at].whole or not table.whole.seen[0, at]:
            continue
        for clause in each.clauses:
            marks.setdefault(clause, np.zeros(len(table.asked), np.bool_))[at] = True
    found = [_result(table, clause, marks[clause]) for clause in sorted(marks)]
    qs = benjamini_hochberg([each.p for each in found])
    return tuple(_judged(each, q, table) for each, q in zip(found, qs, strict=True))


def lean_of(table: Table, items: Mask) -> tuple[float, float]:
    """Return the mean vote over some statements, and the p-value of it being 0; see above."""
    votes = table.votes
    kept = items[votes.columns]
    weights = np.ones(len(votes.people)) if table.weights is None else table.weights
    each = weights[votes.rows[kept]]
    sums = np.bincount(votes.rows[kept], each * votes.values[kept], minlength=len(votes.people))
    spread = math.sqrt(float((sums**2).sum()))
    lean = float((each * votes.values[kept]).sum() / each.sum())
    if spread <= 0:
        return lean, 1.0
    return lean, 2 * NormalDist().cdf(-abs(float(sums.sum())) / spread)


def _result(table: Table, clause: str, items: Mask) -> ClauseResult:
    agree = pooled(table.votes, items, weights=table.weights)
    lean, p = lean_of(table, items)
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
    )


def _judged(each: ClauseResult, q: float, table: Table) -> ClauseResult:
    verdict = OPEN
    if q <= float(table.rules.alpha):
        verdict = AGREED if each.lean > 0 else REJECTED
    return replace(each, q=q, verdict=verdict)
