"""Orders of candidate answers -> who beats whom, and which answers are unacceptable.

Each person has one order in a scope, so that nothing is clustered here. An order may leave answers
out: those are compared with none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from charter.evolve.results.means import share_of
from charter.evolve.results.results import ComparisonResult, Figure, PairResult, ScopeResult
from charter.evolve.voices import PERSONAL, WORLD, Asked, Barred, Order

Weights = Mapping[str, float]
MOST_WORDS = 4000
"""Characters of an answer that results repeat."""


def comparison_result(
    asked: Asked,
    orders: Sequence[Order],
    barred: Sequence[Barred],
    weights: Weights,
    smallest: int,
) -> ComparisonResult:
    """Return the figures of one comparison; `orders` and `barred` are of it, in one channel."""
    said = [each for each in barred if each.item == asked.id]
    enough = len(said) >= smallest
    each = [weights[one.person] for one in said]
    return ComparisonResult(
        item=asked.id,
        text=asked.prompt or asked.text,
        clauses=asked.clauses,
        scopes=tuple(
            _scope(scope, asked.answers, [o for o in orders if o.scope == scope], weights, smallest)
            for scope in (PERSONAL, WORLD)
            if any(order.scope == scope for order in orders)
        ),
        asked_unacceptable=len(said) if enough or not said else None,
        unacceptable={
            answer: share_of([float(answer in one.answers) for one in said], each)
            for answer in (asked.answers if enough else ())
        },
        answers={
            answer: words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}\u2026"
            for answer in asked.answers
            if (words := asked.candidates.get(answer, ""))
        },
    )


def _scope(
    scope: str, answers: Sequence[str], orders: Sequence[Order], weights: Weights, smallest: int
) -> ScopeResult:
    if len(orders) < smallest:
        return ScopeResult(scope, None, (), {}, "")
    places = [
        (
            weights[order.person],
            {answer: at for at, group in enumerate(order.groups) for answer in group},
        )
        for order in orders
    ]
    pairs = tuple(
        _pair(one, other, places, smallest) for one, other in combinations(sorted(answers), 2)
    )
    borda = {answer: found for answer in answers if (found := _borda(answer, places, smallest))}
    if _partial(places, smallest):
        borda = {}
    return ScopeResult(scope, len(orders), pairs, borda, _winner(answers, pairs))


def apart(orders: Sequence[Order], answers: Sequence[str], smallest: int) -> list[set[str]]:
    """Return each set of people that a figure of a scope is about, also by subtracting others.

    Those who put both of a pair in order; and where averages are shown, too, those who ranked the
    same answers as each other.
    """
    by_answers: dict[frozenset[str], set[str]] = {}
    for each in orders:
        ranked = frozenset(answer for group in each.groups for answer in group)
        by_answers.setdefault(ranked, set()).add(each.person)
    both = {
        frozenset(ranked for ranked in by_answers if {one, other} <= ranked)
        for one, other in combinations(answers, 2)
    }
    found = [set().union(*(by_answers[ranked] for ranked in each)) for each in both]
    same = [people for ranked, people in by_answers.items() if len(ranked) > 1]
    averaged = all(len(people) >= smallest for people in same)
    return found + same if averaged else found


def _pair(
    one: str, other: str, places: Sequence[tuple[float, Mapping[str, int]]], smallest: int
) -> PairResult:
    both = [(w, at) for w, at in places if one in at and other in at]
    if len(both) < smallest:
        return PairResult(one, other, None, None)
    values = [_beats(at[one], at[other]) for _, at in both]
    share = share_of(values, [weight for weight, _ in both])
    return PairResult(one, other, len(both), share)


def _partial(places: Sequence[tuple[float, Mapping[str, int]]], smallest: int) -> bool:
    """Whether too few people ranked the same answers as each other, and not those of the rest.

    An average is a sum over pairs: less what the pairs say, it tells what those few prefer.
    """
    ranked = Counter(frozenset(at) for _, at in places if len(at) > 1)
    return len(ranked) > 1 and min(ranked.values()) < smallest


def _borda(
    answer: str, places: Sequence[tuple[float, Mapping[str, int]]], smallest: int
) -> Figure | None:
    """Return the mean share of the other answers that one beats, level ones counting half.

    Source: Borda 1781; as a share of what was ranked, so that partial orders can be counted.
    """
    ranked = [(w, at) for w, at in places if answer in at and len(at) > 1]
    if len(ranked) < smallest:
        return None
    values = [
        sum(_beats(at[answer], at[other]) for other in at if other != answer) / (len(at) - 1)
        for _, at in ranked
    ]
    return share_of(values, [weight for weight, _ in ranked])


def _beats(mine: int, other: int) -> float:
    return 0.5 if mine == other else float(mine < other)


def _winner(answers: Sequence[str], pairs: Sequence[PairResult]) -> str:
    """Return the answer that beats each other one in its pair; empty where none does.

    By shares as they are: whether a lead is more than chance is what their intervals say.
    Source: Condorcet 1785.
    """
    wins: dict[str, int] = dict.fromkeys(answers, 0)
    for pair in pairs:
        if pair.share is not None and pair.share.value != 0.5:
            wins[pair.better if pair.share.value > 0.5 else pair.worse] += 1
    return next((answer for answer, won in wins.items() if won == len(answers) - 1), "")
