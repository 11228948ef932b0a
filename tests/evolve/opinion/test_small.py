"""No small cell can be worked out, whatever somebody subtracts: checked by trying all tables."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charter.evolve.opinion.small import hidden, range_of, too_small

TABLES = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(0, 30))
)


def test_zero_and_large_counts_stay():
    assert too_small(np.array([0, 1, 9, 10]), 10).tolist() == [False, True, True, False]


def test_a_table_without_small_cells_is_shown():
    found = hidden(np.array([[10, 0], [20, 30]]), 10)
    assert not found.cells.any()
    assert not found.rows.any()
    assert not found.columns.any()
    assert not found.total


def test_one_small_cell_takes_three_others_with_it():
    found = hidden(np.array([[3, 40, 50], [60, 70, 80], [90, 95, 99]]), 10)
    assert found.small.sum() == 1
    assert found.cells[0, 0]
    assert found.cells.sum() == 4
    assert found.cells.sum(axis=0).max() == found.cells.sum(axis=1).max() == 2


def test_a_table_of_few_people_is_hidden_whole():
    found = hidden(np.array([[1, 2], [0, 3]]), 10)
    assert found.total
    assert found.cells[np.array([[True, True], [False, True]])].all()


def test_a_single_cell_hides_its_totals():
    found = hidden(np.array([[3]]), 10)
    assert found.cells.all()
    assert found.rows.all()
    assert found.columns.all()
    assert found.total


@settings(max_examples=60)
@given(TABLES, st.sampled_from([2, 5, 10]))
def test_every_small_cell_keeps_a_range(counts, smallest):
    found = hidden(counts, smallest)
    assert (found.small == too_small(counts, smallest)).all()
    assert (found.cells | ~found.small).all()
    assert (found.rows | ~too_small(counts.sum(axis=1), smallest)).all()
    assert (found.columns | ~too_small(counts.sum(axis=0), smallest)).all()
    for row, column in np.argwhere(found.small).tolist():
        bounds = range_of(counts, found, row, column)
        assert bounds.low <= counts[row, column] <= bounds.high + 1e-6
        assert bounds.high - bounds.low >= smallest - 1e-6


@settings(max_examples=25)
@given(arrays(np.int64, (2, 2), elements=st.integers(0, 6)))
def test_by_trying_every_table(counts):
    """Every table that agrees with what is shown: a small cell differs among them."""
    found = hidden(counts, 3)
    seen = {place: set() for place in map(tuple, np.argwhere(found.small).tolist())}
    others = np.array(list(product(range(13), repeat=4))).reshape(-1, 2, 2)
    agree = (others == counts)[:, ~found.cells].all(axis=1)
    agree &= (others.sum(axis=2) == counts.sum(axis=1))[:, ~found.rows].all(axis=1)
    agree &= (others.sum(axis=1) == counts.sum(axis=0))[:, ~found.columns].all(axis=1)
    agree &= found.total | (others.sum(axis=(1, 2)) == counts.sum())
    for place, possible in seen.items():
        possible.update(others[agree][:, place[0], place[1]].tolist())
    for possible in seen.values():
        assert max(possible) - min(possible) >= 3


@settings(max_examples=25)
@given(TABLES, st.randoms(use_true_random=False))
def test_rows_in_another_order_keep_every_small_cell_hidden(counts, dice):
    order = list(range(counts.shape[0]))
    dice.shuffle(order)
    assert (hidden(counts[order], 5).small == hidden(counts, 5).small[order]).all()


def test_bad_tables_are_refused():
    for counts, smallest in ((np.array([1]), 5), (np.array([[-1]]), 5), (np.array([[1]]), 0)):
        with pytest.raises(ValueError, match="limit"):
            hidden(counts, smallest)
