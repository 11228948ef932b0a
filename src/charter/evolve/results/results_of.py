"""Voices and the rules that were settled before -> results, channel by channel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from charter.evolve.opinion.raking import CLOSE
from charter.evolve.results.clauses import clause_results
from charter.evolve.results.coarse import coarse
from charter.evolve.results.hearing import counted, heard_results, noted_results
from charter.evolve.results.opinions import divide_of, groups_result, published_result
from charter.evolve.results.orders import apart, comparison_result
from charter.evolve.results.ratings import rubric_result
from charter.evolve.results.results import (
    ChannelResult,
    ComparisonResult,
    Results,
    RubricResult,
    StatementResult,
    WeightsResult,
)
from charter.evolve.results.statements import statement_results
from charter.evolve.results.table import LEAST_PEOPLE, Effort, Table, table_of
from charter.evolve.results.weighing import Weighed, weights_of
from charter.evolve.surveys.survey import Rules, Statement, Survey
from charter.evolve.voices import PERSONAL, WORLD, Asked, Barred, Order, Person, Rating, Voices
from charter.records.survey import CHANNELS, OPEN

T = TypeVar("T", Order, Barred, Rating)

FULL = Effort()
SELF_SELECTED = "people came by themselves: the figures are about them, not about a population"


@dataclass(frozen=True, slots=True)
class Reading:
    """How voices are read: all of it known before anybody answered."""

    rules: Rules = field(default_factory=Rules)
    apart: frozenset[str] = frozenset()
    """Statements asked again as a check: they count in no clause, and no groups are seen by them.

    What somebody says twice hangs together whatever they think: a few of these are enough to find
    groups where there are none.
    """
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What people could say of themselves, by trait."""
    survey: str = ""
    spec: str = ""


def reading_of(survey: Survey) -> Reading:
    """Return how the answers to a survey are read: as it says itself."""
    again = (e.id for e in survey.items if isinstance(e, Statement) and e.repeats)
    return Reading(
        survey.rules,
        frozenset(again),
        {trait.id: tuple(trait.options) for trait in survey.traits},
        survey.id,
        survey.spec,
    )


def results_of(
    voices: Voices,
    reading: Reading,
    *,
    seed: int = 0,
    channels: Collection[str] = CHANNELS,
    effort: Effort = FULL,
) -> Results:
    """Return the figures of each channel in which anybody took part.

    The same voices, reading and seed give the same results, in whatever order they were read.
    """
    found = []
    by_id = sorted(voices.people, key=lambda each: each.id)
    for channel in CHANNELS:
        people = tuple(each for each in by_id if each.channel == channel)
        if people and channel in channels:
            found.append(_channel(channel, people, voices, reading, seed, effort))
    return Results(
        source=voices.source,
        digest=voices.digest,
        survey=reading.survey,
        spec=reading.spec,
        rules=reading.rules,
        seed=seed,
        channels=tuple(found),
        findings=tuple(each.message for each in voices.findings),
    )


def _channel(  # noqa: PLR0913, PLR0917 - one channel of what `results_of` is given
    channel: str,
    people: tuple[Person, ...],
    voices: Voices,
    reading: Reading,
    seed: int,
    effort: Effort,
) -> ChannelResult:
    rules, asked = reading.rules, tuple(sorted(voices.asked, key=lambda each: each.id))
    weighed = weights_of(people, rules)
    again = tuple(one for one in asked if one.id in reading.apart)
    asked = tuple(one for one in asked if one.id not in reading.apart)
    table = table_of(asked, people, voices.votes, weighed, rules, seed=seed, effort=effort)
    divide = divide_of(table)
    found = ChannelResult(
        channel=channel,
        people=len(people) if len(people) >= rules.smallest else None,
        languages=counted([person.language or "not said" for person in people], rules.smallest),
        noted=noted_results(people, rules.smallest),
        weights=weighed.said,
        statements=_together(
            statement_results(table, asked, None if divide is None else divide[0]),
            _checks(again, people, voices, weighed, rules, seed, effort),
        ),
        clauses=clause_results(table),
        comparisons=_comparisons(asked, voices, people, weighed, rules.smallest),
        rubrics=_rubrics(asked, voices, people, weighed, rules.smallest),
        groups=groups_result(table),
        published=published_result(table, voices.published),
        bridging=None if divide is None else divide[1],
        heard=heard_results(people, rules, reading.options),
        notes=_notes(channel, people, table, weighed.said, rules),
    )
    return coarse(found)


