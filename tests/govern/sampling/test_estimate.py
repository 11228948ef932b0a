"""What a sample says of all answers, against truths that were planted."""

from __future__ import annotations

import random

import pytest

from charter.estimates.drawn import Basis, JudgeErrors
from charter.estimates.estimate import Corrected, Estimate, Refused
from charter.estimates.interval import clopper_pearson
from charter.govern.sampling.design import Part, design
from charter.govern.sampling.estimate import NO_SECTION, Answer, figures
from charter.records.sample import Stratum

NOBODY = Refused("")
GOOD = JudgeErrors(specificity=(95, 100), sensitivity=(90, 100))


def people(stratum, kept, broken):
    return [Answer(stratum, people=True)] * kept + [Answer(stratum, people=False)] * broken


def test_strata_count_with_what_they_stand_for():
    strata = (Stratum("a/plain", 9000, 10), Stratum("a/held", 1000, 10))
    (whole, section) = figures(strata, people("a/plain", 9, 1) + people("a/held", 5, 5), NOBODY)
    assert whole.estimate.value == pytest.approx(0.9 * 0.9 + 0.1 * 0.5)
    assert whole.basis is Basis.PEOPLE
    assert (whole.population, whole.drawn, whole.judged, whole.lost) == (10_000, 20, 20, 0)
    assert section.name == "a"
    assert section.estimate == whole.estimate


def test_one_stratum_has_the_exact_interval_of_its_effective_number():
    # 40 of 50 without end: middle = 41/52, share = (40 + 4 * 41/52 + 1) / 56, n = m(1-m) / V
    strata = (Stratum("a/plain", 10**12, 50),)
    found = figures(strata, people("a/plain", 40, 10), NOBODY)[0].estimate
    middle, share = 41 / 52, (40 + 4 * 41 / 52 + 1) / 56
    effective = middle * (1 - middle) / (share * (1 - share) / 50)
    exact = clopper_pearson(0.8 * effective, effective)
    assert found.interval.low == pytest.approx(exact.low, abs=1e-6)
    assert found.interval.high == pytest.approx(exact.high, abs=1e-6)


def test_a_population_that_was_judged_whole_is_known():
    strata = (Stratum("a/plain", 12, 12),)
    found = figures(strata, people("a/plain", 9, 3), NOBODY)[0]
    assert (found.estimate.interval.low, found.estimate.interval.high) == (0.75, 0.75)
    assert (found.bounds.low, found.bounds.high) == (0.75, 0.75)


def test_answers_held_against_no_section_are_not_taken_for_all_of_them():
    strata = (Stratum("/failed", 100, 10), Stratum("failed/plain", 900, 10))
    answers = people("/failed", 5, 5) + people("failed/plain", 10, 0)
    whole, none, failed = figures(strata, answers, NOBODY)
    assert (whole.name, none.name, failed.name) == ("", NO_SECTION, "failed")
    assert (whole.population, none.population, failed.population) == (1000, 100, 900)


def test_lost_answers_are_bounds_and_never_dropped():
    strata = (Stratum("a/plain", 1000, 20), Stratum("b/plain-unkept", 1000, 0))
    answers = people("a/plain", 10, 0) + [Answer("a/plain", lost=True)] * 10
    whole, a, b = figures(strata, answers, NOBODY)
    assert whole.covered == pytest.approx(0.25)
    assert (whole.judged, whole.lost, whole.waiting) == (10, 10, 0)
    assert 0 < whole.bounds.low < 0.25 * whole.estimate.interval.low
    assert whole.bounds.high == pytest.approx(1.0)
    assert a.covered == pytest.approx(0.5)
    assert isinstance(b.estimate, Refused)
    assert (b.bounds.low, b.bounds.high) == (0, 1)


def test_what_waits_is_no_loss():
    strata = (Stratum("a/plain", 1000, 20),)
    found = figures(strata, people("a/plain", 9, 1) + [Answer("a/plain")] * 10, NOBODY)[0]
    assert (found.judged, found.lost, found.waiting, found.covered) == (10, 0, 10, 1.0)


def test_a_judge_that_is_not_fit_says_nothing():
    strata = (Stratum("a/plain", 1000, 20),)
    answers = [Answer("a/plain", judge=True)] * 20
    (whole, _) = figures(strata, answers, Refused("the judge was never calibrated"))
    assert isinstance(whole.estimate, Refused)
    assert "never calibrated" in whole.estimate.reason
    assert whole.waiting == 20


def test_a_judges_error_is_taken_out():
    # raw violations 0.3, specificity 0.95, sensitivity 0.90: (0.3 + 0.95 - 1) / 0.85 = 0.294118
    strata = (Stratum("a/plain", 10**9, 200),)
    answers = [Answer("a/plain", judge=False)] * 60 + [Answer("a/plain", judge=True)] * 140
    found = figures(strata, answers, GOOD)[0]
    assert isinstance(found.estimate, Corrected)
    assert found.basis is Basis.CALIBRATION
    assert found.estimate.value == pytest.approx(1 - 0.25 / 0.85)
    assert found.estimate.raw == pytest.approx(0.7)
    assert found.estimate.interval.holds(found.estimate.value)


def test_a_judge_like_chance_is_refused():
    errors = JudgeErrors(specificity=(50, 100), sensitivity=(50, 100))
    strata = (Stratum("a/plain", 1000, 10),)
    found = figures(strata, [Answer("a/plain", judge=True)] * 10, errors)[0]
    assert "chance" in found.estimate.reason
    assert (found.bounds.low, found.bounds.high) == (0, 1)


