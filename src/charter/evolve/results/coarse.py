"""Weighted figures -> the same, rounded: more places would tell how people of each weight voted.

Where each option has enough people, plain and weighted shares still leave whole numbers of people
to be tried, and six places would often single one answer out. Plain figures need no rounding: they
are counts that are shown.
"""

from __future__ import annotations

from dataclasses import replace

from charter.evolve.results.results import (
    ChannelResult,
    ClauseResult,
    ComparisonResult,
    Figure,
    RubricResult,
    ScopeResult,
    Shares,
    StatementResult,
    WeightsResult,
)

PLACES = 3
"""Of a weighted share, and of its bounds."""


def coarse(of: ChannelResult) -> ChannelResult:
    """Return a channel with its weighted figures rounded; as it is where nothing is weighted."""
    if not of.weights.used:
        return of
    return replace(
        of,
        weights=_weights(of.weights),
        statements=tuple(map(_statement, of.statements)),
        clauses=tuple(map(_clause, of.clauses)),
        comparisons=tuple(map(_comparison, of.comparisons)),
        rubrics=tuple(map(_rubric, of.rubrics)),
    )


def _weights(of: WeightsResult) -> WeightsResult:
    effective = None if of.effective is None else float(round(of.effective))
    return replace(of, effect=round(of.effect, 2), effective=effective, error=_rounded(of.error))


def _statement(of: StatementResult) -> StatementResult:
    return replace(of, weighted=_shares(of.weighted), unnoted_weighted=_shares(of.unnoted_weighted))


def _shares(of: Shares | None) -> Shares | None:
    if of is None:
        return None
    agree, disagree, passed = map(_of, (of.agree, of.disagree, of.passed))
    return Shares(agree, disagree, passed, float(round(of.effective)))


def _clause(of: ClauseResult) -> ClauseResult:
    return replace(
        of,
        agree=_of(of.agree),
        effective=float(round(of.effective)),
        lean=_rounded(of.lean),
        p=_rounded(of.p),
        q=_rounded(of.q),
    )


def _comparison(of: ComparisonResult) -> ComparisonResult:
    return replace(
        of,
        scopes=tuple(map(_scope, of.scopes)),
        unacceptable={answer: _of(each) for answer, each in of.unacceptable.items()},
    )


def _scope(of: ScopeResult) -> ScopeResult:
    return replace(
        of,
        pairs=tuple(replace(pair, share=_figure(pair.share)) for pair in of.pairs),
        borda={answer: _of(each) for answer, each in of.borda.items()},
    )


def _rubric(of: RubricResult) -> RubricResult:
    return replace(
        of,
        mean=_figure(of.mean),
        for_it=_figure(of.for_it),
        against_it=_figure(of.against_it),
        effective=None if of.effective is None else float(round(of.effective)),
    )


def _figure(of: Figure | None) -> Figure | None:
    return None if of is None else _of(of)


def _of(of: Figure) -> Figure:
    low, high = (None if each is None else _rounded(each) for each in (of.low, of.high))
    return Figure(_rounded(of.value), low, high)


def _rounded(value: float) -> float:
    return round(value, PLACES)
