"""Agreement of two orders, by hand, by properties, and beside another program's tau-b."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from charter.evolve.choices.pairs import agreement, places_of, tau_b
from charter.evolve.intake.ranking_text import parse_ranking


def order(text):
    return parse_ranking(text)


@pytest.mark.parametrize(
    ("person", "spec", "found"),
    [
        ("A>B>C", "A>B>C", 1.0),
        ("A>B>C", "C>B>A", 0.0),
        ("A>B>C", "A>C>B", 2 / 3),
        ("A>B=C", "A>C>B", 1.0),  # B and C: the person took no side
        ("A>B>C", "A=B=C", 0.5),
        ("A>B", "A>B>C", 1.0),  # what was left out counts nowhere
        ("A>B>C", "B>A", 0.0),
        ("A=B=C", "A>B>C", None),
        ("A>B", "C>D", None),
    ],
)
def test_agreement_is_over_pairs_that_the_person_ordered(person, spec, found):
    assert agreement(order(person), order(spec)) == (
        found if found is None else pytest.approx(found)
    )


orders = st.permutations("ABCDE").flatmap(
    lambda names: st.lists(st.integers(0, 3), min_size=5, max_size=5).map(
        lambda places: tuple(
            group
            for place in range(4)
            if (group := tuple(n for n, p in zip(names, places, strict=True) if p == place))
        )
    )
)


@given(orders, orders)
def test_tau_b_is_that_of_another_program(one, other):
    first, second = places_of(one), places_of(other)
    theirs = kendalltau([first[n] for n in "ABCDE"], [second[n] for n in "ABCDE"]).statistic
    mine = tau_b(one, other)
    assert mine is None if math.isnan(theirs) else mine == pytest.approx(theirs)


@given(orders, orders)
def test_turning_the_spec_round_turns_agreement_round(person, spec):
    one, other = agreement(person, spec), agreement(person, spec[::-1])
    assert one is other is None or one + other == pytest.approx(1)


@given(orders, orders)
def test_the_order_within_groups_and_names_change_nothing(person, spec):
    named = str.maketrans("ABCDE", "VWXYZ")
    other = [tuple(n.translate(named) for n in group[::-1]) for group in person]
    beside = [tuple(n.translate(named) for n in group) for group in spec]
    assert agreement(other, beside) == agreement(person, spec)
    assert tau_b(other, beside) == tau_b(person, spec)
