"""Results as they are shown -> every set of people that a shown figure is about.

For the differential check: `cells.exposed` within one edition, `cells.changed` between two. What is
not shown has no base here, so that the check sees what a reader sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from charter.evolve.results.cells import Base, Exposed, changed, exposed
from charter.evolve.results.moved import moved
from charter.evolve.results.results import ChannelResult, Results, StatementResult

WHOLE, HIDDEN = "all", "not shown"


def exposures(results: Results, *, before: Results | None = None) -> tuple[Exposed, ...]:
    """Return whoever could be singled out in results, and in what changed since an edition.

    Nothing, for results as `results_of` makes them; an earlier edition is another matter, as a few
    people may have come since. Whatever shows results to others asks this first.
    """
    bases, smallest = tuple(bases_of(results)), results.rules.smallest
    found = exposed(bases, smallest)
    if before is None:
        return found
    return (*found, *_between(before, results))


def exposures_among(
    published: Sequence[Results], *, before: Sequence[Results] = ()
) -> tuple[Exposed, ...]:
    """Return whoever could be singled out by all of several results together.

    Each by itself; any two of the same survey (of the same source, for voices from elsewhere); and
    each with those of the same survey that were shown `before`.
    """
    found: list[Exposed] = []
    for at, results in enumerate(published):
        found += exposures(results)
        for other in (*published[:at], *before):
            if _about(other) == _about(results):
                found += _between(other, results)
    return tuple(dict.fromkeys(found))


def _between(older: Results, newer: Results) -> tuple[Exposed, ...]:
    """Return whoever came, went or answered otherwise between two editions, as few of them did."""
    smallest = max(older.rules.smallest, newer.rules.smallest)
    sets = changed(tuple(bases_of(older)), tuple(bases_of(newer)), smallest)
    return (*sets, *moved(older, newer, smallest))


def _about(results: Results) -> tuple[str, str]:
    return results.survey, "" if results.survey else results.source


def bases_of(results: Results) -> Iterator[Base]:
    """Yield the sets of people of all shown figures."""
    for channel in results.channels:
        yield from _of_channel(channel)


def _of_channel(of: ChannelResult) -> Iterator[Base]:
    yield from _of_asked(of)
    yield from _of_people(of)


def _of_asked(of: ChannelResult) -> Iterator[Base]:
    """Yield the sets that answered something."""
    name = of.channel
    for statement in of.statements:
        yield from _of_statement(f"{name}/{statement.item}", statement)
    for clause in of.clauses:
        variable = f"{name}/{clause.clause} by {' '.join(clause.statements)}"
        yield Base(variable, WHOLE, frozenset({WHOLE}), clause.people)
    for comparison in of.comparisons:
        variable = f"{name}/{comparison.item}"
        yield from _one(f"{variable}/unacceptable", comparison.asked_unacceptable)
        for scope in comparison.scopes:
            yield from _one(f"{variable}/{scope.scope}", scope.people)
            for pair in scope.pairs:
                yield from _one(f"{variable}/{scope.scope}/{pair.better}{pair.worse}", pair.people)
    for rubric in of.rubrics:
        yield from _one(f"{name}/{rubric.item}", rubric.people)


def _of_people(of: ChannelResult) -> Iterator[Base]:
    """Yield the sets that people are divided into, whatever they answered."""
    name = of.channel
    if of.groups is not None:
        sizes = {f"group {at}": size for at, size in enumerate(of.groups.sizes, 1)}
        yield from _division(
            f"{name}/groups", None, {**sizes, "none": of.groups.unplaced}, lasting=False
        )
    yield from _division(f"{name}/languages", of.people, of.languages)
    for kind, people in of.noted.items():
        yield from _division(f"{name}/noted {kind}", of.people, {kind: people})
    traits: dict[str, dict[str, int | None]] = {}
    for each in of.heard:
        traits.setdefault(each.trait, {})[f"{each.option}."] = each.people
    for trait, options in traits.items():
        yield from _division(f"{name}/{trait}", of.people, options)


def _of_statement(variable: str, of: StatementResult) -> Iterator[Base]:
    views = {f"group {view.group}": view.seen for view in of.groups}
    yield from _division(f"{variable}/by group", of.seen, views, lasting=False)
    if of.unnoted is not None:
        people = round(of.unnoted.effective)
        yield from _division(f"{variable}/by note", of.seen, {"nothing noted": people})


def _one(variable: str, people: int | None) -> Iterator[Base]:
    if people is not None:
        yield Base(variable, WHOLE, frozenset({WHOLE}), people)


def _division(
    variable: str, whole: int | None, parts: Mapping[str, int | None], *, lasting: bool = True
) -> Iterator[Base]:
    """Yield a whole with its shown parts; without a whole that is shown, the parts alone.

    `lasting` is of the parts; the whole always is.
    """
    if whole is not None:
        yield Base(variable, WHOLE, frozenset({*parts, HIDDEN}), whole)
    for part, people in parts.items():
        if people is not None:
            yield Base(variable, part, frozenset({part}), people, lasting)
