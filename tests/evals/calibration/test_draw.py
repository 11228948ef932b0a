from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from charter.evals.calibration.draw import is_beginning, name_of, rank, seed_of

STEPS = [(f"s{n}", epoch) for n in range(20) for epoch in range(2)]


def drawn(count, seed=0):
    return sorted(STEPS, key=lambda step: rank("r", seed, step))[:count]


def test_a_larger_sample_begins_with_the_smaller():
    assert drawn(10)[:5] == drawn(5)
    assert drawn(10, seed=1) != drawn(10)


def test_every_reply_is_as_likely():
    first = Counter(drawn(1, seed)[0] for seed in range(4000))
    assert set(first) == set(STEPS)
    assert all(50 < count < 160 for count in first.values())


def test_a_name_tells_whether_rows_are_missing():
    name = name_of("r", 7, drawn(10, 7))
    assert name == name_of("r", 7, drawn(10, 7)[::-1])
    assert name.startswith("7-10-")
    assert name != name_of("r", 7, drawn(9, 7))
    assert name != name_of("other", 7, drawn(10, 7))
    assert seed_of(name) == 7


def test_what_is_no_name():
    assert [
        seed_of(n) for n in ("", "a-b-c", "1-2", "-1-2-3", "9" * 11 + "-1-2", "\u00b2-1-a")
    ] == [None] * 6


@given(st.sets(st.sampled_from(STEPS)))
def test_the_beginning_is_what_was_drawn_first(labelled):
    whole = drawn(40)
    expected = set(whole[: len(labelled)]) == labelled
    assert is_beginning("r", 0, labelled, whole) == expected
    assert is_beginning("r", 0, whole[:7], whole)
