"""Shares from samples: weights, people, judges whose errors are known, and those of whom not."""

import random
from dataclasses import replace

import pytest

from charter.estimates.drawn import JudgeErrors
from charter.estimates.interval import clopper_pearson
from charter.govern.objectives.drawn import measure_of
from charter.govern.objectives.indicator import Answer, Opinion
from charter.govern.objectives.indicators.accord import INDICATOR as ACCORD
from charter.govern.objectives.indicators.blocked_overturned import INDICATOR as BLOCKED
from charter.govern.objectives.indicators.over_refusals import INDICATOR as REFUSALS
from charter.govern.sampling.estimate import Answer as SampledAnswer
from charter.govern.sampling.estimate import figures
from charter.records.sample import Stratum

ERRORS = {"k": JudgeErrors(sensitivity=(90, 100), specificity=(95, 100))}


def answer(number, *, people=None, judge=None, stratum="s", weight=1.0, **changed):
    """Return an answer; `people` and `judge` say whether it is bad."""
    label = {True: "violated", False: "adhered"}
    opinions = () if people is None else (Opinion("ada", label[people], "", None),)
    verdicts = () if judge is None else (("j", "k", label[judge]),)
    fields = {"opinions": opinions, "verdicts": verdicts, "effect": "allow"}
    return Answer(
        decision=f"d{number:05}", minute=0, section="s", stratum=stratum, weight=weight,
        **(fields | changed),
    )  # fmt: skip


def test_of_people_alone_it_is_their_share_with_the_exact_interval():
    found = measure_of([answer(n, people=n < 6) for n in range(40)], ACCORD, {})
    assert (found.bad, found.total, found.fit, found.exact) == (6, 40, True, False)
    assert found.good.value == pytest.approx(34 / 40)
    # middle = 35/42, share = (34 + 4 * 35/42 + 1) / 46, n = m(1-m) / V: see estimates.drawn
    middle, share = 35 / 42, (34 + 4 * 35 / 42 + 1) / 46
    effective = middle * (1 - middle) / (share * (1 - share) / 40)
    exact = clopper_pearson(0.85 * effective, effective)
    assert found.good.interval.low == pytest.approx(exact.low)
    assert found.good.interval.high == pytest.approx(exact.high)
    one_sided = clopper_pearson(0.85 * effective, effective, confidence=0.9)
    assert found.bad_at_least == pytest.approx(1 - one_sided.high)


def test_strata_count_by_what_they_stand_for():
    flagged = [answer(n, people=n < 20, stratum="flagged", weight=2.0) for n in range(40)]
    rest = [answer(100 + n, people=n < 2, stratum="rest", weight=98.0) for n in range(40)]
    found = measure_of(flagged + rest, ACCORD, {})
    assert found.good.value == pytest.approx((80 * 0.5 + 3920 * 0.95) / 4000)


def test_the_order_of_answers_changes_nothing():
    every = [answer(n, people=n % 7 == 0, stratum=str(n % 3), weight=1 + n % 5) for n in range(60)]
    mixed = random.Random(4).sample(every, len(every))
    assert measure_of(every, ACCORD, {}) == measure_of(mixed, ACCORD, {})


def test_a_calibrated_judge_is_corrected_by_its_errors():
    found = measure_of([answer(n, judge=n < 20) for n in range(100)], ACCORD, ERRORS)
    # share bad = (0.2 + 0.95 - 1) / (0.90 + 0.95 - 1)
    assert found.good.value == pytest.approx(1 - 0.15 / 0.85)
    assert found.fit
    assert found.good.raw == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("errors", "why"),
    [
        ({}, "no calibration"),
        ({"k": JudgeErrors(sensitivity=(50, 100), specificity=(50, 100))}, "chance"),
        ({"k": JudgeErrors(sensitivity=(5, 5), specificity=(95, 100))}, "only"),
    ],
)
def test_a_judge_nobody_can_correct_is_shown_raw_and_not_fit(errors, why):
    found = measure_of([answer(n, judge=n < 20) for n in range(100)], ACCORD, errors)
    assert not found.fit
    assert why in found.note
    assert found.good.value == pytest.approx(0.8)


