"""Two populations side by side: planted differences are found, others are not made up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from charter.errors import ConfigError
from charter.estimates.interval import wilson
from charter.evolve.results.compared import _number, compare
from charter.evolve.results.results import Figure
from charter.evolve.results.results_of import Reading, results_of
from charter.evolve.voices import Vote

from .simulated import QUICK, SHARED, voices

NO = (None, None)


def made(seed, **given):
    return results_of(voices(seed, 60, **given), Reading(), effort=QUICK)


@pytest.fixture(scope="module")
def first():
    """Sixty people."""
    return made(1)


def test_people_like_them_lie_nowhere_apart(first):
    found = compare(first, made(2), channels=NO)
    assert len(found.differences) == 12 + 3 + 3 + 1
    assert not any(each.apart for each in found.differences)
    assert all(
        e.difference.low <= e.difference.value <= e.difference.high for e in found.differences
    )


def test_a_planted_difference_is_the_one_that_is_found(first):
    other = voices(3, 60)
    votes = tuple(Vote(v.person, v.item, -1) if v.item == SHARED else v for v in other.votes)
    found = compare(
        first, results_of(replace(other, votes=votes), Reading(), effort=QUICK), channels=NO
    )
    assert [each.item for each in found.differences if each.apart] == [SHARED]
    (row,) = [each for each in found.differences if each.apart]
    assert row.difference.high < -0.5


def test_the_interval_of_a_difference_is_newcombes(first):
    second = made(4)
    found = compare(first, second, channels=NO)
    counts = [
        {e.item: (e.agreed, e.seen) for e in each.channels[0].statements}
        for each in (first, second)
    ]
    for row in found.differences:
        if row.kind == "statement":
            (x1, n1), (x2, n2) = (each[row.item] for each in counts)
            low, high = confint_proportions_2indep(x2, n2, x1, n1, method="newcomb", compare="diff")
            assert (row.difference.low, row.difference.high) == pytest.approx((low, high))


@pytest.mark.parametrize(("successes", "trials"), [(0, 20), (3, 20), (10.5, 40), (40, 40)])
def test_the_effective_number_is_found_from_an_interval(successes, trials):
    bounds = wilson(successes, trials)
    figure = Figure(successes / trials, bounds.low, bounds.high)
    assert _number(figure) == pytest.approx(trials)


def test_other_words_are_not_compared(first):
    other = voices(5, 60)
    things = tuple(replace(e, text="else") if e.id == SHARED else e for e in other.asked)
    found = compare(
        first, results_of(replace(other, asked=things), Reading(), effort=QUICK), channels=NO
    )
    assert SHARED not in {each.item for each in found.differences}
    assert f"statement; {SHARED}; agree: the words differ" in found.left_out


def test_the_same_voices_are_refused_and_two_channels_are_not(first):
    with pytest.raises(ConfigError, match="the same voices"):
        compare(first, first, channels=NO)
    panel = results_of(voices(6, 60, channel="panel"), Reading(), effort=QUICK)
    both = replace(first, channels=(*first.channels, *panel.channels))
    assert compare(both, both, channels=("open", "panel")).differences
    with pytest.raises(ConfigError, match="which channel"):
        compare(both, first, channels=NO)
    with pytest.raises(ConfigError, match="no such channel"):
        compare(first, first, channels=("panel", "open"))


def test_without_an_interval_on_one_side_there_is_none_of_the_difference(first):
    """All who rate alike have a mean without one: that they differ is not certain for that."""
    other = voices(7, 60)
    same = replace(other, ratings=tuple(replace(r, value=5) for r in other.ratings))
    found = compare(first, results_of(same, Reading(), effort=QUICK), channels=NO)
    (row,) = [each for each in found.differences if each.kind == "rubric"]
    assert (row.second.low, row.difference.low, row.difference.high) == (None, None, None)
    assert row.difference.value == pytest.approx(5 - row.first.value)
    assert not row.apart
    assert not [each for each in found.left_out if "rubric" in each]


def test_a_side_that_is_weighted_says_so(first):
    channel = first.channels[0]
    heavy = replace(channel, weights=replace(channel.weights, used=True))
    other = replace(made(8), channels=(heavy,))
    found = compare(first, other, channels=NO)
    assert (found.first, found.second) == ("simulated (open)", "simulated (open, weighted)")
