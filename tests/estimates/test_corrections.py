"""Corrections for a judge's error: their properties, and when they are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates import prediction_powered as powered
from charter.estimates.estimate import Corrected, Refused
from charter.estimates.prediction_powered import classic, prediction_powered
from charter.estimates.rogan_gladen import LEAST, delta_error, rogan_gladen

GOOD = {"sensitivity": (95, 100), "specificity": (90, 100)}


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ({"sensitivity": (50, 100), "specificity": (50, 100)}, "no better than chance"),
        ({"sensitivity": (20, 100), "specificity": (60, 100)}, "no better than chance"),
        ({"sensitivity": (12, 20), "specificity": (11, 20)}, "may be no better"),
        ({"sensitivity": (9, 9), "specificity": (90, 100)}, f"{LEAST} of each"),
        ({"sensitivity": (90, 100), "specificity": (0, 0)}, f"{LEAST} of each"),
    ],
)
def test_a_judge_that_cannot_be_corrected_for_is_refused(errors, words):
    found = rogan_gladen(50, 100, **errors)
    assert isinstance(found, Refused)
    assert words in found.reason
    assert not found.reason.endswith(".")


@given(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.integers(70, 100),
    st.integers(70, 100),
)
def test_rogan_gladen_mirrors_and_stays_a_share(counts, sensitivity, specificity):
    k, n = counts
    errors = {"sensitivity": (sensitivity, 100), "specificity": (specificity, 100)}
    found = rogan_gladen(k, n, **errors)
    assert 0 <= found.interval.low <= found.value <= found.interval.high <= 1
    mirrored = rogan_gladen(
        n - k, n, sensitivity=errors["specificity"], specificity=errors["sensitivity"]
    )
    assert mirrored.value == pytest.approx(1 - found.value, abs=1e-9)
    assert mirrored.interval.low == pytest.approx(1 - found.interval.high, abs=1e-9)


def test_a_perfect_judge_on_many_labels_changes_little():
    found = rogan_gladen(80, 100, sensitivity=(10**6, 10**6), specificity=(10**6, 10**6))
    assert found.value == 0.8
    assert found.interval.low == pytest.approx(0.7112, abs=0.002)


def test_delta_error_is_zero_where_it_should_not_be():
    perfect = {"sensitivity": (45, 45), "specificity": (45, 45)}
    assert delta_error(1.0, 50, **perfect) == 0
    interval = rogan_gladen(50, 50, **perfect).interval
    assert interval.high - interval.low > 0.07


@pytest.mark.parametrize("call", [(5, 3), (-1, 3), (0, 0)])
def test_counts_that_are_none_are_refused(call):
    with pytest.raises(ValueError, match=r"."):
        rogan_gladen(*call, **GOOD)


def sample(labelled, unlabelled):
    pairs = [(float(i % 10 < 8), float(i % 9 < 7)) for i in range(labelled)]
    return pairs, [float(i % 7 < 5) for i in range(unlabelled)]


def test_too_few_labels_are_refused():
    found = prediction_powered(*sample(powered.LEAST - 1, 50))
    assert isinstance(found, Refused)
    assert str(powered.LEAST) in found.reason
    assert isinstance(prediction_powered(*sample(50, 1)), Refused)
    assert isinstance(prediction_powered(*sample(powered.LEAST, 2)), Corrected)


@given(st.randoms(), st.booleans())
def test_order_does_not_matter(random, tuned):
    pairs, rest = sample(60, 90)
    found = prediction_powered(pairs, rest, tuned=tuned)
    random.shuffle(pairs)
    random.shuffle(rest)
    again = prediction_powered(pairs, rest, tuned=tuned)
    assert again.value == pytest.approx(found.value, abs=1e-12)
    assert again.interval.low == pytest.approx(found.interval.low, abs=1e-12)


def test_renaming_outcomes_mirrors():
    pairs, rest = sample(60, 90)
    found = prediction_powered(pairs, rest)
    mirrored = prediction_powered([(1 - y, 1 - f) for y, f in pairs], [1 - f for f in rest])
    assert mirrored.value == pytest.approx(1 - found.value, abs=1e-9)
    assert mirrored.interval.low == pytest.approx(1 - found.interval.high, abs=1e-9)


def test_a_useless_judge_is_ignored_and_a_perfect_one_believed():
    people = [float(i % 4 != 0) for i in range(80)]
    useless = [(y, float(i // 4 % 2)) for i, y in enumerate(people)]
    assert classic(useless, [0.0, 1.0] * 100, tuned=True).weight == 0.0
    perfect = [(y, y) for y in people]
    assert classic(perfect, [1.0, 1.0, 1.0, 0.0] * 2000, tuned=True).weight > 0.9


def test_agreement_on_all_labels_is_not_taken_for_certainty():
    pairs = [(1.0, 1.0)] * 40 + [(0.0, 0.0)] * 10
    found = prediction_powered(pairs, [1.0] * 8000 + [0.0] * 2000)
    assert found.interval.high - found.interval.low > 0.05


def test_any_numbers_will_do():
    pairs = [(i % 7 + 0.5, i % 7) for i in range(50)]
    found = prediction_powered(pairs, [i % 7 for i in range(200)], tuned=False)
    assert found.value == pytest.approx(3.5, abs=0.1)
    assert found.interval.holds(found.value)


def test_clusters_widen_the_interval():
    pairs, rest = sample(60, 90)
    mine, others = [i // 6 for i in range(60)], [i // 6 for i in range(90)]
    alone = prediction_powered(pairs, rest).interval
    together = prediction_powered(pairs, rest, labelled_clusters=mine, unlabelled_clusters=others)
    assert together.interval.high - together.interval.low > alone.high - alone.low
    assert together.clusters == 15
    with pytest.raises(ValueError, match="cluster"):
        prediction_powered(pairs, rest, labelled_clusters=mine[:5])
