"""Votes in which groups are planted, or none."""

import numpy as np
from hypothesis import strategies as st

from charter.evolve.opinion.votes import Votes


def planted(people, items, groups, *, filled=0.5, apart=1.2, style=0.0, chances=None, seed=0):
    """Return votes and everybody's true group; groups are as likely as `chances`, or equally.

    Log odds of agreeing are those of the statement plus `apart` normal ones of each group, plus
    `style` normal ones of each person who agrees more or less with anything.
    """
    dice = np.random.default_rng(seed)
    if chances is None:
        group = dice.integers(0, groups, people)
    else:
        group = dice.choice(groups, people, p=chances)
    liked = dice.uniform(-1.2, 1.2, items)
    odds = liked + (apart * dice.standard_normal((groups, items)))[group]
    odds = odds + style * dice.standard_normal((people, 1))
    seen = dice.random((people, items)) < filled
    agreed = dice.random((people, items)) < 1 / (1 + np.exp(-odds))
    passed = dice.random((people, items)) < 0.1
    values = np.where(passed, 0, np.where(agreed, 1, -1)).astype(np.int8)
    rows, columns = np.nonzero(seen)
    votes = Votes(
        tuple(f"p{at:05}" for at in range(people)),
        tuple(f"s{at:03}" for at in range(items)),
        rows.astype(np.int32),
        columns.astype(np.int32),
        values[rows, columns],
    )
    return votes, group


def cells(votes):
    """Return (person, item, value) of every vote."""
    return [
        (votes.people[row], votes.items[column], value)
        for row, column, value in zip(
            votes.rows.tolist(), votes.columns.tolist(), votes.values.tolist(), strict=True
        )
    ]


@st.composite
def cast(draw, people=8, items=5):
    """Draw (person, item, value), no person twice on an item, with names in no order."""
    names = draw(st.permutations([f"q{at}" for at in range(people)]))
    asked = draw(st.permutations([f"t{at}" for at in range(items)]))
    table = draw(
        st.lists(
            st.sampled_from([None, -1, 0, 1]), min_size=people * items, max_size=people * items
        )
    )
    return [
        (names[at // items], asked[at % items], value)
        for at, value in enumerate(table)
        if value is not None
    ]
