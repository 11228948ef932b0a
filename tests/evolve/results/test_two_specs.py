"""The same people beside two specs: a planted difference is found, and none is made up."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from scipy import stats

from charter.evolve.choices.rankings import Rankings
from charter.evolve.results.results import Figure
from charter.evolve.results.two_specs import _chance, compare_specs
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import PERSONAL, Asked, Order, Person, Voices
from charter.records.ranking import AnswersRanked, RankingStarted

UP, DOWN = (("A",), ("B",), ("C",)), (("C",), ("B",), ("A",))


def rankings(name, orders):
    started = RankingStarted(
        name, "t", "d", f"sha256:{name}", "", "scripted", "i", 1, tuple(orders)
    )
    ranked = {
        item: (AnswersRanked(name, item, 0, "t", order, "s", (), 5),)
        for item, order in orders.items()
    }
    return Rankings(started, True, ranked, ())


def people_who(likes, count=40, items=6, channel="open"):
    """Return voices: `likes` is the share that puts an item's candidates in the order UP."""
    chance = Random(1)
    asked = tuple(
        Asked(f"c{at}", "comparison", "t", (f"k{at % 2}",), ("A", "B", "C")) for at in range(items)
    )
    crowd = tuple(Person(f"p{at:02}", channel) for at in range(count))
    orders = tuple(
        Order(p.id, each.id, PERSONAL, UP if chance.random() < likes[at % 2] else DOWN)
        for p in crowd
        for at, each in enumerate(asked)
    )
    return Voices("x", "d", asked, crowd, orders=orders)


@pytest.fixture
def first():
    """A spec that chooses UP everywhere."""
    return rankings("one", {f"c{at}": UP for at in range(6)})


@pytest.fixture
def second():
    """One that chooses the other way round where an item is about k1."""
    return rankings("two", {f"c{at}": (UP, DOWN)[at % 2] for at in range(6)})


def test_a_spec_that_departs_from_people_on_one_clause_is_found(first, second):
    found = {
        row.about: row for row in compare_specs(people_who((0.8, 0.8)), first, second, Rules())
    }
    assert set(found) == {"", "k0", "k1"}
    assert found["k1"].apart
    assert found["k1"].difference.high < -0.3
    assert (found["k0"].difference.value, found["k0"].difference.low) == (0, None)
    assert not found["k0"].apart
    assert found[""].items == 6
    assert found["k1"].first.value == pytest.approx(1 - found["k1"].second.value)
    assert found["k1"].first.low < found["k1"].first.value < found["k1"].first.high


def test_where_people_are_split_neither_spec_is_nearer(first, second):
    rows = compare_specs(people_who((0.5, 0.5)), first, second, Rules())
    assert not any(row.apart for row in rows)


def test_the_same_spec_twice_differs_nowhere(first):
    rows = compare_specs(people_who((0.7, 0.2)), first, first, Rules())
    assert {row.difference.value for row in rows} == {0}
    assert {row.p for row in rows} == {1}


def test_few_people_are_shown_nowhere_and_channels_stay_apart(first, second):
    assert compare_specs(people_who((0.8, 0.8), 9), first, second, Rules()) == ()
    both = people_who((0.8, 0.8))
    panel = people_who((0.8, 0.8), 12, channel="panel")
    renamed = tuple(replace(p, id=f"x{p.id}") for p in panel.people)
    orders = tuple(replace(o, person=f"x{o.person}") for o in panel.orders)
    mixed = replace(both, people=(*both.people, *renamed), orders=(*both.orders, *orders))
    rows = compare_specs(mixed, first, second, Rules())
    assert {(row.channel, row.people) for row in rows} == {("open", 40), ("panel", 12)}


def test_p_goes_with_the_interval(first, second):
    """With few people t is wider than the normal distribution: p must not be surer than it."""
    for seed in range(20):
        chance = Random(seed)
        some = people_who((0.5, chance.choice((0.6, 0.75, 0.9))), 12)
        for row in compare_specs(some, first, second, Rules()):
            if row.difference.low is not None:
                outside = row.difference.low > 0 or row.difference.high < 0
                assert outside == (row.p < 0.05)


def test_where_all_people_are_alike_there_is_no_interval_and_no_certainty(first, second):
    rows = compare_specs(people_who((1, 1), 12), first, second, Rules())
    (row,) = [each for each in rows if each.about == "k1"]
    assert row.difference == Figure(-1, None, None)
    assert row.p == pytest.approx(2 / 2**12)
    assert row.apart
    (few,) = [e for e in compare_specs(people_who((1, 1), 3), first, second, Rules(smallest=2))
              if e.about == "k1"]  # fmt: skip
    assert few.p == pytest.approx(0.25)
    assert not few.apart


def test_the_chance_is_by_t_as_the_interval_is():
    """Against SciPy's t test of one sample, each person having answered once."""
    gaps, people = [0.5, 0.0, 1.0, -0.5, 0.5, 0.0, 1.0], list("abcdefg")
    assert _chance(gaps, people) == pytest.approx(stats.ttest_1samp(gaps, 0).pvalue)
