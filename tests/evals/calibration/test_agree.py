import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.estimates.agreement import cohen_kappa
from charter.evals.calibration.agree import coefficients
from charter.evals.calibration.resample import percentiles
from charter.evals.calibration.tables import agreement, cluster_tables

PAIRS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from("abcdefghij")),
    min_size=2,
    max_size=60,
)


def columns(pairs):
    return [list(column) for column in zip(*pairs, strict=True)]


@given(PAIRS)
@settings(max_examples=40, deadline=None)
def test_kappa_is_that_of_the_estimates(pairs):
    truths, verdicts, clusters = columns(pairs)
    found = coefficients(truths, verdicts, clusters, labels=3, draws=20)
    expected = cohen_kappa([str(t) for t in truths], [str(v) for v in verdicts]).kappa
    if found.kappa.value is None:
        assert expected != expected  # noqa: PLR0124 - NaN
    else:
        assert found.kappa.value == pytest.approx(expected, abs=1e-12)
        assert found.kappa.interval.low <= found.kappa.value <= found.kappa.interval.high


@given(PAIRS, st.randoms(), st.permutations([0, 1, 2]))
@settings(max_examples=30, deadline=None)
def test_order_of_rows_and_names_of_labels_are_nothing(pairs, random, names):
    before = coefficients(*columns(pairs), labels=3, draws=200)
    random.shuffle(pairs)
    renamed = [(names[truth], names[verdict], cluster) for truth, verdict, cluster in pairs]
    after = coefficients(*columns(renamed), labels=3, draws=200)
    for one, other in zip(
        (before.kappa, before.alpha, before.ac1), (after.kappa, after.alpha, after.ac1), strict=True
    ):
        assert (one.value is None) == (other.value is None)
        if one.value is not None:
            assert one.value == pytest.approx(other.value, abs=1e-9)
            assert one.interval.low == pytest.approx(other.interval.low, abs=1e-9)
            assert one.interval.high == pytest.approx(other.interval.high, abs=1e-9)


def test_perfect_agreement_on_few_answers_is_no_proof():
    few = coefficients([0, 1] * 6, [0, 1] * 6, [str(n) for n in range(12)], labels=2)
    assert few.kappa.value == 1
    assert few.kappa.interval.low < 0.5


def test_all_alike_says_nothing():
    found = coefficients([0] * 9, [0] * 9, [str(n) for n in range(9)], labels=2)
    assert (found.kappa.value, found.alpha.value) == (None, None)
    assert found.ac1.value == 1
    assert coefficients([], [], [], labels=2).kappa.value is None


@pytest.mark.data
@pytest.mark.parametrize(
    ("by_prompt", "labels", "figures", "interval"),
    [
        (False, 3, (0.682050, None, None), (0.649, 0.716)),
        (False, 2, (0.710287, 0.704333, 0.706141), (0.675, 0.746)),
        (True, 2, (0.710287, 0.704333, 0.706141), (0.660, 0.757)),
    ],
)
def test_figures_of_a_published_judge(data_dir, by_prompt, labels, figures, interval):
    order = {"1_full_compliance": 0, "3_partial_refusal": 1, "2_full_refusal": 2}
    truths, verdicts, clusters = [], [], []
    for model in ("gpt4", "llama2new", "mistralguard"):
        with (data_dir / "xstest" / f"{model}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                truths.append(min(order[row["final_label"]], labels - 1))
                verdicts.append(min(order[row["gpt4_label"]], labels - 1))
                clusters.append(row["id"] if by_prompt else f"{model}/{row['id']}")
    found = coefficients(truths, verdicts, clusters, labels=labels)
    for one, value in zip((found.kappa, found.alpha, found.ac1), figures, strict=True):
        assert value is None or one.value == pytest.approx(value, abs=1e-6)
    sums = cluster_tables(truths, verdicts, clusters, labels=labels)
    drawn = percentiles(sums, lambda totals: agreement(totals.reshape(-1, labels, labels)))[0]
    assert (drawn.low, drawn.high) == pytest.approx(interval, abs=0.01)
    assert found.kappa.interval.low == pytest.approx(interval[0], abs=0.015)
    assert found.kappa.interval.high == pytest.approx(interval[1], abs=0.015)
