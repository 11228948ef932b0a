"""The sentences state the figures, or why there are none."""

import pytest

from charter.estimates.interval import wilson
from charter.evals.report.summary import bounds, headline, limits, summarise

from .conftest import Answer


def test_headline_states_share_and_interval(mixed):
    assert headline(mixed) == (
        "Of 14 scenarios, 9 could be decided by checks alone: 55.6 % adhered "
        "(95 % interval 26.7–81.1 %)."
    )


def test_headline_says_when_nothing_was_decided(result_from):
    result = result_from([Answer("a", ("not_judged",), rubric="Is it?")])
    assert headline(result).startswith("Of 1 scenario, none could be decided")


def test_headline_states_no_share_on_little_evidence(result_from):
    result = result_from([Answer(f"a{i}") for i in range(3)])
    assert "%" not in headline(result)
    assert "not enough evidence" in headline(result)


def test_no_verdicts_are_all_named(mixed):
    assert summarise(mixed).undecided == (
        "No verdict: 2 not judged (1 of which failed a check already), 1 cut off, 1 filtered, "
        "1 error."
    )


def test_a_reply_that_failed_a_check_cannot_lift_the_upper_bound(mixed):
    found = bounds(mixed)
    assert (found.worst, found.best) == pytest.approx((5 / 14, 9 / 14))
    assert found.interval.low == wilson(5, 14).low
    assert found.interval.high == wilson(9, 14).high


def test_a_run_without_scenarios_has_no_bounds(result_from):
    assert bounds(result_from([])) is None


def test_a_run_in_which_all_is_decided_needs_no_bounds(result_from):
    assert summarise(result_from([Answer("a")])).bounds is None


def test_an_unfinished_run_says_so_first(result_from):
    answers = [Answer("a"), Answer("b", ("pending",))]
    summary = summarise(result_from(answers, finished=False))
    assert summary.sentences[0].startswith("Unfinished: of 2 planned replies, 1 not made yet.")
    assert "1 pending" in summary.undecided


def test_failed_replies_are_what_is_open(result_from):
    answers = [Answer("a"), Answer("b", ("error",))]
    (caution,) = summarise(result_from(answers, finished=False)).cautions
    assert "of 2 planned replies, 1 failed (" in caution.text
    assert "asks again" in caution.text
    assert not caution.grave


def test_repeats_are_stated(result_from):
    answers = [Answer(f"a{i}", ("adhered", "violated")) for i in range(5)]
    assert headline(result_from(answers, repeat=2)) == (
        "Of 5 scenarios with 2 replies each, 5 could be decided by checks alone: 50.0 % adhered "
        "(95 % interval 18.8–81.2 %)."
    )


def test_limits_name_people_prompts_and_rules(mixed):
    text = " ".join(limits(mixed))
    for words in ("No person judged", "scenarios like these", "a classifier", "here 2"):
        assert words in text
