"""More groups are only better where they foretell votes that were held out."""

import numpy as np
import pytest

from charter.evolve.opinion.predictive import Foretold, foretold

from .planted import planted


def test_planted_groups_foretell_and_others_do_not():
    votes, _ = planted(150, 20, 2, filled=0.6, apart=1.6, seed=1)
    found = foretold(votes, 2, seed=0)
    gain, error = found.gain(2)
    assert gain > 3 * error
    none, _ = planted(150, 20, 1, filled=0.6, seed=1)
    assert foretold(none, 2, seed=0).gain(2)[0] < 0


def test_the_error_takes_votes_of_one_person_together():
    rows = np.repeat(np.arange(4, dtype=np.int32), 10)
    apart = np.repeat([0.0, 1.0, 2.0, 3.0], 10)
    found = Foretold(rows, 4, {1: np.zeros(40), 2: apart})
    gain, error = found.gain(2)
    assert gain == 1.5
    assert error == pytest.approx(np.sqrt((np.array([15, 5, 5, 15]) ** 2).sum()) / 40)


def test_the_smallest_within_one_error_is_the_best():
    dice = np.random.default_rng(0)
    rows = np.arange(400, dtype=np.int32)
    noise = dice.normal(0, 1, 400)
    noise -= noise.mean()
    logs = {1: np.zeros(400), 2: np.full(400, 0.5), 3: 0.51 + noise}
    found = Foretold(rows, 400, logs)
    assert found.best([2, 3]) == 2
    assert found.best([1, 2, 3]) == 2
    assert found.best([3]) == 3


def test_nothing_held_out_gains_nothing():
    empty = np.zeros(0)
    assert Foretold(np.zeros(0, dtype=np.int32), 0, {1: empty, 2: empty}).gain(2) == (0.0, 0.0)
