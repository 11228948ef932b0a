"""Shares and means of clustered scenarios."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.cluster import (
    clustered_mean,
    clustered_se,
    clustered_share,
    design_effect,
    effective_number,
)
from charter.estimates.interval import wilson

values = st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=60)


@given(values)
def test_scenarios_that_stand_alone_have_wilsons_interval(found):
    estimate = clustered_share(found, range(len(found)))
    assert estimate.interval == wilson(sum(found), len(found))
    assert (estimate.n, estimate.clusters, estimate.effective) == (len(found),) * 3


@given(values, st.integers(1, 7))
def test_effective_number_lies_between_sources_and_scenarios(found, size):
    clusters = [place // size for place in range(len(found))]
    sizes = [clusters.count(name) for name in set(clusters)]
    least = len(found) ** 2 / sum(each**2 for each in sizes)
    assert least - 1e-9 <= effective_number(found, clusters) <= len(found) + 1e-9


@given(values, st.integers(1, 7), st.randoms())
def test_order_and_names_do_not_matter(found, size, random):
    clusters = [place // size for place in range(len(found))]
    estimate = clustered_share(found, clusters)
    pairs = [(value, f"source {cluster}") for value, cluster in zip(found, clusters, strict=True)]
    random.shuffle(pairs)
    other = clustered_share([value for value, _ in pairs], [name for _, name in pairs])
    assert other.interval.low == pytest.approx(estimate.interval.low, abs=1e-9)
    assert other.interval.high == pytest.approx(estimate.interval.high, abs=1e-9)


def test_all_passing_claims_less_than_as_many_scenarios_alone():
    clusters = [place // 5 for place in range(100)]
    low = clustered_share([1.0] * 100, clusters).interval.low
    assert wilson(20, 20).low < low < wilson(100, 100).low
    one_fails = clustered_share([1.0] * 99 + [0.0], clusters).interval.low
    assert one_fails < low


def test_a_reply_that_fails_does_not_raise_the_lower_bound():
    lows = [
        clustered_share([1.0] * (10 - k) + [0.8] * k, range(10), replies=50).interval.low
        for k in range(6)
    ]
    assert lows == sorted(lows, reverse=True)


def test_repeats_never_claim_more_than_there_are_replies():
    outcomes = [0.6, 0.4] * 50
    assert 100 < effective_number(outcomes, range(100), replies=300) <= 300
    assert effective_number(outcomes, range(100)) == 100


def test_a_single_source_is_worth_one_scenario():
    assert clustered_share([1.0] * 10, ["a"] * 10).interval == wilson(1, 1)
    assert math.isnan(clustered_se([1.0, 0.0], ["a", "a"]))
    assert math.isnan(design_effect([1.0, 0.0], ["a", "a"]))
    with pytest.raises(ValueError, match="one cluster"):
        clustered_mean([1.0, 2.0], ["a", "a"])


def test_design_effect_of_scenarios_that_are_all_alike_within():
    found = design_effect([1.0, 1.0, 0.0, 0.0] * 10, [place // 2 for place in range(40)])
    assert found == pytest.approx(2 * 20 / 19 * 39 / 40)


def test_mean_of_ratings():
    found = clustered_mean([1, 2, 3, 4], "abcd")
    assert found.value == 2.5
    assert found.interval.low == pytest.approx(2.5 - 3.182446 * 1.290994 / 2, abs=1e-5)
    assert clustered_mean([2, 2, 2], "abc").interval.low == 2


@pytest.mark.parametrize(
    ("found", "clusters"), [([], []), ([1.0], []), ([1.0, 2.0], "ab"), ([float("nan")], "a")]
)
def test_what_is_no_share_is_refused(found, clusters):
    with pytest.raises(ValueError, match=r"."):
        clustered_share(found, clusters)