def test_failures_of_the_judge_are_lost_to_it():
    strata = (Stratum("a/plain", 10**6, 100),)
    answers = [Answer("a/plain", judge=True)] * 80 + [Answer("a/plain", lost=True)] * 20
    found = figures(strata, answers, GOOD)[0]
    assert found.covered == pytest.approx(0.8)
    assert found.bounds.high == pytest.approx(1.0)
    assert 0 < found.bounds.low < 0.8 * found.estimate.interval.low


def test_too_few_are_not_known():
    strata = (Stratum("a/plain", 100, 3),)
    found = figures(strata, people("a/plain", 3, 0), NOBODY)[0]
    assert found.estimate == Refused("people judged 3 answers, and 4 are needed", 3)


def test_nothing_drawn_is_nothing_known():
    (whole,) = figures((), (), NOBODY)
    assert isinstance(whole.estimate, Refused)


def test_an_answer_of_no_stratum_is_an_error():
    with pytest.raises(ValueError, match="no stratum"):
        figures((), [Answer("a/plain")], NOBODY)


PLANTED = {
    "tiny strata": (((5000, 0.95), (3, 2 / 3), (4, 0.5), (3, 1 / 3), (12, 0.5)), 0.05),
    "rare violations": (((20_000, 0.99), (2000, 0.9), (300, 0.4)), 0.05),
    "many strata": (((4000, 0.97),) * 20, 0.05),
    "small population": (((300, 0.9), (120, 0.6)), 0.06),
}


def planted(rows, width):
    parts = [Part(f"s{at}/plain", number, number) for at, (number, _) in enumerate(rows)]
    sizes = design(parts, width).sizes
    kept = [round(number * rate) for number, rate in rows]
    truth = sum(kept) / sum(number for number, _ in rows)
    strata = [Stratum(part.name, part.population, sizes[part.name]) for part in parts]
    return strata, kept, truth


def draw(chance, stratum, kept):
    drawn = chance.sample(range(stratum.population), stratum.drawn)
    return [each < kept for each in drawn]


@pytest.mark.parametrize("name", PLANTED)
def test_people_find_the_truth_without_bias_and_with_its_coverage(name):
    rows, width = PLANTED[name]
    strata, kept, truth = planted(rows, width)
    chance, found = random.Random(7), []
    for _ in range(700):
        answers = [
            Answer(stratum.name, people=each)
            for stratum, number in zip(strata, kept, strict=True)
            for each in draw(chance, stratum, number)
        ]
        found.append(figures(strata, answers, NOBODY)[0].estimate)
    check(found, truth)


def check(found: list[Estimate], truth: float) -> None:
    values = [each.value for each in found]
    mean = sum(values) / len(values)
    spread = (sum((each - mean) ** 2 for each in values) / len(values)) ** 0.5
    assert abs(mean - truth) < 4 * spread / len(values) ** 0.5 + 1e-4
    covered = sum(each.interval.holds(truth) for each in found) / len(found)
    assert 0.93 <= covered <= 0.98, covered


def errors_of(chance, specificity, sensitivity, number=150):
    right = [
        sum(chance.random() < rate for _ in range(number)) for rate in (specificity, sensitivity)
    ]
    return JudgeErrors((right[0], number), (right[1], number))


@pytest.mark.parametrize("basis", [Basis.CALIBRATION, Basis.LABELS])
def test_an_imperfect_judge_is_corrected_without_bias(basis):
    strata, kept, truth = planted(((20_000, 0.93), (3000, 0.6)), 0.05)
    chance, found = random.Random(11), []
    for _ in range(400):
        errors = errors_of(chance, 0.92, 0.88)
        answers = []
        for stratum, number in zip(strata, kept, strict=True):
            for place, adheres in enumerate(draw(chance, stratum, number)):
                right = chance.random() < (0.92 if adheres else 0.88)
                labelled = basis is Basis.LABELS and place < 35
                answers.append(
                    Answer(
                        stratum.name,
                        judge=adheres if right else not adheres,
                        people=adheres if labelled else None,
                    )
                )
        figure = figures(strata, answers, errors)[0]
        assert figure.basis is basis
        found.append(figure.estimate)
    check(found, truth)
    raw = sum(each.raw for each in found) / len(found)
    assert abs(raw - truth) > 0.02  # uncorrected, it would have been wrong


def test_bounds_hold_the_truth_though_what_is_lost_is_no_chance():
    # all of what violates in the second stratum is erased before anybody judges it
    strata, kept, truth = planted(((5000, 0.95), (1000, 0.7)), 0.05)
    chance, held, wrong = random.Random(3), 0, 0.0
    for _ in range(300):
        answers = []
        for at, (stratum, number) in enumerate(zip(strata, kept, strict=True)):
            for adheres in draw(chance, stratum, number):
                lost = at == 1 and not adheres
                answers.append(Answer(stratum.name, people=None if lost else adheres, lost=lost))
        figure = figures(strata, answers, NOBODY)[0]
        assert figure.lost > 0
        wrong += figure.estimate.value - truth
        held += figure.bounds.holds(truth)
    assert held >= 300 * 0.95
    assert wrong / 300 > 0.02  # what could be judged speaks of itself alone
