"""The guard against a few bad events."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.objectives.guard import ALPHA, chance, is_enough

FACTOR, TARGET = Fraction("14.4"), Fraction("0.99")


def exact(bad, total, share):
    """Sum the binomial tail in fractions."""
    return sum(
        comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(bad, total + 1)
    )


@given(st.integers(1, 60), st.data(), st.fractions(Fraction(1, 500), Fraction(99, 100)))
def test_the_chance_is_the_binomial_tail(total, data, share):
    bad = data.draw(st.integers(0, total))
    assert chance(bad, total, share) == pytest.approx(float(exact(bad, total, share)), rel=1e-9)


@pytest.mark.parametrize("total", [1, 3, 6, 7, 20])
def test_one_bad_event_never_suffices(total):
    assert not is_enough(1, total, factor=FACTOR, target=TARGET, least_bad=2)


@pytest.mark.parametrize(
    ("bad", "total", "enough"),
    [(2, 2, True), (2, 3, False), (3, 4, True), (3, 6, True), (3, 7, False)],
)
def test_the_threshold_is_that_of_the_exact_test(bad, total, enough):
    assert (exact(bad, total, FACTOR * (1 - TARGET)) < Fraction(ALPHA)) == enough
    assert is_enough(bad, total, factor=FACTOR, target=TARGET, least_bad=2) == enough


def test_a_least_number_holds_whatever_the_chance():
    assert is_enough(3, 3, factor=FACTOR, target=TARGET, least_bad=3)
    assert not is_enough(3, 3, factor=FACTOR, target=TARGET, least_bad=4)
    assert not is_enough(0, 0, factor=FACTOR, target=TARGET, least_bad=0)


@given(st.integers(1, 40), st.sampled_from(["14.4", "6", "3", "1"]))
def test_at_the_threshold_false_alarms_are_rarer_than_alpha(total, factor):
    share = Fraction(factor) * (1 - TARGET)
    raised = [
        bad
        for bad in range(total + 1)
        if is_enough(bad, total, factor=Fraction(factor), target=TARGET, least_bad=1)
    ]
    assert exact(min(raised, default=total + 1), total, share) < ALPHA
