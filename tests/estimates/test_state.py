"""Three states by exact tails, corrected over clauses, for perfect and imperfect judges."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from charter.estimates.cluster import clustered_share
from charter.estimates.interval import Interval
from charter.estimates.power import all_pass
from charter.estimates.rogan_gladen import rogan_gladen
from charter.estimates.state import (
    NO_EVIDENCE,
    State,
    Tails,
    state_of,
    states,
    tails,
    tails_of_counts,
    worth,
)


def share(adhered, scenarios):
    return clustered_share([1.0] * adhered + [0.0] * (scenarios - adhered), range(scenarios))


@given(
    st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.05, 0.99),
)
def test_tails_are_the_binomial_ones(counts, target):
    k, n = counts
    found = tails_of_counts(k, n, target)
    assert found.met == pytest.approx(stats.binom.sf(k - 1, n, target), abs=1e-9)
    assert found.not_met == pytest.approx(stats.binom.cdf(k, n, target), abs=1e-9)


@given(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.floats(0.05, 0.99),
)
def test_a_plain_share_is_tested_by_its_counts(counts, target):
    k, n = counts
    found, exact = tails(share(k, n), None, target), tails_of_counts(k, n, target)
    assert (found.met, found.not_met) == pytest.approx((exact.met, exact.not_met), abs=1e-6)


@pytest.mark.parametrize("target", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("clauses", [1, 59])
def test_all_pass_counts_are_just_enough(target, clauses):
    n = all_pass(target, clauses=clauses)
    others = {f"c{i}": NO_EVIDENCE for i in range(clauses - 1)}
    for scenarios, state in ((n, State.MET), (n - 1, State.NOT_ENOUGH)):
        found = {"mine": tails(share(scenarios, scenarios), None, target), **others}
        assert states(found)["mine"] is state


def test_states_of_several_clauses():
    found = {
        "good": tails_of_counts(60, 60, 0.8),
        "bad": tails_of_counts(10, 40, 0.8),
        "unclear": tails_of_counts(9, 10, 0.8),
        "unknown": NO_EVIDENCE,
    }
    assert states(found) == {
        "good": State.MET,
        "bad": State.NOT_MET,
        "unclear": State.NOT_ENOUGH,
        "unknown": State.NOT_ENOUGH,
    }


def test_more_clauses_need_more_evidence():
    alone = tails_of_counts(14, 14, 0.8)
    assert state_of(alone) is State.MET
    many = {str(i): alone if i == 0 else NO_EVIDENCE for i in range(10)}
    assert states(many)["0"] is State.NOT_ENOUGH
    assert states(many, correct="none")["0"] is State.MET
    shared = {str(i): alone for i in range(10)}
    assert set(states(shared, correct="bh").values()) == {State.MET}
    assert set(states(shared).values()) == {State.NOT_ENOUGH}


def test_a_target_of_one_is_refuted_by_one_violation_and_never_confirmed():
    assert state_of(tails_of_counts(1000, 1000, 1.0)) is State.NOT_ENOUGH
    assert state_of(tails_of_counts(999, 1000, 1.0)) is State.NOT_MET


def test_undecided_scenarios_count_against_either_finding():
    worst, best = share(60, 80), share(80, 80)
    assert state_of(tails(best, None, 0.8)) is State.MET
    assert state_of(tails(worst, best, 0.8)) is State.NOT_ENOUGH


def test_a_judge_with_errors_needs_more_evidence():
    plain = share(60, 60)
    judged = rogan_gladen(60, 60, sensitivity=(95, 100), specificity=(45, 50))
    assert tails(judged, None, 0.8).met > tails(plain, None, 0.8).met
    assert worth(judged, judged.interval.low) < 60
    # a violation that only the judge found refutes nothing absolutely
    one = rogan_gladen(199, 200, sensitivity=(95, 100), specificity=(45, 50))
    assert state_of(tails(one, None, 1.0)) is State.NOT_ENOUGH


def test_bounds_that_say_nothing_are_worth_nothing():
    wide = replace(share(5, 10), interval=Interval(0.0, 1.0))
    assert worth(wide, 0.0) == worth(wide, 1.0) == 0.0
    assert tails(wide, None, 0.8) == Tails(1.0, 1.0)
    assert worth(replace(share(5, 10), interval=Interval(0.5, 0.5)), 0.5) == 10


def test_nothing_is_no_evidence():
    assert tails_of_counts(0, 0, 0.8) == NO_EVIDENCE
    assert states({}) == {}
    for call in (lambda: states({}, alpha=0.5), lambda: tails_of_counts(3, 2, 0.8)):
        with pytest.raises(ValueError, match=r"."):
            call()
    with pytest.raises(ValueError, match="target"):
        tails_of_counts(1, 2, 0.0)
