"""Rules on made-up figures, one by one, and on planted people as a whole."""

from dataclasses import replace

import numpy as np
import pytest

from charter.estimates.interval import Interval
from charter.evolve.opinion.bridging import factorise
from charter.evolve.opinion.bridging_intervals import Moved, moved
from charter.evolve.opinion.bridging_status import Status, statuses
from charter.evolve.opinion.votes import votes_of

from .divided import divided


def table(left=12, right=12, *, agree_left=12, agree_right=12):
    """Return votes on one statement and a fit of it with sides, to be given figures."""
    cast = [(f"l{n:02}", "s", 1 if n < agree_left else -1) for n in range(left)]
    cast += [(f"r{n:02}", "s", 1 if n < agree_right else -1) for n in range(right)]
    votes = votes_of(cast)
    factors = np.array([-1.0 if person[0] == "l" else 1.0 for person in votes.people])
    return votes, replace(factorise(votes), mean=0.5, people_factors=factors)


def said(votes, fit, across, factor, moved_=None):
    fit = replace(fit, intercepts=np.array([across - 0.5]), factors=np.array([factor]))
    return statuses(votes, fit, moved_)[0]


@pytest.mark.parametrize(
    ("across", "factor", "status"),
    [
        (0.67, 0.49, Status.BRIDGING),
        (0.67, -0.49, Status.BRIDGING),
        (0.66, 0.0, Status.NEITHER),
        (0.9, 0.50, Status.DIVISIVE),
        (0.1, -0.50, Status.DIVISIVE),
        (0.33, 0.2, Status.REJECTED),
        (0.34, 0.2, Status.NEITHER),
    ],
)
def test_each_limit_decides(across, factor, status):
    votes, fit = table()
    assert said(votes, fit, across, factor).status == status


@pytest.mark.parametrize(
    ("given", "net", "status"),
    [
        ({"agree_right": 11}, (12, 10), Status.BRIDGING),
        ({"agree_right": 8}, (12, 4), Status.BRIDGING),
        ({"agree_right": 7}, (12, 2), Status.NEITHER),
        ({"agree_left": 0}, (-12, 12), Status.NEITHER),
        ({"right": 100, "agree_right": 52}, (12, 4), Status.NEITHER),
    ],
)
def test_both_sides_must_agree(given, net, status):
    votes, fit = table(**given)
    found = said(votes, fit, 0.9, 0.1)
    assert (found.net, found.status) == (net, status)


def test_few_votes_and_one_side_say_nothing():
    votes, fit = table(left=2, right=2)
    assert said(votes, fit, 0.9, 0.9).status == Status.TOO_FEW
    votes, fit = table(left=1, right=30)
    assert said(votes, fit, 0.9, 0.9).status == Status.UNDIVIDED


@pytest.mark.parametrize(
    ("across", "factor", "own", "size", "sure"),
    [
        (0.8, 0.1, (0.7, 0.9), (0.0, 0.3), True),
        (0.8, 0.1, (0.6, 0.9), (0.0, 0.3), False),
        (0.8, 0.1, (0.7, 0.9), (0.0, 0.6), False),
        (0.5, 0.8, (0.1, 0.9), (0.6, 0.9), True),
        (0.5, 0.8, (0.1, 0.9), (0.4, 0.9), False),
        (0.2, 0.1, (0.1, 0.3), (0.0, 0.2), True),
        (0.2, 0.1, (0.1, 0.4), (0.0, 0.2), False),
    ],
)
def test_sure_is_what_lies_wholly_beyond_its_limit(across, factor, own, size, sure):
    votes, fit = table(agree_left=12, agree_right=12)
    intervals = Moved((None,), (Interval(*own),), (Interval(*size),), 200, 0.95)
    assert said(votes, fit, across, factor, intervals).sure is sure
    assert not said(votes, fit, across, factor).sure


@pytest.mark.parametrize(
    ("p", "status"), [(None, "divisive"), (0.05, "divisive"), (0.06, "undivided")]
)
def test_what_chance_divides_as_well_has_no_sides(p, status):
    votes, fit = table()
    fit = replace(fit, intercepts=np.array([0.0]), factors=np.array([0.9]))
    assert statuses(votes, fit, p=p)[0].status == status


def test_planted_division_is_found_and_not_hidden():
    votes, _, dividing = divided(600, 24, filled=0.6, seed=21)
    fit = factorise(votes)
    found = statuses(votes, fit, moved(votes, fit, draws=40))
    divisive = np.array([each.status == Status.DIVISIVE for each in found])
    assert divisive[dividing != 0].all()
    assert not divisive[dividing == 0].any()
    assert all(each.sure for each, planted in zip(found, dividing != 0, strict=True) if planted)
