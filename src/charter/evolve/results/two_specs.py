"""The same people beside two specs: which of both would choose more as they do, item by item.

Each person's answer is held against both rankings, so that the difference is theirs: people are
compared with themselves, and what makes them differ from each other drops out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from charter.estimates.cluster import clustered_mean, clustered_se
from charter.estimates.multiplicity import benjamini_hochberg
from charter.evolve.choices.answered import answered, placed
from charter.evolve.choices.rankings import Rankings
from charter.evolve.results.results import Figure
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import PERSONAL, WORLD, Voices
from charter.records.survey import CHANNELS

ALL = ""
"""Stands for all items together."""


@dataclass(frozen=True, slots=True)
class SpecDifference:
    """How much more of people's strict preferences the second spec shares than the first."""

    channel: str
    scope: str
    about: str
    """A clause or section that items ask about; empty for all items."""
    items: int
    people: int
    first: Figure
    """Mean agreement, 0 to 1."""
    second: Figure
    difference: Figure
    p: float
    q: float
    """Accounting for there being many clauses."""
    apart: bool


@dataclass(frozen=True, slots=True)
class SpecsCompared:
    """One survey beside two specs."""

    source: str
    survey: str
    """Its id; empty for voices from elsewhere."""
    first: str
    """Digest of the spec."""
    second: str
    smallest: int
    """People below which nothing is shown."""
    rows: tuple[SpecDifference, ...]


def compare_specs(
    voices: Voices, first: Rankings, second: Rankings, rules: Rules
) -> tuple[SpecDifference, ...]:
    """Return the differences by channel, scope and clause, those over all items first.

    Mean of each answer's difference, with t, clustered by person: it holds the chance of who took
    part, not that of asking either ranker again. Where everybody differs by the same there is no
    interval, and `p` is that of n of n people leaning one way, `2 / 2^n`. Items that fewer than
    `Rules.smallest` people put in order count nowhere. False discoveries: Benjamini-Hochberg over
    all rows at `Rules.alpha`.
    Source: Miller 2024, arXiv 2411.00640 (paired differences), with `estimates.cluster`.
    """
    rows = [
        row
        for channel in CHANNELS
        for scope in (PERSONAL, WORLD)
        for row in _rows(voices, first, second, rules.smallest, channel, scope)
    ]
    qs = benjamini_hochberg([row.p for row in rows])
    return tuple(
        replace(row, q=q, apart=q <= float(rules.alpha)) for row, q in zip(rows, qs, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Both:
    """One answer beside both specs."""

    person: str
    item: str
    first: float
    second: float


def _rows(  # noqa: PLR0913, PLR0917 - what `compare_specs` has, for one channel and scope
    voices: Voices, first: Rankings, second: Rankings, smallest: int, channel: str, scope: str
) -> Iterator[SpecDifference]:
    known = [
        {
            (e.person, e.item): e.value
            for e in answered(voices, placed(of), channel=channel, scope=scope)
        }
        for of in (first, second)
    ]
    both: dict[str, list[_Both]] = {}
    for person, item in sorted(set(known[0]) & set(known[1])):
        values = (each[person, item] for each in known)
        both.setdefault(item, []).append(_Both(person, item, *values))
    enough = {item: rows for item, rows in both.items() if len(rows) >= smallest}
    if not enough:
        return
    yield _row(channel, scope, ALL, enough, tuple(enough))
    about: dict[str, list[str]] = {}
    for asked in sorted(voices.asked, key=lambda each: each.id):
        for clause in asked.clauses if asked.id in enough else ():
            about.setdefault(clause, []).append(asked.id)
    for clause, items in sorted(about.items()):
        yield _row(channel, scope, clause, enough, items)


def _row(
    channel: str,
    scope: str,
    about: str,
    rows: Mapping[str, Sequence[_Both]],
    items: Sequence[str],
) -> SpecDifference:
    every = [each for item in items for each in rows[item]]
    people = [each.person for each in every]
    gaps = [each.second - each.first for each in every]
    return SpecDifference(
        channel=channel,
        scope=scope,
        about=about,
        items=len(items),
        people=len(set(people)),
        first=_mean([each.first for each in every], people, least=0.0, most=1.0),
        second=_mean([each.second for each in every], people, least=0.0, most=1.0),
        difference=_mean(gaps, people, least=-1.0, most=1.0),
        p=_chance(gaps, people),
        q=1.0,
        apart=False,
    )


def _mean(values: Sequence[float], people: Sequence[str], *, least: float, most: float) -> Figure:
    """Return a mean, with no interval where one person answered or nobody differs."""
    value = sum(values) / len(values)
    if len(set(people)) < 2 or clustered_se(values, people) <= 0:
        return Figure(value, None, None)
    bounds = clustered_mean(values, people).interval
    return Figure(value, max(least, bounds.low), min(most, bounds.high))


def _chance(gaps: Sequence[float], people: Sequence[str]) -> float:
    """Return the p-value of a mean difference of 0, by t as the interval."""
    count, value = len(set(people)), sum(gaps) / len(gaps)
    error = clustered_se(gaps, people) if count > 1 else 0.0
    if value == 0:
        return 1.0
    if error <= 0:
        return min(1.0, 2.0 * 0.5**count)
    from scipy import special  # noqa: PLC0415 - slow to import

    return min(1.0, 2 * float(special.stdtr(count - 1, -abs(value) / error)))
