"""The paired statistics agree with published values and keep to their ranges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.estimates.paired import difference_interval, mcnemar, paired

outcomes = st.sampled_from([0.0, 0.5, 1.0])


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [(46, 21, 0.003065), (21, 46, 0.003065), (0, 0, 1.0), (3, 3, 1.0), (5, 0, 0.0625)],
)
def test_mcnemar_agrees_with_exact_binomial_values(better, worse, p):
    assert mcnemar(better, worse) == pytest.approx(p, abs=5e-7)


def test_mcnemar_of_many_changes_stays_a_number():
    assert 0 <= mcnemar(4000, 1000) < 1e-100


def test_interval_agrees_with_newcombe_1998():
    pairs = [(1, 1)] * 36 + [(0, 1)] * 12 + [(1, 0)] * 2
    found = difference_interval(pairs)
    assert (found.low, found.high) == pytest.approx((0.0569, 0.3404), abs=5e-5)


def test_no_pairs_have_no_interval():
    found = paired([])
    assert (found.scenarios, found.difference, found.interval, found.p) == (0, 0.0, None, 1.0)


@given(st.lists(st.tuples(outcomes, outcomes), min_size=1, max_size=60))
def test_interval_holds_the_difference_and_mirrors(pairs):
    found = paired(pairs)
    assert -1 <= found.interval.low <= found.difference + 1e-12
    assert found.difference - 1e-12 <= found.interval.high <= 1
    mirrored = paired([(second, first) for first, second in pairs])
    assert mirrored.interval.low == pytest.approx(-found.interval.high, abs=1e-9)
    assert mirrored.p == found.p


def test_repeats_count_by_their_mean():
    found = paired([(0.5, 1.0), (1.0, 1.0), (0.0, 0.5)])
    assert (found.better, found.worse) == (2, 0)
    assert found.difference == pytest.approx(1 / 3)
