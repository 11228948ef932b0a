"""Intervals equal the published values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.interval import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (3, 3, 0.438503, 1.0),
        (5, 5, 0.565518, 1.0),
        (20, 20, 0.838875, 1.0),
        (9, 10, 0.595850, 0.982124),
        (0, 10, 0.0, 0.277533),
        (0, 30, 0.0, 0.113513),
        (536, 587, 0.887562, 0.933301),
        (192, 450, 0.381780, 0.472795),
    ],
)
def test_wilson_equals_known_values(successes, trials, low, high):
    interval = wilson(successes, trials)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.floats(0, n), st.just(n))))
def test_wilson_holds_the_share_inside_the_unit_interval(pair):
    successes, trials = pair
    interval = wilson(successes, trials)
    assert 0 <= interval.low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= interval.high <= 1


@pytest.mark.parametrize(("successes", "trials"), [(1, 0), (2, 1), (-1, 3)])
def test_wilson_refuses_what_is_no_share(successes, trials):
    with pytest.raises(ValueError, match="no share"):
        wilson(successes, trials)
