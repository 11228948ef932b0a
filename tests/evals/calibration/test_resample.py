import numpy as np
import pytest

from charter.evals.calibration.resample import figure_of, percentiles


def mean(totals):
    return totals[..., 1] / totals[..., 0]


def sums(values):
    return np.array([[1.0, float(value)] for value in values])


def test_the_interval_of_a_mean_is_the_textbook_one():
    values = np.random.default_rng(3).normal(size=400)
    value, interval = figure_of(sums(values), mean)
    error = values.std() / 20
    assert value == pytest.approx(values.mean())
    assert interval.low == pytest.approx(value - 1.96 * error, abs=0.01)
    assert interval.high == pytest.approx(value + 1.96 * error, abs=0.01)


def test_draws_are_the_same_every_time():
    assert figure_of(sums(range(30)), mean) == figure_of(sums(range(30)), mean)


def test_clusters_are_drawn_whole():
    apart = figure_of(sums([0, 1] * 20), mean)[1]
    joined = figure_of(np.array([[10.0, 10.0], [10.0, 0.0]] * 2), mean)[1]
    assert joined.high - joined.low > apart.high - apart.low


def test_what_is_mostly_undefined_has_no_interval():
    found = percentiles(sums([1, 2]), lambda totals: np.full((len(totals), 1), np.nan))
    assert found == [None]
    value, interval = figure_of(np.zeros((3, 2)), lambda t: np.full(len(t), np.nan))
    assert np.isnan(value)
    assert interval is None