def _checks(  # noqa: PLR0913, PLR0917 - as for `_channel`
    again: Sequence[Asked],
    people: Sequence[Person],
    voices: Voices,
    weighed: Weighed,
    rules: Rules,
    seed: int,
    effort: Effort,
) -> tuple[StatementResult, ...]:
    """Return the figures of statements asked again: of all people, and of no group."""
    if not again:
        return ()
    table = table_of(
        again, people, voices.votes, weighed, rules, seed=seed, effort=effort, groups=False
    )
    found = statement_results(table, again, None)
    return tuple(replace(each, consensus="") for each in found)


def _together(
    own: Sequence[StatementResult], again: Sequence[StatementResult]
) -> tuple[StatementResult, ...]:
    """Return all statements by id."""
    return tuple(sorted((*own, *again), key=lambda each: each.item))


def _comparisons(
    asked: Sequence[Asked],
    voices: Voices,
    people: Sequence[Person],
    weighed: Weighed,
    smallest: int,
) -> tuple[ComparisonResult, ...]:
    alike = _alike(people)
    orders = _by_item(each for each in voices.orders if each.person in alike)
    barred = _by_item(each for each in voices.barred if each.person in alike)
    found = []
    for each in asked:
        if each.kind != "comparison" or each.withheld:
            continue
        mine, said = orders.get(each.id, []), barred.get(each.id, [])
        scopes = [[o for o in mine if o.scope == scope] for scope in (PERSONAL, WORLD)]
        sets = [some for orders in scopes for some in apart(orders, each.answers, smallest)]
        weights = _fair((*sets, {one.person for one in said}), weighed, smallest)
        result = comparison_result(each, mine, said, weights or alike, smallest)
        found.append(replace(result, weighted=weights is not None))
    return tuple(found)


def _rubrics(
    asked: Sequence[Asked],
    voices: Voices,
    people: Sequence[Person],
    weighed: Weighed,
    smallest: int,
) -> tuple[RubricResult, ...]:
    alike = _alike(people)
    ratings = _by_item(each for each in voices.ratings if each.person in alike)
    found = []
    for each in asked:
        if each.kind != "rubric" or each.withheld:
            continue
        mine = ratings.get(each.id, [])
        weights = _fair(({one.person for one in mine},), weighed, smallest)
        result = rubric_result(each, mine, weights or alike, smallest)
        found.append(replace(result, weighted=weights is not None))
    return tuple(found)


def _alike(people: Sequence[Person]) -> dict[str, float]:
    return dict.fromkeys((person.id for person in people), 1.0)


def _fair(
    sets: Iterable[Collection[str]], weighed: Weighed, smallest: int
) -> Mapping[str, float] | None:
    """Return the weights; None where a set that is shown has few people of some option."""
    known = [each for each in sets if len(each) >= smallest]
    return weighed.each if all(weighed.fair(each, smallest) for each in known) else None


def _by_item(said: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for each in said:
        found.setdefault(each.item, []).append(each)
    return found


def _notes(
    channel: str, people: Sequence[Person], table: Table, weighing: WeightsResult, rules: Rules
) -> tuple[str, ...]:
    notes = []
    if channel == OPEN:
        notes.append(SELF_SELECTED)
    if len(people) < rules.smallest:
        notes.append(f"fewer than {rules.smallest} people took part: no figure of them is shown")
    notes += weighing.reasons
    if weighing.used and weighing.error > CLOSE:
        notes.append(f"after trimming, weights miss the margins by up to {weighing.error:.3f}")
    if table.groups is None:
        notes.append(f"fewer than {LEAST_PEOPLE} people voted: no groups were looked for")
    elif not table.group_count:
        notes.append(f"one group of opinion: {table.groups.reason}")
    else:
        notes.append("groups are a description of votes, not a fact about people")
    if not rules.margins:
        notes.append("without margins of a population it is not known who was not heard")
    return tuple(notes)
