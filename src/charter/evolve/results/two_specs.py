"""The same people beside two specs: which of both would choose more as they do, item by item.

Each person's answer is held against both rankings, so that the difference is theirs: people are
compared with themselves, and what makes them differ from each other drops out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

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
    first: float
    """Mean agreement, 0 to 1."""
    second: float
    difference: Figure
    p: float
    q: float
    """Accounting for there being many clauses."""
    apart: bool


def compare_specs(
    voices: Voices, first: Rankings, second: Rankings, rules: Rules
) -> tuple[SpecDifference, ...]:
    """Return the differences by channel, scope and clause, those over all items first.

    Mean of each answer's difference, with the t interval clustered by person: it holds the chance
    of who took part, not that of asking either ranker again. Items that fewer than
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
    gaps, people = [e.second - e.first for e in every], [e.person for e in every]
    value = sum(gaps) / len(gaps)
    error = clustered_se(gaps, people) if len(set(people)) > 1 else 0.0
    figure, p = Figure(value, None, None), float(value == 0)
    if error > 0:
        interval = clustered_mean(gaps, people).interval
        figure = Figure(value, interval.low, interval.high)
        p = min(1.0, 2 * NormalDist().cdf(-abs(value) / error))
    return SpecDifference(
        channel=channel,
        scope=scope,
        about=about,
        items=len(items),
        people=len(set(people)),
        first=sum(e.first for e in every) / len(every),
        second=sum(e.second for e in every) / len(every),
        difference=figure,
        p=p,
        q=1.0,
        apart=False,
    )
