"""What the simulation knows, held against what the program says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from charter.evolve.opinion.rates import rates
from charter.evolve.opinion.tally import AGREED, tally
from charter.evolve.opinion.votes import votes_of
from charter.evolve.results.weighing import weights_of
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Voices

from .plan import HONEST, STATEMENTS, Plan
from .taking_part import run_of


def kinds(plan: Plan) -> dict[str, str]:
    """Return what kind of people took part, by participation."""
    return {run_of(plan, each): each.kind for each in plan.crowd()}


def groups(plan: Plan) -> dict[str, str]:
    """Return the group of opinion of honest people, by participation."""
    return {run_of(plan, each): each.group for each in plan.crowd() if each.kind == HONEST}


def of_channel(voices: Voices, channel: str) -> Voices:
    """Return the voices of one channel."""
    return replace(voices, people=tuple(each for each in voices.people if each.channel == channel))


def without(voices: Voices, gone: set[str]) -> Voices:
    """Return voices without some people."""

    def stay(said):
        return tuple(each for each in said if each.person not in gone)

    return replace(
        voices,
        people=tuple(each for each in voices.people if each.id not in gone),
        votes=stay(voices.votes),
        ratings=stay(voices.ratings),
        orders=stay(voices.orders),
        barred=stay(voices.barred),
        reasons=stay(voices.reasons),
    )


def held_truths(voices: Voices, rules: Rules, *, weigh: bool) -> dict[str, bool]:
    """Return whether the interval of each statement holds the share of the population.

    Of one channel. The share is of those who agree among all who answer.
    """
    people = tuple(voices.people)
    weights = weights_of(people, rules).each if weigh else None
    mine = {each.id for each in people}
    wanted = [each.id for each in STATEMENTS]
    votes = votes_of(
        (
            (e.person, e.item, e.value)
            for e in voices.votes
            if e.person in mine and e.item in wanted
        ),
        wanted,
    )
    each = None if weights is None else np.array([weights[p] for p in votes.people])
    found = rates(tally(votes, weights=each))
    low, high = found.low[0, :, AGREED], found.high[0, :, AGREED]
    truth = {one.id: one.truth for one in STATEMENTS}
    return {item: low[at] <= truth[item] <= high[at] for at, item in enumerate(votes.items)}