@pytest.mark.parametrize("numbers", [(1, 0), (40, 40), (40, 1)])
def test_a_judge_that_finds_all_alike_is_corrected_too(numbers):
    every = [
        answer(100 * place + n, judge=False, stratum=str(place), weight=9.0 + place)
        for place, number in enumerate(numbers)
        for n in range(number)
    ]
    found = measure_of(every, ACCORD, ERRORS)
    assert found.good.value == 1.0
    assert found.good.interval.high == 1.0
    assert 0 < found.good.interval.low < 1.0
    assert found.good.interval.low < 0.5 or len(every) > 2


def test_a_plain_sample_is_worth_its_number():
    one = measure_of([answer(n, judge=n < 20) for n in range(100)], ACCORD, ERRORS)
    two = [answer(n, judge=n < 20, stratum=str(n % 2)) for n in range(100)]
    assert one.good.effective == pytest.approx(100, rel=0.02)
    assert measure_of(two, ACCORD, ERRORS).good.effective == pytest.approx(100, rel=0.02)


def test_verdicts_of_several_calibrations_are_not_corrected_by_one():
    every = [answer(n, judge=False) for n in range(40)]
    every += [answer(50 + n, verdicts=(("i", "other", "violated"),)) for n in range(40)]
    found = measure_of(every, ACCORD, ERRORS)
    assert (found.fit, "several judges" in found.note) == (False, True)


def test_verdicts_that_rely_on_nothing_do_not_spoil_those_that_rely_on_a_calibration():
    every = [answer(n, judge=n < 20) for n in range(100)]
    before = [answer(500 + n, verdicts=(("i", "", "violated"),)) for n in range(50)]
    found = measure_of([*every, *before], ACCORD, ERRORS)
    assert (found.fit, found.total) == (True, 100)
    assert found.good.value == pytest.approx(1 - 0.15 / 0.85)
    assert "50 of 150 answers not judged" in found.note
    alone = measure_of(before, ACCORD, ERRORS)
    assert (alone.fit, alone.total) == (False, 50)
    both = [replace(each, verdicts=(("a", "", "violated"), *each.verdicts)) for each in every]
    assert measure_of(both, ACCORD, ERRORS) == measure_of(every, ACCORD, ERRORS)


def test_people_correct_a_judge_on_the_same_sample():
    """A judge that calls a third of good answers bad; people labelled 60 of 300."""
    every = [answer(n, judge=n % 3 == 0) for n in range(240)]
    every += [answer(1000 + n, judge=n % 3 == 0, people=False) for n in range(60)]
    found = measure_of(every, ACCORD, {})
    assert found.fit
    assert found.good.value > 0.97
    assert found.total == 300


def test_few_people_beat_an_uncalibrated_judge():
    every = [answer(n, judge=True) for n in range(50)] + [answer(99, people=False, judge=True)]
    found = measure_of(every, ACCORD, {})
    assert (found.fit, found.total, found.good.value) == (True, 1, 1.0)


def test_an_outage_of_the_judge_is_no_finding():
    failed = [answer(n, verdicts=(("j", "k", "failed"),)) for n in range(30)]
    found = measure_of(failed, ACCORD, ERRORS)
    assert (found.is_empty, found.good) == (True, None)
    partly = measure_of(failed + [answer(50 + n, judge=False) for n in range(30)], ACCORD, ERRORS)
    assert partly.total == 30
    assert "30 of 60 answers not judged" in partly.note


@pytest.mark.parametrize(
    ("tested", "said"),
    [
        ((False, False), "no known answer was given to any of the 2 who judged"),
        ((True, False), "no known answer was given to 1 of the 2 who judged"),
        ((True, True), ""),
    ],
)
def test_people_whose_word_counts_say_whether_they_were_given_known_answers(tested, said):
    opinions = [
        Opinion(by, "adhered", "", None, known) for by, known in zip("ab", tested, strict=True)
    ]
    every = [answer(n, opinions=(opinions[n % 2],)) for n in range(40)]
    note = measure_of(every, ACCORD, {}).note
    assert note == (f"people's word counts as true, and {said}" if said else "")
    by_judge = [answer(n, judge=n < 20) for n in range(100)]
    assert measure_of(by_judge, ACCORD, ERRORS).note == ""


