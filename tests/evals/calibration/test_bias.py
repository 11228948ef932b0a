import random

import pytest

from charter.evals.calibration.answer import answer_of
from charter.evals.calibration.bias import length_bias, order_bias
from charter.evals.calibration.scale import ADHERENCE

from .conftest import record, table


def answers(records):
    by_item = {}
    for one in records:
        by_item.setdefault(one.item, []).append(one)
    return [answer_of(group, ADHERENCE, planned=len(group)) for group in by_item.values()]


def judged(rule, count=600, seed=1):
    """Answers of random lengths, bad ones shorter; the judge errs with chance `rule(length)`."""
    source = random.Random(seed)
    records = []
    for number in range(count):
        truth = source.choice(["adhered", "violated"])
        length = source.randint(50, 400 if truth == "violated" else 4000)
        kinder = source.random() < rule(length, truth)
        wrong = "adhered" if truth == "violated" else "violated"
        records.append(record(number, truth, wrong if kinder else truth, characters=length))
    return answers(records)


def test_errors_by_chance_are_no_bias_although_bad_answers_are_short():
    found = length_bias(judged(lambda _length, _truth: 0.2))
    assert found.difference.interval.low < 0 < found.difference.interval.high
    assert found.slope.interval.low < 0 < found.slope.interval.high


def test_kindness_to_long_answers_is_found():
    def rule(length, truth):
        return 0.6 if truth == "violated" and length > 250 else 0.05

    found = length_bias(judged(rule))
    assert found.difference.interval.low > 0.1
    assert found.slope.interval.low > 0
    short, _, long = found.error_rates
    assert long.value > short.value


def test_harshness_to_long_answers_has_the_other_sign():
    found = length_bias(judged(lambda length, truth: 0.5 * (truth == "adhered" and length > 2500)))
    assert found.difference.interval.high < 0


def test_few_answers_or_one_length_say_nothing():
    assert length_bias(answers(table(3, 0, 2, 0))) is None
    assert length_bias(answers(table(30, 0, 20, 0))) is None


def test_the_order_of_rows_is_nothing():
    found = judged(lambda length, _truth: 0.1 + 0.2 * (length > 300))
    assert length_bias(found) == length_bias(found[::-1])


def both_orders(flips, count=60):
    found = []
    for number in range(count):
        truth = "adhered" if number % 2 else "violated"
        other = "adhered" if number < flips else truth
        found.append(record(number, truth, truth, sample=0, flipped=False))
        found.append(record(number, truth, other, sample=1, flipped=True))
    return answers(found)


def test_a_verdict_that_turns_with_the_order_is_counted():
    found = order_bias(both_orders(40), ADHERENCE)
    assert (found.flips.count, found.flips.decided) == (20, 60)
    assert found.difference.value == pytest.approx(20 / 60)
    assert found.difference.interval.low > 0


def test_one_order_alone_says_nothing():
    assert order_bias(answers(table(5, 1, 5, 1)), ADHERENCE) is None


def test_a_failure_in_one_order_is_no_flip():
    pair = [record(1, verdict="adhered"), record(1, verdict=None, sample=1, flipped=True)]
    found = order_bias(answers(pair), ADHERENCE)
    assert (found.flips.decided, found.flips.failed) == (0, 1)
    assert found.difference.value is None
