"""Weights bring people to the margins, and tell nobody how a few of them voted."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evolve.results.results_of import Reading, results_of
from charter.evolve.results.weighing import weights_of
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Asked, Person, Rating, Voices, Vote

from .simulated import QUICK

RULES = Rules(
    margins={"age": {"young": "0.4", "old": "0.6"}, "home": {"town": "0.7", "land": "0.3"}}
)


def crowd(ages, homes):
    traits = [
        {k: v for k, v in (("age", age), ("home", home)) if v}
        for age, home in zip(ages, homes, strict=True)
    ]
    return tuple(Person(f"p{at:03}", "open", "", each) for at, each in enumerate(traits))


def homes(people):
    return list(itertools.islice(itertools.cycle(["town", "land"]), people))


def test_a_trait_with_a_small_option_is_left_out_and_the_others_stay():
    found = weights_of(crowd(["young"] * 51 + ["old"] * 9, homes(60)), RULES)
    assert found.said.used
    assert found.said.reasons == ("weights leave 'age' out: fewer than 10 people said 'old'",)
    assert set(found.traits) == {"home"}
    assert found.each["p000"] == pytest.approx(1.4)
    assert found.each["p001"] == pytest.approx(0.6)


def test_few_who_did_not_say_are_weighed_as_most_others_are():
    ages = ["young"] * 80 + ["old"] * 115 + [""] * 5
    found = weights_of(crowd(ages, homes(200)), RULES)
    assert found.said.used
    (reason,) = found.said.reasons
    assert reason == "weights count who did not say 'age' (fewer than 10 people) as 'old'"
    assert found.traits["age"]["p199"] == "old"
    assert found.each["p199"] in {found.each["p081"], found.each["p080"]}


def test_few_of_not_many_leave_the_trait_out():
    found = weights_of(crowd(["young"] * 30 + ["old"] * 23 + [""] * 7, homes(60)), RULES)
    assert found.said.reasons == ("weights leave 'age' out: fewer than 10 people did not say",)
    assert set(found.traits) == {"home"}


def test_an_option_that_nobody_said_is_named_first():
    found = weights_of(crowd(["young"] * 55 + [""] * 5, homes(60)), RULES)
    assert found.said.reasons == ("nobody said 'old' for 'age'",)
    assert found.each is None


def test_many_who_did_not_say_keep_their_share():
    ages = ["young"] * 30 + ["old"] * 20 + [""] * 10
    found = weights_of(crowd(ages, homes(60)), Rules(margins={"age": RULES.margins["age"]}))
    assert found.said.reasons == ()
    assert found.each["p059"] == pytest.approx(1.0)


@given(
    st.lists(st.sampled_from(("young", "old", "")), min_size=1, max_size=60),
    st.integers(2, 12),
)
def test_nobody_is_weighed_as_few_others_are(ages, smallest):
    people = crowd(ages, [""] * len(ages))
    found = weights_of(people, Rules(smallest, margins={"age": RULES.margins["age"]}))
    for options in found.traits.values():
        assert all(list(options.values()).count(each) >= smallest for each in options.values())
    if not found.said.used:
        assert found.each is None
        assert found.said.reasons


def rated(old):
    """Return 60 people of whom so many old ones answered one statement and one rule."""
    people = crowd(["young"] * 40 + ["old"] * 20, [""] * 60)
    said = [*people[:40], *people[40 : 40 + old]]
    return Voices(
        "x",
        "d",
        (Asked("s", "statement", "s", ("k",)), Asked("r", "rubric", "r")),
        people,
        tuple(Vote(p.id, "s", 1 if at % 3 else -1) for at, p in enumerate(said)),
        tuple(Rating(p.id, "r", at % 5) for at, p in enumerate(said)),
    )


@pytest.mark.parametrize(("old", "weighted"), [(20, True), (10, True), (9, False), (0, True)])
def test_what_few_of_an_option_answered_is_not_weighted(old, weighted):
    reading = Reading(Rules(margins={"age": RULES.margins["age"]}))
    (found,) = results_of(rated(old), reading, effort=QUICK).channels
    assert found.weights.used
    (statement,), (clause,), (rubric,) = found.statements, found.clauses, found.rubrics
    assert (statement.weighted is not None) == weighted
    assert (clause.weighted, rubric.weighted) == (weighted, weighted)
    if not weighted:
        assert clause.agree.value == pytest.approx(statement.plain.agree.value, abs=0.001)
        assert rubric.effective == 40 + old


@pytest.mark.parametrize("young", [10, 9])
def test_those_of_whom_something_was_noted_cannot_be_subtracted(young):
    """All less those of whom nothing was noted: of the others, nine are young."""
    people = tuple(
        replace(person, noted=("too_fast",) * (at < young or 40 <= at < 50))
        for at, person in enumerate(rated(20).people)
    )
    reading = Reading(Rules(margins={"age": RULES.margins["age"]}))
    (found,) = results_of(replace(rated(20), people=people), reading, effort=QUICK).channels
    (statement,) = found.statements
    assert statement.weighted is not None
    assert statement.unnoted is not None
    assert (statement.unnoted_weighted is not None) == (young == 10)


def test_weighted_figures_have_few_places():
    reading = Reading(Rules(margins={"age": RULES.margins["age"]}))
    (found,) = results_of(rated(20), reading, effort=QUICK).channels
    (statement,), (clause,), (rubric,) = found.statements, found.clauses, found.rubrics
    for figure in (statement.weighted.agree, clause.agree, rubric.mean, rubric.for_it):
        for each in (figure.value, figure.low, figure.high):
            assert each == round(each, 3)
    for effective in (statement.weighted.effective, rubric.effective, found.weights.effective):
        assert effective == round(effective)
    assert statement.plain.agree.value == statement.agreed / statement.seen
