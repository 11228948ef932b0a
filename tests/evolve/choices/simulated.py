"""People whose truth is known, and a spec that chooses as they do, or in planted sections not."""

import random

from charter.evolve.choices.rankings import Rankings
from charter.evolve.voices import PERSONAL, WORLD, Asked, Order, Person, Voices
from charter.records.ranking import AnswersRanked, RankingStarted

LETTERS = ("A", "B", "C", "D")


def swapped(order, chance, dice):
    """Return an order in which each pair of neighbours is swapped by chance, from the top."""
    order = list(order)
    for at in range(len(order) - 1):
        if dice.random() < chance:
            order[at], order[at + 1] = order[at + 1], order[at]
    return order


def groups(order):
    return tuple((each,) for each in order)


def headed(order):
    return (order[0],), tuple(order[1:])


def simulated(  # the planted truth, part by part
    *,
    sections=6,
    items=4,
    people=40,
    repeats=3,
    opposed=(),
    people_noise=0.3,
    spec_noise=0.15,
    channels=("open",),
    indifferent=False,
    level=False,
    seed=0,
):
    """Return voices and rankings. In `opposed` sections the spec has people's order reversed.

    `indifferent` people order by chance; then nothing can be with or against them. A spec that is
    `level` knows the best answer and has all others level.
    """
    dice = random.Random(seed)
    asked, orders, ranked = [], [], []
    everybody = [Person(f"{c}{n:03}", c) for c in channels for n in range(people)]
    for section in range(sections):
        for number in range(items):
            item = f"s{section}-{number}"
            truth = dice.sample(LETTERS, len(LETTERS))
            asked.append(
                Asked(
                    item,
                    "comparison",
                    f"What about {item}?",
                    (f"section_{section}",),
                    LETTERS,
                    prompt=f"What about {item}?",
                    candidates={letter: f"Answer {letter} to {item}." for letter in LETTERS},
                )
            )
            for person in everybody:
                for scope in (PERSONAL, WORLD):
                    theirs = (
                        dice.sample(LETTERS, len(LETTERS))
                        if indifferent
                        else swapped(truth, people_noise, dice)
                    )
                    orders.append(Order(person.id, item, scope, groups(theirs)))
            spec = truth[::-1] if section in opposed else truth
            told = headed if level else groups
            ranked += [
                AnswersRanked(
                    "r", item, repeat, "2026-01-01T00:00:00Z",
                    told(swapped(spec, spec_noise, dice)), f"section_{section}", (), 5,
                )
                for repeat in range(repeats)
            ]  # fmt: skip
    voices = Voices(
        "simulated",
        "sha256:" + "0" * 64,
        tuple(asked),
        tuple(sorted(everybody, key=lambda each: each.id)),
        orders=tuple(sorted(orders, key=lambda each: (each.person, each.item, each.scope))),
    )
    return voices, rankings(ranked, repeats)


def rankings(ranked, repeats, items=None):
    """Return orders as they are read from a ledger."""
    by_item = {}
    for each in ranked:
        by_item.setdefault(each.item, []).append(each)
    names = tuple(sorted(items or by_item))
    started = RankingStarted(
        "r", "2026-01-01T00:00:00Z", "sha256:s", "sha256:t", "", "scripted", "{}", repeats, names
    )
    made = {item: tuple(e for e in each if e.order) for item, each in by_item.items()}
    return Rankings(
        started,
        True,
        {item: each for item, each in made.items() if each},
        tuple(each for each in ranked if not each.order),
    )
