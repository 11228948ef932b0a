"""Shares of good answers over strata, against truths that were planted and sums done by hand."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from charter.estimates.drawn import Basis, Judged, JudgeErrors, Part, best, by_people, counted
from charter.estimates.estimate import Corrected, Refused

SHARP = JudgeErrors(specificity=(970, 1000), sensitivity=(900, 1000))
NOBODY = Refused("nobody knows it")


def people(good, bad, weight=1.0):
    return [Judged(people=True, weight=weight)] * good + [Judged(people=False, weight=weight)] * bad


def test_unequal_weights_count_within_a_stratum():
    every = people(8, 2, 3.0) + people(1, 4, 1.0)
    found = by_people([Part(1000.0, every)], finite=False)
    assert found.value == pytest.approx(25 / 35)
    # of 15 answers, (35)^2 / (10 * 9 + 5 * 1) = 12.9 count, and the smoothing takes a little
    assert found.effective == pytest.approx(35**2 / 95, rel=0.1)


def test_none_of_many_bad_is_about_the_exact_interval():
    """200 of 200: the exact interval from 98.17 % on, never one of ten thousand answers."""
    found = by_people([Part(10**6, people(200, 0))], finite=False)
    assert found.value == 1.0
    assert found.interval.low == pytest.approx(0.9817, abs=0.001)
    assert found.effective <= 201


def test_what_nobody_judged_takes_its_stratum_down():
    every = people(2, 2) + [Judged()] * 4
    assert counted([Part(80.0, every), Part(9.0, [Judged()])], Basis.PEOPLE)[0].weight == 40.0
    assert len(counted([Part(80.0, every), Part(9.0, [Judged()])], Basis.PEOPLE)) == 1


def judged(good, bad):
    return [Judged(judge=True)] * good + [Judged(judge=False)] * bad


def labelled(good, bad):
    return [Judged(judge=True, people=True)] * good + [Judged(judge=False, people=False)] * bad


@pytest.mark.parametrize(
    ("answers", "errors", "basis"),
    [
        (people(9, 1), SHARP, Basis.PEOPLE),
        (labelled(27, 3), NOBODY, Basis.PEOPLE),
        (labelled(27, 3) + judged(50, 9), SHARP, Basis.LABELS),
        (labelled(27, 3) + judged(50, 9), NOBODY, Basis.LABELS),
        (labelled(20, 3) + judged(50, 9), SHARP, Basis.CALIBRATION),
        (judged(50, 9), SHARP, Basis.CALIBRATION),
    ],
)
def test_the_best_basis_is_taken(answers, errors, basis):
    found, by = best([Part(1000.0, answers)], errors, finite=False)
    assert by is basis
    assert isinstance(found, Corrected) is (basis is not Basis.PEOPLE)


@pytest.mark.parametrize(
    "answers", [judged(50, 9), labelled(20, 3) + judged(50, 9), [], [Judged()]]
)
def test_without_errors_or_labels_there_is_no_figure(answers):
    found, _ = best([Part(1000.0, answers)], NOBODY, finite=False)
    assert found == NOBODY


def test_less_confidence_is_a_shorter_interval_of_the_same_value():
    for answers in (people(30, 5), judged(50, 9), labelled(27, 3) + judged(50, 9)):
        found = [
            best([Part(1000.0, answers)], SHARP, finite=False, confidence=c)[0]
            for c in (0.8, 0.9, 0.95)
        ]
        for less, more in pairwise(found):
            assert less.value == pytest.approx(more.value)
            assert more.interval.low < less.interval.low < less.interval.high
            assert less.interval.high <= more.interval.high
            assert (less.confidence, found[-1].confidence) != (0.95, 0.9)


@pytest.mark.parametrize(
    ("sizes", "strata"),
    [
        ((200,), ((0.99, 1),)),
        ((77, 77, 77), ((0.98, 900), (0.85, 90), (0.5, 10))),
        ((10,) * 20, ((0.97, 1),) * 20),
        ((200, 10, 10), ((0.99, 20_000), (0.9, 2000), (0.4, 300))),
        ((40,), ((0.8, 1),)),
    ],
)
def test_intervals_hold_the_truth_on_either_side(sizes, strata):
    dice, rounds, below, above = random.Random(7), 600, 0, 0
    truth = sum(rate * size for rate, size in strata) / sum(size for _, size in strata)
    for _ in range(rounds):
        parts = [
            Part(float(size), [Judged(people=dice.random() < rate) for _ in range(number)])
            for number, (rate, size) in zip(sizes, strata, strict=True)
        ]
        found = by_people(parts, finite=False).interval
        below += found.high < truth
        above += found.low > truth
    assert below <= 0.05 * rounds
    assert above <= 0.06 * rounds


def test_the_interval_of_samples_put_together_holds_the_truth():
    """Four weeks of three strata, drawn unevenly each week: weights differ within a stratum."""
    dice = random.Random(7)
    strata = ((0.98, 900), (0.85, 90), (0.5, 10))
    truth = sum(rate * size for rate, size in strata) / 1000
    held, values, rounds = 0, [], 600
    for _ in range(rounds):
        parts = []
        for rate, size in strata:
            answers = []
            for drawn in (12, 20, 30, 15):
                weight = size / drawn
                answers += [
                    Judged(people=dice.random() < rate, weight=weight) for _ in range(drawn)
                ]
            parts.append(Part(4.0 * size, answers))
        found = by_people(parts, finite=False)
        held += found.interval.holds(truth)
        values.append(found.value)
    assert sum(values) / rounds == pytest.approx(truth, abs=0.002)
    assert 0.935 <= held / rounds <= 0.995
