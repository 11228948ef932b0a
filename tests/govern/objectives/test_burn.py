"""Burn rates against their definition."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.objectives.burn import budget_used, burn_rate, can_fire
from charter.govern.objectives.objective import STANDARD

targets = st.fractions(Fraction(1, 1000), Fraction(9999, 10000), max_denominator=10**6)


@given(st.integers(1, 10**7), st.data(), targets)
def test_a_burn_rate_times_the_budget_is_the_share_of_bad_events(total, data, target):
    bad = data.draw(st.integers(0, total))
    assert burn_rate(bad, total, target) * (1 - target) * total == bad


@given(targets, st.integers(1, 10**5), st.integers(1, 50))
def test_it_depends_on_shares_alone(target, total, times):
    bad = total // 3
    assert burn_rate(bad, total, target) == burn_rate(bad * times, total * times, target)


def test_the_published_example_burns_at_ten():
    assert burn_rate(5, 100, Fraction("0.995")) == 10


@pytest.mark.parametrize(
    ("name", "percent"), [("page-1h", 2), ("page-6h", 5), ("ticket-1d", 10), ("ticket-3d", 10)]
)
def test_the_four_rows_use_what_the_table_says_of_30_days(name, percent):
    (row,) = (each for each in STANDARD if each.name == name)
    assert budget_used(row.factor, row.long_minutes, 30 * 1440) == Fraction(percent, 100)
    assert row.short_minutes * 12 == row.long_minutes


@given(targets, st.fractions(Fraction(1, 10), 100))
def test_what_cannot_fire_does_not_even_with_all_bad(target, factor):
    assert can_fire(factor, target) == (burn_rate(1, 1, target) > factor)


@pytest.mark.parametrize(
    ("bad", "total", "target"),
    [(1, 0, "0.9"), (2, 1, "0.9"), (-1, 1, "0.9"), (0, 1, "1"), (0, 1, "0")],
)
def test_what_is_no_share_is_refused(bad, total, target):
    with pytest.raises(ValueError, match=r"share|target"):
        burn_rate(bad, total, Fraction(target))


@pytest.mark.parametrize("window", [0, 43201])
def test_a_window_lies_in_its_period(window):
    with pytest.raises(ValueError, match="window"):
        budget_used(Fraction(1), window, 43200)
