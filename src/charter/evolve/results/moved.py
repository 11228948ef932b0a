"""Two editions of results -> how few people may have changed, came and went between them.

`cells.changed` counts people: where one comes and another goes, or somebody changes an answer, as
many are there as before, and the figures tell how the few answered. Here answers are counted: that
`agreed` rose by 1 and `disagreed` fell by 1 takes one person, and is about that one. The same holds
of those of whom something was noted, who are all less the others, and of groups of opinion that
were drawn anew among the very same people.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from charter.evolve.results.cells import Exposed
from charter.evolve.results.results import (
    ChannelResult,
    ComparisonResult,
    Figure,
    PairResult,
    Results,
    RubricResult,
    ScopeResult,
    Shares,
    StatementResult,
)

Counts = Sequence[int]
"""People by answer, in one order for both editions."""
_HAIR = 1e-5
"""By how much figures may differ that were rounded to be written."""


def moved(older: Results, newer: Results, smallest: int) -> tuple[Exposed, ...]:
    """Return what tells of 1 to `smallest - 1` people who answer otherwise, came or went.

    Both are of the same survey. How many moved is the least number that the change takes: more may
    have, in ways that undo each other. Weighted figures change with everybody who comes, so that
    they are compared only where as many people took part.
    """
    before = {each.channel: each for each in older.channels}
    found: list[Exposed] = []
    for channel in newer.channels:
        if channel.channel in before:
            pairs = _moves(before[channel.channel], channel)
            found += [
                Exposed(f"{channel.channel}/{name}", people, "answers since an earlier edition")
                for name, people in pairs
                if 0 < people < smallest
            ]
    return tuple(found)


def least(older: Counts, newer: Counts) -> int:
    """Return the fewest people who have to answer otherwise, come or go, between two counts.

    `max(sum of what rose, sum of what fell)`: 3, 2, 0 to 4, 1, 0 takes one.
    """
    steps = [new - old for old, new in zip(older, newer, strict=True)]
    return max(sum(each for each in steps if each > 0), -sum(each for each in steps if each < 0))


def _moves(older: ChannelResult, newer: ChannelResult) -> Iterator[tuple[str, int]]:
    """Yield what was answered by how few, by name; 0 where nothing changed."""
    known = {each.item: each for each in older.statements}
    same = older.people == newer.people
    for statement in newer.statements:
        was = known.get(statement.item)
        now = _counts(statement)
        if was is None or now is None or (then := _counts(was)) is None:
            continue
        yield statement.item, least(then, now)
        same = same and then == now
        yield from _by_note(was, statement, older, newer)
    if same:
        yield from _by_group(known, newer)
    comparable = older.people == newer.people or not (older.weights.used or newer.weights.used)
    if comparable:
        rubrics = {each.item: each for each in older.rubrics}
        for rubric in newer.rubrics:
            if rubric.item in rubrics:
                yield rubric.item, _rated(rubrics[rubric.item], rubric)
        comparisons = {each.item: each for each in older.comparisons}
        for one in newer.comparisons:
            if one.item in comparisons:
                yield from _compared(comparisons[one.item], one)


def _counts(of: StatementResult) -> Counts | None:
    """Return who agreed, disagreed and passed; None where that is not shown."""
    if of.agreed is None or of.disagreed is None or of.passed is None:
        return None
    return of.agreed, of.disagreed, of.passed


def _of_shares(shares: Shares) -> Counts:
    """Return the people behind shares in which everybody counts the same."""
    sides = (shares.agree, shares.disagree, shares.passed)
    return tuple(round(each.value * shares.effective) for each in sides)


def _by_note(
    was: StatementResult, now: StatementResult, older: ChannelResult, newer: ChannelResult
) -> Iterator[tuple[str, int]]:
    """Yield those of whom nothing was noted, and all others, who are the whole less these."""
    whole = [_counts(was), _counts(now)]
    clean = [_clean(was, older), _clean(now, newer)]
    if whole[0] is None or whole[1] is None or clean[0] is None or clean[1] is None:
        return
    yield f"{now.item}, nothing noted", least(clean[0], clean[1])
    noted = [
        [all_ - one for all_, one in zip(every, some, strict=True)]
        for every, some in ((whole[0], clean[0]), (whole[1], clean[1]))
    ]
    yield f"{now.item}, something noted", least(*noted)


def _clean(of: StatementResult, channel: ChannelResult) -> Counts | None:
    if of.unnoted is not None:
        return _of_shares(of.unnoted)
    return None if channel.noted else _counts(of)


def _by_group(
    known: Mapping[str, StatementResult], newer: ChannelResult
) -> Iterator[tuple[str, int]]:
    """Yield how groups differ among the same people who answered the same."""
    for statement in newer.statements:
        if statement.item not in known:
            continue
        sizes = {view.group: view.seen for view in known[statement.item].groups}
        for view in statement.groups:
            then = sizes.get(view.group)
            if then is not None and view.seen is not None:
                yield f"{statement.item}, group {view.group}", abs(view.seen - then)


def _rated(was: RubricResult, now: RubricResult) -> int:
    """Return how few rated otherwise; where only means tell, at least one did."""
    if was.people is None or now.people is None or not was.people or not now.people:
        return 0
    counts = [_signs(was), _signs(now)]
    people = 0 if counts[0] is None or counts[1] is None else least(counts[0], counts[1])
    other = _differ(was.mean, now.mean)
    return max(people, abs(now.people - was.people), int(other))


def _signs(of: RubricResult) -> Counts | None:
    if of.people is None or of.for_it is None or of.against_it is None:
        return None
    above, below = round(of.for_it.value * of.people), round(of.against_it.value * of.people)
    return above, below, of.people - above - below


def _compared(was: ComparisonResult, now: ComparisonResult) -> Iterator[tuple[str, int]]:
    scopes = {each.scope: each for each in was.scopes}
    for scope in now.scopes:
        if scope.scope in scopes:
            yield f"{now.item}/{scope.scope}", _ordered(scopes[scope.scope], scope)
    then, after = was.asked_unacceptable, now.asked_unacceptable
    if then and after:
        steps = [
            abs(round(figure.value * after) - round(was.unacceptable[answer].value * then))
            for answer, figure in now.unacceptable.items()
            if answer in was.unacceptable
        ]
        yield f"{now.item}/unacceptable", max([*steps, abs(after - then)])


def _ordered(was: ScopeResult, now: ScopeResult) -> int:
    """Return how few put the candidates in another order."""
    pairs = {(each.better, each.worse): each for each in was.pairs}
    found = 0
    for pair in now.pairs:
        then = pairs.get((pair.better, pair.worse))
        if then is None or not then.people or not pair.people:
            continue
        found = max(found, abs(pair.people - then.people), _turned(then, pair))
    return found


def _turned(was: PairResult, now: PairResult) -> int:
    """Return how few have to prefer otherwise; whoever turns round moves the sum by 1 at most."""
    if was.share is None or now.share is None or not _differ(was.share, now.share):
        return 0
    step = now.share.value * (now.people or 0) - was.share.value * (was.people or 0)
    return max(1, math.ceil(abs(step) - 0.01))


def _differ(was: Figure | None, now: Figure | None) -> bool:
    return was is not None and now is not None and abs(was.value - now.value) > _HAIR
