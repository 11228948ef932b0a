"""Numbers of scenarios are those of the reference."""

import pytest

from charter.estimates.power import (
    PAIRED_SD,
    all_pass,
    clustered_need,
    detectable,
    needed,
    needed_for_target,
    needed_non_inferior,
    needed_unpaired,
    repeated_sd,
)


@pytest.mark.parametrize(
    ("n", "difference"),
    [(587, 0.0313), (149, 0.0622), (120, 0.0693), (96, 0.0775), (84, 0.0828), (28, 0.1435),
     (12, 0.2192), (5, 0.3395)],
)  # fmt: skip
def test_smallest_difference(n, difference):
    assert detectable(n, PAIRED_SD) == pytest.approx(difference, abs=5e-5)


@pytest.mark.parametrize(
    ("difference", "n"), [(0.01, 5765), (0.02, 1442), (0.03, 641), (0.05, 231), (0.1, 58)]
)
def test_needed(difference, n):
    assert needed(difference, PAIRED_SD) == n
    assert detectable(n, PAIRED_SD) <= difference < detectable(n - 1, PAIRED_SD)


def test_needed_unpaired():
    assert needed_unpaired(0.9, 0.85) == needed_unpaired(0.85, 0.9) == 683
    assert needed_unpaired(0.9, 0.85, pooled=True) == 686


@pytest.mark.parametrize(("margin", "n"), [(0.02, 1136), (0.03, 505), (0.05, 182), (0.1, 46)])
def test_needed_for_non_inferiority(margin, n):
    assert needed_non_inferior(margin, PAIRED_SD) == n


@pytest.mark.parametrize(
    ("target", "clauses", "n"),
    [(0.8, 1, 14), (0.8, 59, 32), (0.8, 225, 38), (0.9, 1, 29), (0.9, 59, 68), (0.9, 225, 80),
     (0.95, 1, 59), (0.95, 59, 138), (0.95, 225, 164)],
)  # fmt: skip
def test_all_pass(target, clauses, n):
    assert all_pass(target, clauses=clauses) == n


def test_a_share_above_the_target_needs_more_than_all_passing():
    assert needed_for_target(0.8, 1.0) == all_pass(0.8) == 14
    assert needed_for_target(0.8, 0.9) == 83
    assert needed_for_target(0.8, 0.85) > 300


def test_repeating_takes_away_only_what_varies_inside():
    assert repeated_sd(0.3, 0.05, had=1, wanted=1) == pytest.approx(0.3)
    assert repeated_sd(0.3, 0.05, had=1, wanted=5) == pytest.approx(0.05**0.5)
    assert repeated_sd(0.3, 0.05, had=5, wanted=1) == pytest.approx((0.09 + 0.04) ** 0.5)
    assert repeated_sd(0.1, 0.05, had=1, wanted=1000) == pytest.approx(0.00001**0.5)
    assert repeated_sd(0.1, 0.05, had=3, wanted=3) == pytest.approx(0.1)


def test_clusters_need_more():
    assert clustered_need(641, 1.5) == 962
    assert clustered_need(641, 0.5) == 641


@pytest.mark.parametrize(
    "call",
    [
        lambda: needed(0, 0.3),
        lambda: needed(0.03, float("nan")),
        lambda: needed(0.03, 0.3, power=1),
        lambda: detectable(0, 0.3),
        lambda: needed_unpaired(0.9, 0.9),
        lambda: needed_non_inferior(0.02, 0.3, difference=-0.02),
        lambda: all_pass(1.0),
        lambda: all_pass(0.9, clauses=0),
        lambda: needed_for_target(0.9, 0.9),
        lambda: repeated_sd(0.3, 0.1, had=0, wanted=1),
        lambda: clustered_need(10, 0),
    ],
)
def test_what_makes_no_sense_is_refused(call):
    with pytest.raises(ValueError, match=r"."):
        call()
