"""The least agreeing group decides; one too small to decide is neither dropped nor named."""

import math

import numpy as np
import pytest

from charter.estimates.interval import wilson
from charter.evolve.opinion.floor import Against, Said, floors
from charter.evolve.opinion.tally import Tally


def table(*groups):
    counts = np.array([[group] for group in groups], dtype=np.int64)
    return Tally(counts, counts.astype(float), counts.sum(axis=2).astype(float))


def test_it_is_the_lowest_lower_bound():
    (found,) = floors(table([5, 5, 90], [20, 0, 30]), smallest=10)
    assert found.value == pytest.approx(wilson(30, 50).low)
    assert found.group == 1
    assert found.bounds[0] == pytest.approx(wilson(90, 100).low)
    assert found.said == (Said.OWN, Said.OWN)


@pytest.mark.parametrize(("least", "says"), [(0.4, Against.MET), (0.6, Against.NOT_MET)])
def test_it_is_held_against_a_settled_value(least, says):
    (found,) = floors(table([5, 5, 90], [20, 0, 30]), smallest=10)
    assert found.against(least) is says


def test_a_small_group_is_drawn_towards_the_others_and_not_left_out():
    (found,) = floors(table([5, 5, 90], [3, 0, 0]), smallest=10)
    assert found.said == (Said.OWN, Said.SHRUNK)
    assert found.group == 1
    assert 0 < found.bounds[1] < found.bounds[0]
    assert found.against(0.6) is Against.TOO_SMALL
    (like_all,) = floors(table([5, 5, 90], [0, 0, 3]), smallest=10)
    assert like_all.bounds[1] > found.bounds[1]
    assert like_all.against(0.6) is Against.MET


def test_a_group_that_saw_nothing_leaves_it_open():
    (found,) = floors(table([5, 5, 90], [0, 0, 0]), smallest=10)
    assert found.said[1] is Said.NOBODY
    assert math.isnan(found.bounds[1])
    assert found.against(0.5) is Against.TOO_SMALL
    assert found.against(0.99) is Against.NOT_MET


def test_a_statement_nobody_saw_has_no_floor():
    (found,) = floors(table([0, 0, 0]), smallest=10)
    assert math.isnan(found.value)
    assert found.group == -1
    assert found.against(0.0) is Against.TOO_SMALL


def test_weights_lower_it():
    plain = table([10, 0, 40])
    heavy = Tally(plain.counts, plain.sums, plain.squares * 2)
    assert floors(heavy, smallest=10)[0].value < floors(plain, smallest=10)[0].value


def test_a_limit_below_one_is_refused():
    with pytest.raises(ValueError, match="smallest"):
        floors(table([1, 1, 1]), smallest=0)
