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
from charter.evolve.voices import PERSONAL, Asked, Order, Person, Rating, Voices, Vote

from .simulated import QUICK, voices

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


def test_an_option_that_nobody_said_leaves_its_trait_out_as_one_that_few_said_does():
    found = weights_of(crowd(["young"] * 55 + [""] * 5, homes(60)), RULES)
    assert found.said.reasons == ("weights leave 'age' out: nobody said 'old'",)
    assert set(found.traits) == {"home"}
    assert found.each["p000"] == pytest.approx(1.4)


def test_where_no_trait_is_left_there_are_no_weights():
    found = weights_of(crowd(["young"] * 60, [""] * 60), RULES)
    assert found.said.reasons == (
        "weights leave 'age' out: nobody said 'old'",
        "weights leave 'home' out: nobody said 'land', 'town'",
    )
    assert (found.each, found.said.used) == (None, False)


def test_what_has_no_share_leaves_its_trait_out_and_words_of_few_are_not_repeated():
    ages = ["young"] * 20 + ["old"] * 20 + ["seven"] * 20
    found = weights_of(crowd(ages, homes(60)), RULES)
    assert found.said.reasons == ("weights leave 'age' out: what has no share was said, 'seven'",)
    assert set(found.traits) == {"home"}
    own = [*ages[:40], *(f"I am Ada {at}" for at in range(20))]
    found = weights_of(crowd(own, homes(60)), RULES)
    assert found.said.reasons == ("weights leave 'age' out: what has no share was said",)


def test_of_many_options_a_few_are_named():
    shares = {f"{'x' * 200}{at:03}": "0.01" for at in range(100)}
    found = weights_of(crowd(["y"] * 20, [""] * 20), Rules(margins={"age": shares}))
    (reason,) = found.said.reasons
    assert reason.endswith("and 95 more")
    assert len(reason) < 600


@pytest.mark.parametrize(("old", "used"), [(30, False), (60, True)])
def test_weights_that_miss_the_margins_by_far_are_not_used(old, used):
    """Cut at 2 times their mean, 30 of 200 cannot stand for 40 %."""
    people = crowd(["old"] * old + ["young"] * (200 - old), [""] * 200)
    margins = {"age": {"old": "0.4", "young": "0.6"}}
    found = weights_of(people, Rules(margins=margins, trim="2"))
    assert (found.each is not None, found.said.used) == (used, used)
    if not used:
        (reason,) = found.said.reasons
        assert reason == (
            "cut at 2 times their mean, weights would miss the margins by up to 10.0 points, "
            "more than 5"
        )


def test_weights_that_miss_the_margins_by_little_are_used_and_that_is_said():
    people = crowd(["old"] * 40 + ["young"] * 160, [""] * 200)
    margins = {"age": {"old": "0.4", "young": "0.6"}}
    found = weights_of(people, Rules(margins=margins, trim="1.8"))
    assert found.said.used
    assert 0.01 < found.said.error <= 0.05


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


def test_a_clause_is_not_weighted_where_one_of_its_statements_is_not():
    """Else the share of that one would be the clause's less those of the others."""
    one = rated(20)
    two = replace(
        one,
        asked=(*one.asked, Asked("t", "statement", "t", ("k",))),
        votes=(*one.votes, *(Vote(f"p{at:03}", "t", 1) for at in range(49))),
    )
    reading = Reading(Rules(margins={"age": RULES.margins["age"]}))
    (found,) = results_of(two, reading, effort=QUICK).channels
    assert [each.weighted is not None for each in found.statements] == [True, False]
    (clause,) = found.clauses
    assert clause.statements == ("s", "t")
    assert not clause.weighted
    plain = sum(each.agreed for each in found.statements) / sum(e.seen for e in found.statements)
    assert clause.agree.value == pytest.approx(plain, abs=0.001)


@pytest.mark.parametrize(
    ("young_two", "old_three", "old_two", "weighted"),
    [
        (0, 10, 10, True),
        (20, 10, 10, True),
        (0, 9, 11, False),
        (0, 9, 9, False),  # averages are not shown, pairs are
        (20, 10, 5, False),  # all pairs have enough, and averages less pairs are of the five
    ],
)
def test_what_few_of_an_option_put_in_order_is_not_weighted(
    young_two, old_three, old_two, weighted
):
    """Some order two of three candidates: pairs are about others than the whole."""
    two, three = (("A",), ("B",)), (("A",), ("B",), ("C",))
    said = [three] * 40 + [two] * young_two + [three] * old_three + [two] * old_two
    people = crowd(["young"] * (40 + young_two) + ["old"] * (old_three + old_two), [""] * len(said))
    orders = [
        Order(person.id, "c", PERSONAL, order) for person, order in zip(people, said, strict=True)
    ]
    things = (Asked("c", "comparison", "c", (), ("A", "B", "C"), prompt="c"),)
    reading = Reading(Rules(margins={"age": RULES.margins["age"]}))
    heard = Voices("x", "d", things, people, orders=tuple(orders))
    (found,) = results_of(heard, reading, effort=QUICK).channels
    (comparison,) = found.comparisons
    assert found.weights.used
    assert comparison.weighted == weighted
    pairs = [pair.people for pair in comparison.scopes[0].pairs]
    assert pairs == [len(said), 40 + old_three, 40 + old_three]


def test_groups_count_everybody_the_same_so_that_no_weight_can_be_told():
    """Their gap and product give the plain shares away: beside weighted ones, those would tell."""
    reading = Reading(Rules(margins={"age": {"young": "0.3", "old": "0.7"}}))
    (found,) = results_of(voices(4, 160), reading, effort=QUICK).channels
    assert found.weights.used
    assert found.groups.k == 2
    seen = 0
    for statement in found.statements:
        shares = [view.shares for view in statement.groups if view.shares is not None]
        for view, each in zip(statement.groups, shares, strict=False):
            assert each.effective == view.seen
            people = each.agree.value * view.seen
            assert people == pytest.approx(round(people), abs=1e-6)
        if statement.gap is not None:
            high, low = max(e.agree.value for e in shares), min(e.agree.value for e in shares)
            assert statement.gap.gap.value == pytest.approx(high - low, abs=1e-9)
            seen += 1
        if statement.floor is not None and statement.floor.value is not None:
            assert statement.floor.value == pytest.approx(min(e.agree.low for e in shares))
    assert seen > 5


def test_words_of_ones_own_that_few_say_of_themselves_are_not_repeated():
    ages = ["young"] * 20 + ["old"] * 20 + ["middle"] * 10 + [f"Ada {at % 7}" for at in range(11)]
    people = crowd(ages, [""] * 61)
    said = Voices("x", "d", (Asked("s", "statement", "s"),), people, (Vote("p000", "s", 1),))
    reading = Reading(Rules(margins={"age": {"young": "0.4", "old": "0.6"}}))
    (found,) = results_of(said, reading, effort=QUICK).channels
    assert {each.option: each.people for each in found.heard} == {
        "young": 20,
        "old": 20,
        "middle": 10,
        "other answers": 11,
    }
    assert "Ada" not in repr(found)
