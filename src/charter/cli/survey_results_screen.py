"""Results for a terminal: one line for each thing that was asked, the intervals in brackets."""

from __future__ import annotations

from collections.abc import Iterator

from charter.evolve.results.results import (
    ChannelResult,
    ComparisonResult,
    Figure,
    GroupsResult,
    Results,
    RubricResult,
    Shares,
    StatementResult,
)

WORDS = 72
"""Characters of a text that are shown."""
HIDDEN = "not shown"
LISTED = 20
"""Things that one line names."""
WITHOUT_SIDES = ("undivided", "too few")


def screen(results: Results) -> str:
    """Return the text, without control characters taken out: the caller prints plainly."""
    rules = results.rules
    settled = f"nothing about fewer than {rules.smallest} people; floor {rules.floor}"
    lines = [
        results.source,
        f"voices {results.digest}",
        f"settled before: {settled}; false discoveries {rules.alpha}",
    ]
    for each in results.channels:
        lines += ["", *_channel(each)]
    if not results.channels:
        lines.append("nobody took part")
    lines += [f"did not add up: {each}" for each in results.findings]
    return "\n".join(lines)


def percent(figure: Figure | None) -> str:
    """Return a share as percent with its interval."""
    if figure is None:
        return HIDDEN
    if figure.low is None or figure.high is None:
        return f"{100 * figure.value:.0f} % (no interval)"
    return f"{100 * figure.value:.0f} % [{100 * figure.low:.0f}, {100 * figure.high:.0f}]"