def test_one_answer_is_no_answers():
    every = [answer(1, people=True), answer(2, verdicts=())]
    assert "1 of 2 answers not judged" in measure_of(every, ACCORD, {}).note


def test_people_who_do_not_agree_decide_nothing():
    torn = answer(
        1, opinions=(Opinion("a", "violated", "", None), Opinion("b", "adhered", "", None))
    )
    assert measure_of([torn], ACCORD, {}).is_empty
    assert measure_of([], ACCORD, {}).is_empty


@pytest.mark.parametrize(
    ("refusal", "label", "bad"),
    [("none", "violated", 0), ("full", "adhered", 0), ("full", "violated", 1),
     ("partial", "violated", 1), ("", "violated", None)],
)  # fmt: skip
def test_an_over_refusal_is_one_that_violates(refusal, label, bad):
    found = measure_of([answer(1, opinions=(Opinion("a", label, refusal, None),))], REFUSALS, {})
    assert (found.bad if found.total else None) == bad


@pytest.mark.parametrize(
    ("effect", "right", "bad"),
    [
        ("deny", (False,), 1),
        ("deny", (True,), 0),
        ("deny", (None,), None),
        ("allow", (False,), None),
        ("deny", (True, False), None),
        ("deny", (False, None, False, True), 1),
    ],
)
def test_a_block_is_overturned_by_most_who_can_tell(effect, right, bad):
    said = tuple(Opinion(str(n), "adhered", "", each) for n, each in enumerate(right))
    found = measure_of([answer(1, opinions=said, effect=effect)], BLOCKED, {})
    assert (found.bad if found.total else None) == bad


def test_estimates_of_a_stratified_sample_are_unbiased_and_their_intervals_hold():
    """4,000 answers of which 5 % are flagged; half of the sample comes from those."""
    dice = random.Random(20260301)
    truth = 0.05 * 0.30 + 0.95 * 0.02
    values, held, rounds = [], 0, 400
    for _ in range(rounds):
        every = []
        for stratum, rate, weight in (("flagged", 0.30, 1.0), ("rest", 0.02, 19.0)):
            for number in range(200):
                bad = dice.random() < rate
                judge = dice.random() < (0.9 if bad else 0.05)
                place = number if stratum == "rest" else 1000 + number
                every.append(answer(place, judge=judge, stratum=stratum, weight=weight))
        sharp = JudgeErrors(sensitivity=(9000, 10000), specificity=(9500, 10000))
        found = measure_of(every, ACCORD, {"k": sharp}).good
        values.append(1 - found.value)
        held += found.interval.holds(1 - truth)
    # the clipping at 0 lifts the mean a little
    assert sum(values) / rounds == pytest.approx(truth, abs=0.004)
    assert held / rounds >= 0.93


@pytest.mark.parametrize("labels", [0, 40, 200])
def test_it_is_what_charter_sample_estimate_says_of_an_endless_population(labels):
    """By calibration, by labels, and by people alone."""
    dice, population, answers, said = random.Random(1), 10**9, [], []
    for place in range(200):
        bad = dice.random() < 0.2
        people = bad if place < labels else None
        answers.append(
            answer(place, judge=bad, people=people, stratum="s/plain", weight=population / 200)
        )
        said.append(SampledAnswer("s/plain", not bad, None if people is None else not people))
    (whole, _) = figures((Stratum("s/plain", population, 200),), said, ERRORS["k"])
    mine = measure_of(answers, ACCORD, ERRORS).good
    assert mine.value == pytest.approx(whole.estimate.value)
    assert mine.interval.low == pytest.approx(whole.estimate.interval.low, abs=1e-6)
    assert mine.interval.high == pytest.approx(whole.estimate.interval.high, abs=1e-6)
