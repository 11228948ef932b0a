"""Results of the survey that validates a proposal -> whether its words say what people meant.

The rule is settled before anybody answers: it stands here, and its floor and least number of people
in the survey, whose text is fixed when it is opened. The words hold where, for every statement of
the survey that is no repetition,

1. enough people saw it (`Rules.smallest`);
2. the lower bound of the 95 % interval of the share who agree, of all who saw it, is above one half
   (weighted by the margins of the survey where it has any; those who pass do not agree);
3. where people fall into groups, the least agreeing group reaches the survey's floor by its lower
   bound (`Rules.floor`).

It is read of people who were drawn where the survey asks such people, else of those who came by
themselves; never of both together; and only after the survey was closed, once and for all, so that
nobody stops at a good moment. Comparisons and ratings are shown, and decide nothing. All of the
statements have to hold, so that asking more of them makes passing by chance less likely, not more.
Asking again makes it more likely, so that later surveys are held against wider intervals: `tries`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from charter.estimates.interval import normal_quantile, wilson
from charter.evolve.proposals.tries import confidence, percent
from charter.evolve.results.results import (
    ChannelResult,
    Figure,
    FloorView,
    Results,
    Shares,
    StatementResult,
)
from charter.evolve.surveys.survey import Statement, Survey
from charter.records.survey import OPEN, PANEL

LEAST = 0.5
"""Share of agreement that the lower bound must be above."""
MET, NOT_MET, TOO_SMALL = "met", "not met", "too small to say"


@dataclass(frozen=True, slots=True)
class Heard:
    """One statement held against the rule."""

    item: str
    seen: int | None
    agree: float | None
    low: float | None
    """Of the interval that this survey is held against, as is `high`."""
    high: float | None
    why_not: str
    """Empty where it holds."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What a survey says of the words of a proposal."""

    survey: str
    digest: str
    """Of the voices that it was read from."""
    channel: str
    people: int | None
    heard: tuple[Heard, ...]
    why_not: str
    """Why nothing can be said at all; empty otherwise."""
    number: int = 1
    """Which of the surveys that were to validate these words it is, from 1."""

    @property
    def holds(self) -> bool:
        """Whether people say that the words say what they meant."""
        return not self.why_not and all(not each.why_not for each in self.heard)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every reason against it, one line each."""
        found = [f"{each.item}: {each.why_not}" for each in self.heard if each.why_not]
        return (self.why_not, *found) if self.why_not else tuple(found)


def validation(survey: Survey, results: Results, *, number: int = 1) -> Validation:
    """Read the results of a closed survey by the rule above; `number` is that of its try.

    Raises ValueError for a number below 1.
    """
    sure, floor = confidence(number), float(survey.rules.floor)
    wanted = PANEL if PANEL in survey.channels else OPEN
    channel = next((each for each in results.channels if each.channel == wanted), None)
    asked = [e.id for e in survey.items if isinstance(e, Statement) and not e.repeats]
    if channel is None or not asked:
        why = f"nobody answered of those it is read of ({wanted})"
        why = why if asked else "it has no statement to agree with"
        return Validation(survey.id, results.digest, wanted, None, (), why, number)
    found = {each.item: _held(each, sure, floor) for each in channel.statements}
    heard = tuple(_heard(item, found.get(item), channel) for item in asked)
    return Validation(survey.id, results.digest, wanted, channel.people, heard, "", number)


def validation_json(found: Validation) -> dict[str, Any]:
    """Return a validation as JSON; figures are decimals as texts."""
    return {
        "survey": found.survey,
        "voices": found.digest,
        "number": found.number,
        "confidence": f"{confidence(found.number):.6f}",
        "channel": found.channel,
        "people": found.people,
        "holds": found.holds,
        "why_not": found.why_not,
        "statements": [
            {
                "item": each.item,
                "seen": each.seen,
                "agree": _text(each.agree),
                "low": _text(each.low),
                "high": _text(each.high),
                "why_not": each.why_not,
            }
            for each in found.heard
        ],
    }


def _held(result: StatementResult, sure: float, floor: float) -> StatementResult:
    """Return a statement with the intervals of another confidence than 95 %, where that is wanted.

    A group of which no share is shown has no bound then, and cannot be held against the floor.
    """
    if sure == confidence(1):
        return result
    z = normal_quantile(sure)
    views = [None if each.shares is None else _bounded(each.shares, z) for each in result.groups]
    lows = [None if each is None else each.agree.low for each in views]
    known = [each for each in lows if each is not None]
    against = NOT_MET if any(each < floor for each in known) else MET
    if against == MET and len(known) < len(lows):
        against = TOO_SMALL
    return replace(
        result,
        plain=result.plain and _bounded(result.plain, z),
        weighted=result.weighted and _bounded(result.weighted, z),
        floor=result.floor and FloorView(min(known, default=None), None, against),
    )


def _bounded(shares: Shares, z: float) -> Shares:
    """Return the share that agrees with Wilson's bounds for a quantile, as `rates` makes them."""
    agree, number = shares.agree, shares.effective
    if agree.low is None or number <= 0:
        return shares
    bounds = wilson(min(1.0, max(0.0, agree.value)) * number, number, z=z)
    return replace(shares, agree=Figure(agree.value, bounds.low, bounds.high))


def _heard(item: str, result: StatementResult | None, channel: ChannelResult) -> Heard:
    shares = None
    if result is not None:
        weighted = result.weighted if channel.weights.used else None
        shares = weighted or result.plain
    if result is None or shares is None:
        why = result.why_hidden if result is not None and result.why_hidden else "nothing is known"
        return Heard(item, None, None, None, None, why)
    agree = shares.agree
    why = ""
    if agree.low is None or agree.low <= LEAST:
        why = "it is not certain that more than half agree"
    elif result.floor is not None and result.floor.against != MET:
        why = f"the floor of the least agreeing group: {result.floor.against}"
    return Heard(item, result.seen, agree.value, agree.low, agree.high, why)


def statement_lines(findings: Mapping[str, Any]) -> list[str]:
    """Return the figures of a recorded validation, one line for each statement.

    Before them what was asked earlier, where this was not the first survey of these words.
    """
    number = findings.get("number", 1)
    told = isinstance(number, int) and number > 1
    sure = percent(confidence(number)) if told else ""
    first = f"survey number {number} that was to validate it: bounds are of {sure} intervals"
    return [first] * told + [
        f"{row['item']}: {row['agree']} agree ({row['low']} to {row['high']}), {row['seen']} people"
        + (f": {row['why_not']}" if row["why_not"] else "")
        if row["agree"] is not None
        else f"{row['item']}: {row['why_not']}"
        for row in findings.get("statements", ())
    ]


def _text(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"
