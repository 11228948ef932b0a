"""Why people and the spec part: reasons on both sides, grouped by meaning, each with its origin.

Only reasons that somebody read and accepted are ever quoted, and only these are counted here: what
a person wrote may name somebody. Every quotation can be traced: a person's by the participation
and the item, the ranker's by the run, the item and the repeat.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from charter.evolve.choices.answered import Answered, Placed, answered, withheld
from charter.evolve.choices.meaning import MOST, grouped
from charter.evolve.choices.rankings import Rankings
from charter.evolve.choices.section import Row
from charter.evolve.voices import Reason, Voices

WITH, AGAINST, SPEC = "with the spec", "against the spec", "the spec"
QUOTES = 3
THEMES = 8


@dataclass(frozen=True, slots=True)
class Quote:
    """Words with where they come from."""

    text: str
    item: str
    origin: str
    """Id of the participation, or RUN/REPEAT of a ranking."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Reasons that mean much the same."""

    quotes: tuple[Quote, ...]
    """The most central first, at most three, no words twice."""
    reasons: int
    people: int
    """Who gave them; 0 for the ranker's."""


@dataclass(frozen=True, slots=True)
class Side:
    """The reasons of one side in one section."""

    side: str
    """Of people who agree with the spec on the item, of those who do not, or the ranker's own."""
    themes: tuple[Theme, ...]
    """The largest first."""
    reasons: int
    """All there were that may be shown."""
    left_out: int
    """Of these, how many stand in no theme that is listed."""
    method: str
    """meaning or words."""


def sides_of(
    row: Row,
    voices: Voices,
    rankings: Rankings,
    items: Mapping[str, Placed],
    accepted: Collection[tuple[str, str]],
) -> tuple[Side, ...]:
    """Return the reasons in the section of a row, from people and from the ranker.

    `accepted` are (person, item) whose reasons may be shown. A person is with the spec on an item
    where their agreement is above 1/2, against it where it is below.
    """
    out = withheld(voices)
    mine = {n: place for n, place in items.items() if place.section == row.section and n not in out}
    said = answered(voices, mine, channel=row.channel, scope=row.scope)
    stand = {(each.person, each.item): _side(each) for each in said}
    by_side: dict[str, list[Quote]] = {WITH: [], AGAINST: []}
    for reason in voices.reasons:
        key = reason.person, reason.item
        side = stand.get(key)
        if side and key in accepted and _of_scope(reason, row.scope):
            by_side[side].append(Quote(reason.text, reason.item, reason.person))
    spec = [
        Quote(each.reason, each.item, f"{rankings.started.run}/{each.repeat}")
        for place in mine.values()
        for each in place.orders
        if each.reason
    ]
    found = [_sorted_out(WITH, by_side[WITH]), _sorted_out(AGAINST, by_side[AGAINST])]
    return (*found, _sorted_out(SPEC, spec, people=False))


def _side(said: Answered) -> str:
    if said.value == 0.5:
        return ""
    return WITH if said.value > 0.5 else AGAINST


def _of_scope(reason: Reason, scope: str) -> bool:
    """Whether a reason was given for this order; one for both stands with either."""
    return reason.scope in {scope, "both"}


def _sorted_out(side: str, quotes: Iterable[Quote], *, people: bool = True) -> Side:
    """Return quotes as themes. The order in which they came changes nothing."""
    known = sorted(set(quotes), key=lambda each: (each.item, each.origin, each.text))
    # A lot that is no secret, so that the same voices give the same themes.
    shown = known if len(known) <= MOST else random.Random(0).sample(known, MOST)  # noqa: S311
    found = grouped([each.text for each in shown])
    themes = []
    for group in found.groups[:THEMES]:
        inside = [shown[at] for at in group]
        themes.append(
            Theme(
                tuple({each.text: each for each in reversed(inside)}.values())[::-1][:QUOTES],
                len(inside),
                len({each.origin for each in inside}) if people else 0,
            )
        )
    listed = sum(theme.reasons for theme in themes)
    return Side(side, tuple(themes), len(known), len(known) - listed, found.method)
