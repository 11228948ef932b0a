import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.calibration.rate import rate


def test_failures_bound_the_share_both_ways():
    found = rate([True] * 8 + [False] + [None], [str(n) for n in range(10)])
    assert (found.count, found.decided, found.failed) == (8, 9, 1)
    assert found.value == pytest.approx(8 / 9)
    assert (found.bounds.low, found.bounds.high) == (0.8, 0.9)


def test_the_interval_is_exact_where_all_stand_alone():
    found = rate([True] * 9 + [False], [str(n) for n in range(10)])
    assert found.interval.low == pytest.approx(0.554984, abs=1e-6)
    assert found.interval.high == pytest.approx(0.997471, abs=1e-6)
    assert found.counts == (9, 10)


def test_answers_to_one_conversation_are_less_evidence():
    outcomes = [True] * 30 + [False] * 10
    alone = rate(outcomes, [str(n) for n in range(40)])
    paired = rate(outcomes, [str(n // 2) for n in range(40)])
    assert paired.effective < alone.effective == 40
    assert paired.interval.low < alone.interval.low


def test_all_right_in_few_conversations_is_little_evidence():
    assert rate([True] * 40, ["a", "b"] * 20).interval.low < 0.5


def test_nothing_decided_has_no_share():
    found = rate([None, None], ["a", "b"])
    assert (found.value, found.interval, found.failed) == (None, None, 2)
    assert (found.bounds.low, found.bounds.high) == (0, 1)
    assert rate([], []).bounds is None


outcomes = st.lists(
    st.tuples(st.sampled_from([True, False, None]), st.sampled_from("abcdef")), min_size=1
)


@given(outcomes, st.randoms())
def test_the_order_of_rows_is_nothing(pairs, random):
    before = rate([o for o, _ in pairs], [c for _, c in pairs])
    random.shuffle(pairs)
    assert rate([o for o, _ in pairs], [c for _, c in pairs]) == before
    if before.interval is not None:
        assert before.interval.low <= before.value <= before.interval.high
