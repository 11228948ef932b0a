"""Surveys to test with, and simulated people who take part in them."""

from __future__ import annotations

import random

from charter.evolve.surveys.answer import Compared, Voted
from charter.evolve.surveys.given import Said
from charter.evolve.surveys.shown import candidates_for, items_for
from charter.evolve.surveys.sitting import Sitting
from charter.evolve.surveys.survey import (
    Comparison,
    Promise,
    Rubric,
    Statement,
    Survey,
    Trait,
    Turn,
)
from charter.records.survey import ParticipantJoined

AT = "2026-11-22T12:00:00.000Z"
PROMISE = Promise({"en": "I agree."}, {"en": "To learn."}, "rules@example.org", 30)


def small(id_="small", **changes):
    """Return a survey with one item of each kind, and a trait."""
    fields = {
        "title": {"en": "Small"},
        "languages": ("en",),
        "promise": PROMISE,
        "items": (
            Statement("say", ("style/a",), {"en": "Say why."}),
            Statement("again", ("style/a",), {"en": "Do not say why."}, "say", reversed=True),
            Comparison(
                "pick",
                ("style",),
                (Turn("user", {"en": "Help?"}),),
                {letter: {"en": f"Answer {letter}"} for letter in "ABC"},
            ),
            Rubric("rate", (), {"en": "It is short."}, -3, 3),
        ),
        "traits": (Trait("age", {"en": "Age?"}, {"old": {"en": "Old"}, "young": {"en": "Young"}}),),
    }
    return Survey(id_, **(fields | changes))


def large(statements=24, again=3, comparisons=6):
    """Return a survey of many statements, some asked again as their opposite, and comparisons."""
    text = "An assistant should keep to what rule number {} says of how it answers people."
    first = [Statement(f"s{n}", (), {"en": text.format(n)}) for n in range(statements)]
    opposite = [
        Statement(f"x{n}", (), {"en": f"Not: {text.format(n)}"}, f"s{n * 5}", reversed=True)
        for n in range(again)
    ]
    answers = {letter: {"en": (f"This is what {letter} says. " * 20).strip()} for letter in "ABCD"}
    prompt = (Turn("user", {"en": "What is to be done about it? " * 5 + "Well?"}),)
    several = [Comparison(f"c{n}", (), prompt, answers) for n in range(comparisons)]
    return small("large", items=(*first, *opposite, *several), traits=())


def joined(number, **changes):
    """Return the record of a participation."""
    fields = {
        "run": f"pa_{number:032x}",
        "at": AT,
        "survey": "large",
        "digest": "",
        "channel": "open",
        "invitation": "",
        "language": "en",
        "consent": "",
        "receipt": "",
        "subject": f"sub_{number}",
    }
    return ParticipantJoined(**(fields | changes))


def sitting(survey, number, answer, ms=None, **changes):
    """Return a sitting; `answer(item)` gives an answer or None, `ms(item)` a time."""
    record = joined(number, **changes)
    said = []
    for item in items_for(survey, record.run):
        found = answer(item)
        if found is not None:
            said.append(Said(item.id, found, ms(item) if ms else None, len(said) + 1, AT))
    return Sitting(record, tuple(said))


def letters_of(item):
    """Return how many characters somebody has to read."""
    if isinstance(item, Comparison):
        parts = [turn.text for turn in item.prompt] + list(item.answers.values())
        return sum(len(part["en"]) for part in parts)
    return len(item.text["en"])


def honest(survey, number, chance: random.Random):
    """Return somebody who means what they say: one of two camps that agree on nothing.

    A camp says its word on a statement in 9 of 10 cases and passes in half of the others. One
    slips in 8 % of what is asked again, reads 238 words a minute (standard deviation 60, at
    least 100; 5.5 characters to the word), and every third reads half of it.
    """
    camp = chance.choice((1, -1))
    pace = max(100.0, chance.gauss(238, 60)) * 5.5 / 60
    share = 0.5 if chance.random() < 1 / 3 else 1.0
    votes: dict[str, int] = {}

    def answer(item):
        if isinstance(item, Comparison):
            order = list(item.answers)
            chance.shuffle(order)
            why = f"I think so because of reason {chance.random()} which matters to me."
            return Compared(tuple((each,) for each in order), why=why)
        if item.repeats in votes:
            turned = -votes[item.repeats]
            return Voted(-turned if chance.random() < 0.08 else turned)
        draw = chance.random()
        votes[item.id] = camp if draw < 0.9 else chance.choice((0, -camp))
        return Voted(votes[item.id])

    def ms(item):
        reading = letters_of(item) * share / pace
        return round((reading + chance.lognormvariate(0.3, 0.5)) * 1000)

    return sitting(survey, number, answer, ms)


def as_shown(item, number):
    """Return a comparison in the order in which a participation saw it."""
    shown = candidates_for(item, joined(number).run)
    return Compared(tuple((each,) for each in shown))


def straight(survey, number, value=1):
    """Return somebody who clicks the same all along."""
    return sitting(
        survey,
        number,
        lambda item: as_shown(item, number) if isinstance(item, Comparison) else Voted(value),
        lambda _: 300,
    )


def careless(survey, number, chance):
    """Return somebody who answers by chance, and takes time over it."""

    def answer(item):
        if isinstance(item, Comparison):
            return None
        return Voted(chance.choice((1, -1)))

    return sitting(survey, number, answer, lambda _: 9000)


def copied(survey, number):
    """Return one of many with the same reason."""
    why = "This is what our chairman has asked all of us to write in here."
    return sitting(
        survey,
        number,
        lambda item: Compared(unacceptable=(), why=why) if isinstance(item, Comparison) else None,
    )
