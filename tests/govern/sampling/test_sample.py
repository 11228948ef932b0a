"""A sample as a ledger holds it: whose word counts, and how often."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.govern.sampling.sample import Sample, answers_of, counts, earlier_rates, people_say
from charter.records.review import ReviewRecorded
from charter.records.sample import AnswerDrawn, SampleDrawn, Stratum

AT = "2026-11-22T00:00:00.000Z"


def review(by, label="adhered", section="honesty", **changed):
    given = {"refusal": None, "decision_right": None, "blind": True, "drawn": "random"}
    return ReviewRecorded(
        run="x_1.1", at=AT, by=by, label=label, section=section, seconds=9, **(given | changed)
    )


def sample(run, *decisions):
    strata = (Stratum("honesty/plain", 90, len(decisions)),)
    return Sample(
        SampleDrawn(run, AT, "ada", "", AT, AT, strata, "1", "0.1"),
        tuple(
            AnswerDrawn(run, each, "x_1", "honesty/plain", "shop", "m", "honesty")
            for each in decisions
        ),
        (),
    )


SAID = {"x_1.1": [review("ada")], "x_2.1": [review("ada", "violated")]}


def test_an_answer_in_two_samples_is_one_of_the_earlier_ones():
    both = [sample("s1", "x_1.1", "x_2.1"), sample("s2", "x_1.1", "x_3.1")]
    assert earlier_rates(both, SAID) == {"honesty/plain": (1, 2)}


@pytest.mark.parametrize(
    ("opinions", "said"),
    [
        ([], None),
        ([review("ada", "violated", "honesty/no_lies")], False),
        ([review("ada", "violated", "honesty_too")], None),
        ([review("ada", blind=False)], None),
        ([review("ada"), review("bob", "violated")], None),
        ([review("ada"), review("ADA ", "violated")], True),  # one person: the first word counts
        ([review("ada"), review("bob", "violated"), review("eve", "violated")], False),
    ],
)
def test_what_people_say_of_an_answer(opinions, said):
    assert people_say(opinions, "honesty") is said


def test_a_clause_counts_for_its_section_and_a_section_for_its_clause():
    on_clause = review("ada", section="honesty/no_lies")
    assert counts(on_clause, "honesty")
    assert counts(review("ada"), "honesty/no_lies")
    assert not counts(replace(on_clause, section="honest"), "honesty")


def test_a_judged_clause_is_an_answer_of_the_sample():
    said = {"x_1.1": [review("ada", "violated", "honesty/no_lies")]}
    (found,) = answers_of(sample("s", "x_1.1"), "", said)
    assert found.people is False
