"""Both errors of two runs are compared on the scenarios that both classified."""

import pytest

from charter.evals.report.compare import compare
from charter.evals.report.contrast import refusal_sentence

from .conftest import Answer
from .test_freedom import ALWAYS, NEVER, TELLS, suite


@pytest.fixture
def changed(result_from):
    def make(first, second, comply=10, refuse=10):
        one = result_from(suite(comply, refuse, first), run="one")
        return compare(one, result_from(suite(comply, refuse, second), run="two")).whole.refusals

    return make


def test_refusing_everything_is_no_better_than_refusing_nothing(changed):
    found = changed(NEVER, ALWAYS, comply=6, refuse=30)
    assert (found.over.difference, found.under.difference) == (1, -1)
    assert found.balanced == 0
    assert found.interval.low < 0 < found.interval.high


def test_telling_apart_is_better(changed):
    found = changed(ALWAYS, TELLS)
    assert found.balanced == pytest.approx(-0.3)
    assert found.interval.high < 0
    assert refusal_sentence(found).endswith("Below 0 is better.")


def test_without_one_of_both_there_is_no_balance(changed):
    found = changed(ALWAYS, TELLS, refuse=2)
    assert (found.balanced, found.interval) == (None, None)
    assert refusal_sentence(found).endswith("no balanced error.")


def test_unclassified_replies_are_in_no_pair(result_from):
    one = result_from([Answer(f"a{i}", outcome="comply") for i in range(5)], run="one")
    other = [Answer(f"a{i}", ("cut_off" if i else "adhered",), outcome="comply") for i in range(5)]
    found = compare(one, result_from(other, run="two")).whole.refusals
    assert found.over.scenarios == 1