def number(figure: Figure | None) -> str:
    """Return a figure that is no share, with its interval."""
    if figure is None:
        return HIDDEN
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f} (no interval)"
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def chance(value: float) -> str:
    """Return a p- or q-value with its sign: none is 0."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _count(people: int | None) -> str:
    return HIDDEN if people is None else f"{people:,}"


def _people(people: int | None) -> str:
    """Return how many people, in words where that is not shown."""
    return "how many people is not shown" if people is None else f"{people:,} people"


def _whole(people: float | None) -> int | None:
    return None if people is None else round(people)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WORDS else f"{line[: WORDS - 1]}…"


def _channel(of: ChannelResult) -> Iterator[str]:
    yield f"== {of.channel}: {_people(of.people)}"
    weights = of.weights
    if weights.used:
        yield (
            f"weighted (clauses, orders and ratings too; groups and floors are not): design effect "
            f"{weights.effect:.2f}, worth {_people(_whole(weights.effective))}"
        )
        plain = list(_unweighted(of))
        if plain:
            more = f" and {len(plain) - LISTED} more" if len(plain) > LISTED else ""
            named = ", ".join(plain[:LISTED]) + more
            yield f"not weighted, as few of some option answered: {named}"
    yield from (f"note: {each}" for each in of.notes)
    for kind, people in of.noted.items():
        yield f"noted: {kind}: {_people(people)} (counted all the same)"
    if of.groups is not None:
        yield from _groups(of.groups)
    yield from _beside(of)
    for statement in of.statements:
        yield from _statement(statement)
    for clause in of.clauses:
        yield (
            f"clause {clause.clause}: {clause.verdict}; agree {percent(clause.agree)} of "
            f"{clause.votes:,} votes by {clause.people:,} people; q {chance(clause.q)}"
        )
    for comparison in of.comparisons:
        yield from _comparison(comparison)
    yield from map(_rubric, of.rubrics)
    for heard in of.heard:
        target = "" if heard.target is None else f", of the population {100 * heard.target:.0f} %"
        option = heard.option or "did not say"
        yield f"heard: {heard.trait} {option}: {_people(heard.people)}{target}: {heard.heard}"


def _unweighted(of: ChannelResult) -> Iterator[str]:
    """Yield what weights are in no figure of, though there are some."""
    yield from (each.item for each in of.statements if each.plain and not each.weighted)
    yield from (f"clause {each.clause}" for each in of.clauses if not each.weighted)
    yield from (each.item for each in of.comparisons if each.scopes and not each.weighted)
    yield from (each.item for each in of.rubrics if each.mean and not each.weighted)


def _groups(of: GroupsResult) -> Iterator[str]:
    sizes = ", ".join(_count(size) for size in of.sizes)
    yield f"groups: {of.k} ({sizes}; in none {_count(of.unplaced)}): {of.reason}"
    for pick in of.picks:
        sure = "" if pick.significant else " (not significant)"
        yield f"  group {pick.group} is told by: {pick.item}, which it {pick.side}s with{sure}"


def _beside(of: ChannelResult) -> Iterator[str]:
    if of.published is not None:
        like = of.published.likeness
        said = "nothing to compare with one group" if like is None else number(like)
        yield f"groups of the publisher: {of.published.groups}; adjusted Rand index {said}"
    if of.bridging is not None:
        rest = "" if of.bridging.converged else "; it did not come to rest"
        tested = "not tested: too many votes"
        if of.bridging.p is not None:
            tested = f"p {chance(of.bridging.p)} against {of.bridging.shuffles} shuffles"
        gain = f"takes away {100 * of.bridging.gain:.0f} % of the loss"
        yield f"division: {gain}, {tested}{rest}"


def _statement(of: StatementResult) -> Iterator[str]:
    yield f"{of.item}  {_short(of.text)}"
    if of.plain is None:
        yield f"    {HIDDEN}: {of.why_hidden}"
        return
    yield f"    {_count(of.seen)} saw it: {_shares(of.plain)}"
    if of.weighted is not None:
        yield f"    weighted: {_shares(of.weighted)}"
    if of.unnoted is not None:
        yield f"    without people of whom something was noted: {_shares(of.unnoted)}"
    if of.unnoted_weighted is not None:
        yield f"    the same weighted: {_shares(of.unnoted_weighted)}"
    for view in of.groups:
        agree = HIDDEN if view.shares is None else percent(view.shares.agree)
        yield f"    group {view.group}: agree {agree} of {_count(view.seen)}"
    said = list(_beyond(of))
    if said:
        yield f"    {'; '.join(said)}"


def _beyond(of: StatementResult) -> Iterator[str]:
    """Yield what a statement is to groups and to sides, beyond its rates."""
    if of.floor is not None:
        value = HIDDEN if of.floor.value is None else f"{100 * of.floor.value:.0f} %"
        yield f"floor {value}: {of.floor.against}"
    if of.gap is not None:
        yield f"groups apart by {percent(of.gap.gap)}, q {chance(of.gap.q)}"
    if of.bridge is not None and of.bridge.status in WITHOUT_SIDES:
        yield of.bridge.status  # where nobody stands between sides, `across` is of nobody
    elif of.bridge is not None:
        sure = "" if of.bridge.sure else ", not sure"
        yield f"{of.bridge.status}{sure}: across {percent(of.bridge.across)}"
        yield f"factor {number(of.bridge.factor)}"


def _shares(of: Shares) -> str:
    return f"agree {percent(of.agree)}, disagree {percent(of.disagree)}, pass {percent(of.passed)}"


def _comparison(of: ComparisonResult) -> Iterator[str]:
    yield f"{of.item}  {_short(of.text)}"
    yield from (f"    {answer}: {_short(words)}" for answer, words in of.answers.items())
    for scope in of.scopes:
        winner = f"; beats all others: {scope.winner or 'none'}" if scope.pairs else ""
        yield f"    {scope.scope}: {_people(scope.people)}{winner}"
        for pair in scope.pairs:
            yield f"      {pair.better} over {pair.worse}: {percent(pair.share)}"
        for answer, borda in scope.borda.items():
            yield f"      {answer} beats, on average, {percent(borda)} of the others"
    if of.unacceptable:
        each = (f"{answer} {percent(share)}" for answer, share in of.unacceptable.items())
        yield f"    unacceptable to: {', '.join(each)}"


def _rubric(of: RubricResult) -> str:
    if of.mean is None:
        return f"{of.item}  {_short(of.text)}: {HIDDEN}"
    return (
        f"{of.item}  {_short(of.text)}: mean {number(of.mean)} of {_count(of.people)}; for it "
        f"{percent(of.for_it)}, against it {percent(of.against_it)}"
    )
