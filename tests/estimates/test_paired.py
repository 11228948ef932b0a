"""The paired statistics agree with published values and keep to their ranges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.paired import difference_interval, mcnemar, paired, sign_flip

outcomes = st.sampled_from([0.0, 0.5, 1.0])


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [(46, 21, 0.003065), (21, 46, 0.003065), (0, 0, 1.0), (3, 3, 1.0), (5, 0, 0.0625)],
)
def test_mcnemar_agrees_with_exact_binomial_values(better, worse, p):
    assert mcnemar(better, worse) == pytest.approx(p, abs=5e-7)


def test_mcnemar_of_many_changes_stays_a_number():
    assert 0 <= mcnemar(4000, 1000) < 1e-100


def table(both, first, second, none):
    return [(1, 1)] * both + [(1, 0)] * first + [(0, 1)] * second + [(0, 0)] * none


@pytest.mark.parametrize(
    "counts",
    [
        (36, 2, 12, 0),
        (10, 1, 7, 3),
        (50, 0, 0, 0),
        (20, 0, 5, 2),
        (400, 30, 50, 107),
        (5, 5, 5, 5),
        (0, 3, 0, 0),
    ],
)
def test_interval_is_the_score_interval_of_tango(counts):
    resampling = pytest.importorskip("evalstats.core.resampling")
    pairs = table(*counts)
    first, second = np.array(pairs, dtype=float).T
    theirs = resampling.tango_scc_paired_ci(second, first, 0.05, c=0.0)
    found = difference_interval(pairs)
    assert (found.low, found.high) == pytest.approx(theirs, abs=1e-9)


def test_known_score_interval():
    found = difference_interval(table(36, 2, 12, 0))
    assert (found.low, found.high) == pytest.approx((0.0611, 0.3447), abs=5e-5)


def test_no_pairs_have_no_interval():
    found = paired([])
    assert (found.scenarios, found.difference, found.interval, found.p) == (0, 0.0, None, 1.0)


@given(st.lists(st.tuples(outcomes, outcomes), min_size=1, max_size=60))
def test_interval_holds_the_difference_and_mirrors(pairs):
    found = paired(pairs)
    assert -1 <= found.interval.low <= found.difference + 1e-12
    assert found.difference - 1e-12 <= found.interval.high <= 1
    mirrored = paired([(second, first) for first, second in pairs])
    assert mirrored.interval.low == pytest.approx(-found.interval.high, abs=1e-9)
    assert mirrored.p == found.p


def test_repeats_count_by_their_mean():
    found = paired([(0.5, 1.0), (1.0, 1.0), (0.0, 0.5)])
    assert (found.better, found.worse) == (2, 0)
    assert found.difference == pytest.approx(1 / 3)


@given(st.integers(0, 40), st.integers(0, 40))
def test_flipping_single_scenarios_is_mcnemar(better, worse):
    differences = [1.0] * better + [-1.0] * worse + [0.0] * 5
    found = sign_flip(differences, range(len(differences)))
    assert found == pytest.approx(mcnemar(better, worse), rel=1e-9)


def test_a_cluster_flips_as_a_whole():
    # three clusters, all of them better: 2 of 8 ways to set their signs are as far from 0
    assert sign_flip([1, 1, 1, 1, 1, 1], "aabbcc") == 0.25
    assert sign_flip([1, -1, 0, 0], "aabb") == 1.0


def test_flipping_too_many_kinds_of_sums_counts_signs(monkeypatch):
    monkeypatch.setattr("charter.estimates.paired.MAX_SUMS", 10)
    differences = [1 / n for n in range(2, 12)]
    assert sign_flip(differences, range(10)) == mcnemar(10, 0)


def test_clusters_widen_the_interval_and_raise_p():
    pairs = table(60, 2, 14, 4)
    groups = [place // 4 for place in range(len(pairs))]
    alone, clustered = paired(pairs), paired(pairs, groups)
    assert clustered.interval.low < alone.interval.low
    assert clustered.p > alone.p
    assert (alone.clusters, clustered.clusters) == (80, 20)
    assert (alone.test, clustered.test) == ("McNemar", "permutation of clusters")


def test_one_cluster_tells_next_to_nothing():
    found = paired([(0.0, 1.0)] * 10, ["a"] * 10)
    assert found.p == 1.0
    assert math.isnan(found.standard_error)
    assert found.interval.low < 0


def test_repeats_narrow_the_interval_by_what_they_tell():
    pairs = [(0.6, 0.8), (0.8, 0.8), (0.4, 0.6), (1.0, 0.8)] * 20
    single, repeated = difference_interval(pairs), difference_interval(pairs, replies=400)
    assert repeated.high - repeated.low < 0.7 * (single.high - single.low)


def test_every_pair_needs_its_cluster():
    with pytest.raises(ValueError, match="cluster"):
        paired([(0, 1)], [])
    with pytest.raises(ValueError, match="without pairs"):
        difference_interval([])
