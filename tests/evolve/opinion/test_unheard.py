"""Who was not heard is listed, also where nobody was asked."""

import numpy as np

from charter.evolve.opinion.tally import tally
from charter.evolve.opinion.unheard import Heard, coverage, missing, presence
from charter.evolve.opinion.votes import votes_of

TARGETS = {"age": {"young": 0.3, "middle": 0.3, "old": 0.3, "none": 0.1, "gone": 0.0}}


def test_every_option_with_a_share_is_told_of():
    stated = ["young"] * 60 + ["middle"] * 25 + ["old"] * 5 + [None] * 10
    found = {each.option: each for each in presence({"age": stated}, TARGETS, smallest=10)}
    assert {option: each.heard for option, each in found.items()} == {
        "young": Heard.WELL,
        "middle": Heard.WELL,
        "old": Heard.TOO_FEW,
        "none": Heard.NOBODY,
    }
    assert found["young"].share == 60 / 90
    assert presence({"age": stated}, TARGETS, smallest=5)[2].heard is Heard.FEWER


def test_a_trait_nobody_was_asked_is_unheard():
    found = presence({}, TARGETS, smallest=10)
    assert {each.heard for each in found} == {Heard.NOBODY}


def test_statements_that_a_group_did_not_see():
    votes = votes_of([(f"p{p}", "x", 1) for p in range(6)] + [("p0", "y", 0)], ["z"])
    counted = tally(votes, np.array([0, 0, 0, 0, 1, 1]), groups=2)
    found = missing(counted, smallest=3)
    assert [(each.group, each.item, each.seen) for each in found] == [
        (0, 1, 1),
        (0, 2, 0),
        (1, 0, 2),
        (1, 1, 0),
        (1, 2, 0),
    ]
    assert coverage(counted, smallest=3).tolist() == [1 / 3, 0.0]


def test_without_statements_there_is_no_coverage():
    assert np.isnan(coverage(tally(votes_of([])), smallest=3)).all()
