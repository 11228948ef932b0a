"""People whose opinions are known, as voices."""

from __future__ import annotations

from random import Random

from charter.evolve.results.table import Effort
from charter.evolve.voices import (
    PERSONAL,
    Asked,
    Barred,
    Order,
    Person,
    Rating,
    Voices,
    Vote,
)

QUICK = Effort(draws=50, refits=20, shuffles=19, permutations=19)
STATEMENTS = 12
SHARED, SPLIT, REFUSED = "s00", "s01", "s02"
"""All agree with the first, the groups part on the second, all refuse the third."""


def asked(statements=STATEMENTS):
    """Statements in three clauses, one comparison and one rule."""
    found = [
        Asked(f"s{at:02}", "statement", f"Statement {at}", (f"honesty/c{at}",) if at < 3 else ())
        for at in range(statements)
    ]
    found.append(
        Asked(
            "c1",
            "comparison",
            "What now?",
            ("honesty",),
            ("A", "B", "C"),
            prompt="What now?",
            candidates={"A": "a", "B": "b", "C": "c"},
        )
    )
    found.append(Asked("r1", "rubric", "It is short."))
    return tuple(found)


def share(group, item):
    """Return how many of a group agree with a statement, as a share."""
    if item == SHARED:
        return 0.9
    if item == REFUSED:
        return 0.1
    side = int(item[1:]) % 2
    return 0.9 if side == group else 0.1


def voices(seed, people=120, *, seen=0.7, groups=2, channel="open", noted=0.0, traits=True):
    """Return people of planted groups, who saw some statements, with all else that can be said."""
    chance = Random(seed)
    things = asked()
    crowd, votes, ratings, orders, barred = [], [], [], [], []
    for number in range(people):
        id_, group = f"{channel}{number:04}", number % groups
        said = {"age": chance.choice(("young", "young", "old"))} if traits else {}
        mark = ("too_fast",) if chance.random() < noted else ()
        crowd.append(Person(id_, channel, chance.choice(("en", "de")), said, mark))
        for one in things[:STATEMENTS]:
            if chance.random() < seen:
                agrees = chance.random() < share(group, one.id)
                value = 0 if chance.random() < 0.1 else 1 if agrees else -1
                votes.append(Vote(id_, one.id, value))
        order = (("A",), ("B",), ("C",)) if chance.random() < 0.8 else (("B", "C"), ("A",))
        orders.append(Order(id_, "c1", PERSONAL, order))
        barred.append(Barred(id_, "c1", ("C",) if chance.random() < 0.5 else ()))
        ratings.append(Rating(id_, "r1", chance.randint(0, 5)))
    return Voices(
        source="simulated",
        digest=f"sha256:{seed}",
        asked=things,
        people=tuple(crowd),
        votes=tuple(sorted(votes, key=lambda v: (v.person, v.item))),
        ratings=tuple(ratings),
        orders=tuple(orders),
        barred=tuple(barred),
    )
