"""Where statsmodels, evalstats or evalsig have the same method, they give the same figures."""

import warnings

import evalsig
import numpy as np
import pytest
import statsmodels.api as sm
from evalstats.ppi import _analytic_mean_correct as analytic
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats import contingency_tables, inter_rater, multitest, proportion
from statsmodels.stats.power import NormalIndPower

from charter.estimates.agreement import cohen_kappa, krippendorff_alpha
from charter.estimates.cluster import clustered_se
from charter.estimates.interval import clopper_pearson, jeffreys, wilson
from charter.estimates.multiplicity import benjamini_hochberg, holm
from charter.estimates.paired import mcnemar
from charter.estimates.power import detectable, needed, needed_unpaired
from charter.estimates.prediction_powered import classic

COUNTS = [(0, 10), (1, 7), (9, 10), (10, 10), (192, 450), (536, 587)]


@pytest.mark.parametrize(
    ("ours", "theirs"), [(wilson, "wilson"), (clopper_pearson, "beta"), (jeffreys, "jeffreys")]
)
@pytest.mark.parametrize(("k", "n"), COUNTS)
def test_intervals_of_a_share(ours, theirs, k, n):
    low, high = proportion.proportion_confint(k, n, method=theirs)
    found = ours(k, n)
    if ours is jeffreys and k in (0, n):  # ours closes the end, as its source advises
        assert found.low == (0 if k == 0 else pytest.approx(low))
        assert found.high == (1 if k == n else pytest.approx(high))
    else:
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@settings(max_examples=30)  # theirs takes 50 ms each
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values(ps):
    for ours, theirs, name in (
        (holm, evalsig.holm, "holm"),
        (benjamini_hochberg, evalsig.benjamini_hochberg, "fdr_bh"),
    ):
        found = ours(ps)
        assert found == pytest.approx(
            multitest.multipletests(ps, method=name)[1].tolist(), abs=1e-12
        )
        other = theirs(np.array(ps))
        assert found == pytest.approx(np.asarray(other.p_adjusted).tolist(), abs=1e-12)


def test_kappa():
    random = np.random.default_rng(1)
    table = random.integers(1, 40, (3, 3))
    first, second = zip(
        *((str(i), str(j)) for i in range(3) for j in range(3) for _ in range(table[i, j])),
        strict=True,
    )
    found, theirs = cohen_kappa(first, second), inter_rater.cohens_kappa(table)
    assert found.kappa == pytest.approx(theirs.kappa)
    assert found.standard_error == pytest.approx(theirs.std_kappa)


@pytest.mark.parametrize("few", [False, True])
def test_clustered_error(few):
    random = np.random.default_rng(2)
    clusters = np.repeat(np.arange(30), random.integers(1, 6, 30))
    values = random.normal(size=len(clusters)) + random.normal(size=30)[clusters]
    model = sm.OLS(values, np.ones_like(values)).fit(
        cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": few}
    )
    # with one parameter its correction is G/(G-1) times (n-1)/(n-1)
    found = clustered_se(values.tolist(), clusters.tolist(), few=few)
    assert found == pytest.approx(float(model.bse[0]), rel=1e-9)


@pytest.mark.parametrize(("better", "worse"), [(46, 21), (0, 5), (62, 8), (3, 3)])
def test_mcnemar(better, worse):
    found = contingency_tables.mcnemar([[10, better], [worse, 10]], exact=True)
    assert mcnemar(better, worse) == pytest.approx(found.pvalue)


@pytest.mark.parametrize("sd", [0.271, 0.5])
@pytest.mark.parametrize("power", [0.8, 0.95])
def test_power_of_a_paired_comparison(sd, power):
    assert detectable(587, sd, power=power) == pytest.approx(evalsig.mde(sd, 587, power=power).mde)
    assert needed(0.03, sd, power=power) == evalsig.required_n(0.03, sd, power=power)
    # of one sample: the other arm is infinitely large
    exact = NormalIndPower(ddof=0).solve_power(0.03 / sd, power=power, alpha=0.05, ratio=0)
    assert needed(0.03, sd, power=power) == int(np.ceil(exact))


def test_power_of_an_unpaired_comparison():
    theirs = proportion.samplesize_proportions_2indep_onetail(
        diff=0.05, prop2=0.85, power=0.8, alpha=0.025, alternative="larger"
    )
    assert needed_unpaired(0.9, 0.85) == pytest.approx(theirs, abs=4)


@pytest.mark.parametrize("tuned", [False, True])
@pytest.mark.parametrize("binary", [False, True])
def test_prediction_powered_mean(tuned, binary):
    random = np.random.default_rng(3)
    people = random.normal(size=300)
    judge = people + random.normal(size=300)
    if binary:
        people, judge = (people > 0).astype(float), (judge > 0.2).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = analytic(people[:80], judge[:80], judge[80:], 0.05, power_tune=tuned)
    found = classic(
        list(zip(people[:80].tolist(), judge[:80].tolist(), strict=True)),
        judge[80:].tolist(),
        tuned=tuned,
    )
    # their weight guards against labels that are no random sample, so that it is another one
    apart = found.standard_error if tuned else 1e-9
    assert found.value == pytest.approx(float(theirs.estimate), abs=apart)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(
        st.lists(st.integers(1, 4), min_size=2, max_size=3), min_size=4, max_size=12
    ).filter(lambda rows: len({label for row in rows for label in row}) > 1)
)
def test_alpha(metric, rows):
    theirs = pytest.importorskip("inspect_ai.scorer._metrics.krippendorff")
    known = theirs._alpha(*theirs._prepare(metric, [list(row) for row in rows]))
    assert krippendorff_alpha(rows, metric) == pytest.approx(known)
