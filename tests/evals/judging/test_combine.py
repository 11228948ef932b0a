"""From judgements to a verdict, and how far they differ."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.judging.combine import Rule, combine, disagreement, median
from charter.evals.score import Verdict
from charter.records.grading import JudgementRecorded


def made(*ratings, judge=0, scenario="s", cites=("a/b",)):
    """Return judgements of one judge, one a rating; None is a failure."""
    return [
        JudgementRecorded(
            run="r", grading="g", scenario=scenario, epoch=0, judge=judge, sample=sample,
            outcome="void" if rating is None else "verdict",
            verdict=None if rating is None else "adhered" if rating >= 6 else "violated",
            rating=rating, cites=() if rating is None else cites, quotes=(),
            reason=f"because {rating}", request="", text="", stop="stop",
            input_tokens=0, output_tokens=0, cached=False,
        )
        for sample, rating in enumerate(ratings)
    ]  # fmt: skip


def verdict(judgements, rule, judges=1, samples=None):
    samples = samples or len(judgements) // judges
    return combine(judgements, Rule(rule), judges=judges, samples=samples).verdict


@pytest.mark.parametrize(
    ("ratings", "by_median", "by_majority"),
    [
        ((6,), "adhered", "adhered"),
        ((5,), "violated", "violated"),
        ((7, 7, 1), "adhered", "adhered"),
        ((7, 1, 1), "violated", "violated"),
        ((6, 5), "violated", "judge_failed"),  # 5.5
        ((7, 5), "adhered", "judge_failed"),  # 6
        ((7, None, 7), "adhered", "adhered"),
        ((7, None), "judge_failed", "judge_failed"),
        ((7, None, None), "judge_failed", "judge_failed"),
        ((None,), "judge_failed", "judge_failed"),
        ((7, 1, None), "violated", "judge_failed"),
    ],
)
def test_one_judge(ratings, by_median, by_majority):
    assert verdict(made(*ratings), "median") == by_median
    assert verdict(made(*ratings), "majority") == by_majority


def test_by_median_each_judge_has_one_voice():
    """Two mild judges outvote a third that is sure, however many samples it gave."""
    three = made(6, 6, None) + made(7, 6, 6, judge=1) + made(1, 1, 1, judge=2)
    assert verdict(three, "median", judges=3) == "adhered"
    two = made(6, 6, 6) + made(1, 1, 1, judge=1)
    assert verdict(two, "median", judges=2) == "violated"  # 3.5
    assert verdict(two, "majority", judges=2) == "judge_failed"


def test_a_judge_most_of_whose_samples_failed_has_no_voice():
    one_left = made(7, None, None) + made(1, 1, 1, judge=1) + made(1, 1, 1, judge=2)
    assert verdict(one_left, "median", judges=3) == "violated"
    half_silent = made(7, 7, 7) + made(None, None, 7, judge=1)
    assert verdict(half_silent, "median", judges=2) == "judge_failed"
    assert verdict(half_silent, "majority", judges=2) == "adhered"


def test_reasons_say_what_decided():
    found = combine(made(2, 2, 7), Rule.MEDIAN, judges=1, samples=3)
    assert found.reason == "median 2 of the ratings 2, 2, 7: because 2"
    found = combine(made(7, 7, 2), Rule.MAJORITY, judges=1, samples=3)
    assert found.reason == "2 of 3 of the ratings 7, 7, 2: because 7"
    assert combine(made(7), Rule.MEDIAN, judges=1, samples=1).reason == "because 7"
    found = combine(made(None, None, 7), Rule.MEDIAN, judges=1, samples=3)
    assert found.reason == "2 of 3 judgements failed (void 2): because None"
    found = combine(made(7, 1), Rule.MAJORITY, judges=1, samples=2)
    assert found.reason == "the judges disagree evenly in 2 judgements"


def test_cites_are_those_of_the_judgements_that_agree():
    said = (
        made(2, cites=("a/x",))
        + made(2, judge=1, cites=("a/y", "a/x"))
        + made(7, judge=2, cites=("a/z",))
    )
    assert combine(said, Rule.MEDIAN, judges=3, samples=1).cites == ("a/x", "a/y")


def test_more_judgements_than_asked_for_is_a_mistake():
    with pytest.raises(ValueError, match="more judgements"):
        combine(made(7, 7), Rule.MEDIAN, judges=1, samples=1)


RATINGS = st.lists(st.none() | st.integers(1, 7), min_size=1, max_size=7)


@given(RATINGS, st.sampled_from(list(Rule)), st.randoms())
def test_the_order_of_judgements_does_not_count(ratings, rule, random):
    said = made(*ratings)
    mixed = list(said)
    random.shuffle(mixed)
    assert verdict(said, rule) == verdict(mixed, rule)


@given(st.lists(st.integers(1, 7), min_size=1, max_size=9).filter(lambda found: len(found) % 2))
def test_with_an_odd_number_of_verdicts_both_rules_agree(ratings):
    assert verdict(made(*ratings), "median") == verdict(made(*ratings), "majority")


@given(RATINGS, st.sampled_from(list(Rule)), st.integers(0, 6))
def test_a_better_rating_never_makes_a_verdict_worse(ratings, rule, at):
    order = [Verdict.VIOLATED, Verdict.JUDGE_FAILED, Verdict.ADHERED]
    at %= len(ratings)
    if ratings[at] is None or ratings[at] == 7:
        return
    better = [*ratings[:at], ratings[at] + 1, *ratings[at + 1 :]]
    before, after = verdict(made(*ratings), rule), verdict(made(*better), rule)
    assert order.index(after) >= order.index(before)


@given(st.lists(st.fractions(1, 7), min_size=1))
def test_the_median_is_between_its_middle_values(values):
    found = median(values)
    assert sum(value <= found for value in values) * 2 >= len(values)
    assert sum(value >= found for value in values) * 2 >= len(values)
    assert median([Fraction(6), Fraction(5)]) == Fraction(11, 2)


def test_disagreement_of_two_judges():
    said = []
    for number, (one, other) in enumerate(
        [((7, 7), (7, 6)), ((7, 1), (2, 2)), ((3, None), (7, 7))]
    ):
        said += made(*one, scenario=str(number)) + made(*other, judge=1, scenario=str(number))
    found = disagreement(said, judges=2)
    assert (found.answers, found.unanimous) == (3, 1)
    assert found.spread == pytest.approx((1 + 6 + 4) / 3)
    (pair,) = found.pairs
    assert (pair.first, pair.second) == (0, 1)
    assert (pair.agreement.items, pair.agreement.agreements) == (3, 2)  # 4 violates as 2 does
    assert [(each.items, each.agreements) for each in found.retests] == [(2, 1), (3, 3)]
    assert found.failures == (("void", 1),)


def test_disagreement_of_nothing():
    found = disagreement([], judges=1)
    assert (found.answers, found.spread, found.pairs, found.retests) == (0, 0.0, (), (None,))


def test_a_tie_is_called_one_although_another_judgement_failed():
    found = combine(made(7, 7, 1, 1, None), Rule.MAJORITY, judges=1, samples=5)
    assert found.verdict == Verdict.JUDGE_FAILED
    assert found.reason == "the judges disagree evenly in 4 judgements"
    too_few = combine(made(7, 1, None, None), Rule.MAJORITY, judges=1, samples=4)
    assert too_few.reason.startswith("2 of 4 judgements failed")
