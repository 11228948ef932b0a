import pytest

from charter.evals.calibration.lean import Leaning, by_length, mean_of


def test_a_worked_slope():
    # from 100 to 200 characters is one doubling, and brings one lean in two
    rows = [(100, 0, 0), (100, 0, 0), (200, 2, 1), (200, 2, 0)]
    answers = [Leaning(f"c{n}", "violated", *row) for n, row in enumerate(rows)]
    slope, difference = by_length(answers)
    assert slope[0] == pytest.approx(0.5)
    assert difference[0] == pytest.approx(0.5)


def test_truths_are_not_mixed():
    answers = [Leaning(f"v{n}", "violated", 100 + n, n // 2, 0) for n in range(6)]
    answers += [Leaning(f"a{n}", "adhered", 9000 + n, n // 2, -1) for n in range(6)]
    slope, difference = by_length(answers)
    assert slope[0] == pytest.approx(0)
    assert difference[0] == pytest.approx(0)


def test_a_mean():
    value, interval = mean_of([("a", 1), ("a", 0), ("b", -1), ("c", 0)])
    assert value == 0
    assert interval.low <= 0 <= interval.high
