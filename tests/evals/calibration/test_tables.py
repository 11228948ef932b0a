from collections import Counter

import numpy as np
import pytest

from charter.evals.calibration.tables import agreement, cluster_tables, coincidence_alpha


def test_a_worked_table():
    # po = 0.7, pe = 0.5 for kappa; Cohen's 1960 form by hand
    found = agreement(np.array([[[35.0, 15.0], [15.0, 35.0]]]))[0]
    assert found[0] == pytest.approx(0.4)
    assert found[1] == pytest.approx(1 - 0.3 * 199 / 100)
    assert found[2] == pytest.approx(0.4)


def test_a_stack_is_taken_at_once():
    perfect, chance, alike = [[5, 0], [0, 5]], [[5, 5], [5, 5]], [[9, 0], [0, 0]]
    tables = np.array([perfect, chance, alike], dtype=float)
    found = agreement(tables)
    assert found[:2, 0] == pytest.approx([1, 0])
    assert np.isnan(found[2, 0])


def test_cells_are_counted_by_cluster():
    sums = cluster_tables([0, 1, 1], [0, 0, 1], ["b", "a", "b"], labels=2)
    assert sums.tolist() == [[0, 0, 1, 0], [1, 0, 0, 1]]


def test_two_raters_are_a_table_of_their_own():
    pairs = [("x", "x")] * 6 + [("y", "y")] * 4 + [("x", "y")] * 3
    said = [Counter(pair) for pair in pairs]
    found = coincidence_alpha(said, [str(n) for n in range(len(pairs))])
    table = np.array([[[6.0, 3.0], [0.0, 4.0]]])
    assert found.value == pytest.approx(agreement(table)[0, 1])
    assert found.value == pytest.approx(1 - 3 / 13 * found.factor)
    assert found.drawn.low < found.value < found.drawn.high
