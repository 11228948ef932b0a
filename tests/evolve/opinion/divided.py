"""People of two sides, and statements whose truth is known."""

import numpy as np

from charter.evolve.opinion.votes import Votes


def divided(people, items, *, filled, seed, strength=0.4, own=0.08):
    """Return votes, true intercepts and true factors of the statements; every third divides.

    The last character of a person's id is the side, 0 or 1.
    """
    dice = np.random.default_rng(seed)
    side = dice.choice([-1, 1], people)
    names = [f"p{at:04}:{int(each > 0)}" for at, each in enumerate(side.tolist())]
    leaning = dice.normal(0, own, people)
    liked = dice.uniform(-0.3, 0.3, items)
    dividing = np.where(np.arange(items) % 3 == 0, dice.choice([-1, 1], items) * strength, 0.0)
    rows, columns = np.nonzero(dice.random((people, items)) < filled)
    keep = np.unique(rows, return_inverse=True)
    chance = 0.5 + leaning[rows] + liked[columns] + side[rows] * dividing[columns]
    agreed = np.where(dice.random(len(rows)) < chance, 1, -1)
    values = np.where(dice.random(len(rows)) < 0.1, 0, agreed)
    votes = Votes(
        tuple(names[at] for at in keep[0].tolist()),
        tuple(f"s{at:03}" for at in range(items)),
        keep[1].astype(np.int32),
        columns.astype(np.int32),
        values.astype(np.int8),
    )
    return votes, liked, dividing
