"""What somebody of the simulation answers, and how long they take over it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from charter.evolve.surveys.answer import Answer, Compared, Rated, Told, Voted
from charter.evolve.surveys.given import Reply
from charter.evolve.surveys.shown import candidates_for, items_for
from charter.evolve.surveys.survey import Comparison, Item, Rubric, Statement, Survey

from .plan import (
    CARELESS,
    HONEST,
    ORDERED,
    PASSES,
    SEEN,
    SLIPS,
    STATEMENTS,
    STRAIGHT,
    SYBIL,
    UNSURE,
    Plan,
    Someone,
    agrees,
)

PLANTED = {one.id: one for one in STATEMENTS}
COPIED = "Everybody I know has been waiting for this rule, and all of us want it to stay as it is."
SCRIPT = "<script>alert(1)</script>"


def replies(plan: Plan, survey: Survey, someone: Someone, run: str) -> Iterator[Reply]:
    """Yield all that somebody says under a participation's id, in the order of their pages."""
    # Sybils are one person: what they think does not depend on the number.
    own = "sybil" if someone.kind == SYBIL else str(someone.number)
    dice = plan.chance(f"answers/{own}")
    pace = max(100.0, dice.gauss(238, 60)) * 5.5 / 60
    votes: dict[str, int] = {}
    said = {item.id: _answer(plan, someone, item, dice, votes) for item in survey.items}
    for item in items_for(survey, run):
        answer = said[item.id]
        if someone.kind == STRAIGHT:
            answer = _alike(item, run)
        if answer is not None:
            quick = someone.kind in (STRAIGHT, CARELESS)
            yield Reply(item, answer, 300 if quick else _ms(item, someone.language, pace, dice))
    for trait in survey.traits:
        if trait.id in someone.traits:
            yield Reply(trait, Told(someone.traits[trait.id]))


def _answer(
    plan: Plan, someone: Someone, item: Item, dice: Random, votes: dict[str, int]
) -> Answer | None:
    """Return an answer; None for what somebody leaves. Repeats stand after what they repeat."""
    if someone.kind == CARELESS:
        return _by_chance(item, dice)
    if isinstance(item, Rubric):
        return Rated(dice.randint(-2, 8))
    if isinstance(item, Comparison):
        return _compared(plan, someone, item, dice)
    if item.repeats:
        first = votes.get(item.repeats)
        return None if first is None else Voted(first if dice.random() < SLIPS else -first)
    if dice.random() >= SEEN:
        return None
    agree = dice.random() < agrees(plan, PLANTED[item.id], someone.group)
    votes[item.id] = 0 if dice.random() < PASSES else 1 if agree else -1
    return Voted(votes[item.id])


def _compared(plan: Plan, someone: Someone, item: Comparison, dice: Random) -> Answer | None:
    orders = [tuple((e,) for e in swapped(plan.order(item.id), UNSURE, dice)) for _ in range(2)]
    writes, tells = dice.random() < 0.2, dice.random()
    if dice.random() >= ORDERED and someone.kind == HONEST:
        return None
    why = f"Number {tells} of my reasons is that people should be able to trust it."
    if someone.kind == SYBIL:
        writes, why = True, COPIED
    barred = (plan.order(item.id)[-1],)
    return Compared(orders[0], orders[1], barred, why if writes else "")


def _by_chance(item: Item, dice: Random) -> Answer:
    if isinstance(item, Statement):
        return Voted(dice.choice((1, -1)))
    if isinstance(item, Rubric):
        return Rated(dice.randint(item.least, item.most))
    order = dice.sample(tuple(item.answers), len(item.answers))
    return Compared(tuple((each,) for each in order), why=SCRIPT)


def _alike(item: Item, run: str) -> Answer:
    if isinstance(item, Statement):
        return Voted(1)
    if isinstance(item, Rubric):
        return Rated(item.most)
    return Compared(tuple((each,) for each in candidates_for(item, run)))


def swapped(order: list[str], chance: float, dice: Random) -> list[str]:
    """Return an order in which each pair of neighbours is swapped by chance, from the top."""
    order = list(order)
    for at in range(len(order) - 1):
        if dice.random() < chance:
            order[at], order[at + 1] = order[at + 1], order[at]
    return order


def _ms(item: Item, language: str, pace: float, dice: Random) -> int:
    """Return milliseconds of somebody who reads `pace` characters a second, and thinks."""
    if isinstance(item, Comparison):
        texts = [*(turn.text for turn in item.prompt), *item.answers.values()]
    else:
        texts = [item.text]
    read = sum(len(text[language]) for text in texts) / pace
    return round((read + dice.lognormvariate(0.3, 0.5)) * 1000)
