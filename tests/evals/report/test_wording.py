"""Numbers are written one way everywhere."""

import pytest

from charter.estimates.interval import Interval, wilson
from charter.evals.report.wording import (
    interval_text,
    number,
    p_text,
    plural,
    points,
    points_interval,
    share_text,
)
from charter.evals.row import Share


def test_interval_is_written_with_a_dash_and_one_unit():
    assert interval_text(Interval(0.366, 0.4941)) == "36.6–49.4 %"


def test_share_is_never_written_without_its_interval():
    assert share_text(Share(8, 10, wilson(8, 10))) == "80.0 % (49.0–94.3 %)"


@pytest.mark.parametrize("count", [0, 3])
def test_too_little_evidence_has_no_share(count):
    interval = wilson(count, count) if count else None
    assert share_text(Share(count, count, interval)) == f"not enough evidence (n={count})"


@pytest.mark.parametrize(("value", "text"), [(0.029, "+2.9"), (-0.1, "−10.0"), (-0.0001, "0.0")])
def test_points_carry_their_sign(value, text):
    assert points(value) == text


def test_signed_bounds_are_joined_by_a_word():
    assert points_interval(Interval(-0.041, 0.02)) == "−4.1 to +2.0"


@pytest.mark.parametrize(("value", "text"), [(12.0, "12"), (12.5, "12.5"), (0.1 + 0.2, "0.3")])
def test_counts_show_a_decimal_only_where_there_is_one(value, text):
    assert number(value) == text


def test_small_p_is_a_bound():
    assert (p_text(0.0004), p_text(0.0031)) == ("<0.001", "0.003")


def test_plural_follows_the_noun():
    assert [plural(n, "reply") for n in (0, 1, 2)] == ["0 replies", "1 reply", "2 replies"]
