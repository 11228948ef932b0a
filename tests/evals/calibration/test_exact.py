import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from charter.evals.calibration.exact import Stratum, exact_p


def test_one_stratum_is_fishers_exact_test():
    assert exact_p([Stratum(3, 4, 4, 8)]) == pytest.approx(0.485714, abs=1e-6)


def test_it_agrees_with_scipy():
    for a, b, c, d in [(3, 1, 1, 3), (0, 5, 9, 30), (7, 0, 2, 40), (1, 1, 1, 1)]:
        p = exact_p([Stratum(a, a + b, a + c, a + b + c + d)])
        assert p == pytest.approx(fisher_exact([[a, b], [c, d]])[1], rel=1e-9)


def test_a_group_of_bad_answers_is_compared_with_bad_answers():
    # the judge misses 20 % of the bad ones everywhere, and never errs on good ones
    mixed = [Stratum(0, 0, 0, 100), Stratum(4, 20, 20, 100)]
    assert exact_p(mixed) == 1
    lumped = [Stratum(4, 20, 20, 200)]
    assert exact_p(lumped) < 0.2


counts = st.tuples(*[st.integers(0, 12)] * 4)


@given(st.lists(counts, min_size=1, max_size=3))
def test_it_is_a_probability(cells):
    strata = [Stratum(a, a + b, a + c, a + b + c + d) for a, b, c, d in cells]
    assert 0 < exact_p(strata) <= 1


@given(counts)
def test_nothing_is_learned_where_there_is_no_error_or_nothing_else(cells):
    a, b, c, d = cells
    assert exact_p([Stratum(0, a + b, 0, a + b + c + d)]) == pytest.approx(1)
    assert exact_p([Stratum(a, a + b, a, a + b)]) == pytest.approx(1)
