"""The rule by which a validation is read."""

from __future__ import annotations

import pytest

from charter.estimates.interval import normal_quantile, wilson
from charter.evolve.proposals.validation import statement_lines, validation, validation_json
from charter.evolve.results.results import (
    ChannelResult,
    Figure,
    FloorView,
    GroupView,
    Results,
    Shares,
    StatementResult,
    WeightsResult,
)
from charter.evolve.surveys.survey import Comparison, Promise, Rules, Statement, Survey

ONE = Statement("one", ("brief",), {"en": "It says what I meant."})
TWO = Statement("two", ("brief",), {"en": "It says all of it."})
AGAIN = Statement("again", ("brief",), {"en": "It does not."}, "one", reversed=True)
PICK = Comparison("pick", (), (), {"A": {"en": "a"}, "B": {"en": "b"}})


def survey(*items, channels=("open",)):
    promise = Promise({"en": "I agree."}, {"en": "To learn."}, "rules@example.org", 30)
    return Survey("sv", {"en": "S"}, ("en",), promise, items, channels=channels)


def shares(low, agree=0.8):
    none = Figure(0.1, 0.0, 0.2)
    return Shares(Figure(agree, low, 0.9), none, none, 30.0)


def said(item, low, *, weighted=None, floor="met", why=""):
    plain = None if low is None else shares(low)
    return StatementResult(
        item, "text", ("brief",), False, 30, plain=plain, why_hidden=why,
        weighted=None if weighted is None else shares(weighted),
        floor=FloorView(0.4, 1, floor),
    )  # fmt: skip


def channel(name, *statements, used=False):
    weights = WeightsResult(used, (), 1.0, None, 0.0, None)
    return ChannelResult(
        name, 30, {}, {}, weights, statements, (), (), (), None, None, None, (), ()
    )


def read(asked, *channels):
    found = Results("s", "sha256:v", "sv", "", Rules(), 0, channels, ())
    return validation(asked, found)


def test_all_statements_have_to_hold():
    asked = survey(ONE, TWO, AGAIN, PICK)
    held = read(asked, channel("open", said("one", 0.51), said("two", 0.7), said("again", 0.1)))
    assert held.holds
    assert [each.item for each in held.heard] == ["one", "two"], "repetitions decide nothing"
    failed = read(asked, channel("open", said("one", 0.5), said("two", 0.7)))
    assert failed.reasons == ("one: it is not certain that more than half agree",)
    missing = read(asked, channel("open", said("one", 0.7)))
    assert missing.reasons == ("two: nothing is known",)


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (said("one", None, why="fewer than 10 people saw it"), "one: fewer than 10 people saw it"),
        (
            said("one", 0.7, floor="not met"),
            "one: the floor of the least agreeing group: not met",
        ),
        (
            said("one", 0.7, floor="too small to say"),
            "one: the floor of the least agreeing group: too small to say",
        ),
    ],
)
def test_what_is_hidden_or_below_the_floor_does_not_hold(result, why):
    found = read(survey(ONE), channel("open", result))
    assert not found.holds
    assert found.reasons == (why,)


def test_people_who_were_drawn_decide_where_they_are_asked():
    for_all = survey(ONE, channels=("open", "panel"))
    loud, drawn = channel("open", said("one", 0.9)), channel("panel", said("one", 0.2))
    assert not read(for_all, loud, drawn).holds
    assert read(for_all, loud).reasons == ("nobody answered of those it is read of (panel)",)
    assert read(survey(ONE), loud, drawn).holds


def test_weights_count_where_there_are_any():
    result = said("one", 0.7, weighted=0.3)
    assert not read(survey(ONE), channel("open", result, used=True)).holds
    assert read(survey(ONE), channel("open", result)).holds


def test_a_survey_without_a_statement_validates_nothing():
    found = read(survey(PICK), channel("open"))
    assert found.reasons == ("it has no statement to agree with",)
    assert validation_json(found)["holds"] is False


def group(number, low, *, people=40.0):
    seen = None if low is None else Shares(Figure(low, 0.0, 1.0), NONE, NONE, people)
    return GroupView(number, None if low is None else 40, seen)


NONE = Figure(0.1, 0.0, 0.2)


def again(number, *, agree=0.66, groups=(), floor="met", effective=48.0):
    agreed = wilson(agree * effective, effective)
    own = Shares(Figure(agree, agreed.low, agreed.high), NONE, NONE, effective)
    result = StatementResult(
        "one", "text", ("brief",), False, 48, plain=own, groups=groups,
        floor=FloorView(0.6, 0, floor) if groups else None,
    )  # fmt: skip
    found = Results("s", "sha256:v", "sv", "", Rules(), 0, (channel("open", result),), ())
    return validation(survey(ONE), found, number=number)


def test_a_later_survey_is_held_against_wider_intervals():
    first, second = again(1), again(2)
    assert (first.holds, second.holds) == (True, False)
    wider = wilson(0.66 * 48, 48, z=normal_quantile(1 - 0.1 / 6))
    assert (second.heard[0].low, second.heard[0].high) == (wider.low, wider.high)
    assert again(2, agree=0.9).holds
    told = validation_json(second)
    assert (told["number"], told["confidence"]) == (2, "0.983333")
    assert statement_lines(told)[0] == (
        "survey number 2 that was to validate it: bounds are of 98.33 % intervals"
    )
    assert len(statement_lines(validation_json(first))) == 1


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ((group(0, 0.95), group(1, 0.9)), ""),
        ((group(0, 0.95), group(1, 0.65)), "the floor of the least agreeing group: not met"),
        ((group(0, 0.95), group(1, None)), "the floor of the least agreeing group: too small"),
    ],
)
def test_a_later_survey_holds_groups_against_the_floor_anew(groups, said):
    found = again(2, agree=0.95, groups=groups)
    assert found.heard[0].why_not.startswith(said)
    assert found.holds is (said == "")
    assert again(1, agree=0.95, groups=groups).holds, "the first has its floor from the results"
