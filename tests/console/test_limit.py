"""Buckets of tokens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from charter.console import limit
from charter.console.limit import Limit


def test_it_gives_most_at_once_and_refills_evenly():
    bucket = Limit(3, 30)
    assert [bucket.take("a", 0) for _ in range(4)] == [0, 0, 0, 10]
    assert bucket.take("b", 0) == 0
    assert bucket.take("a", 5) == 5
    assert bucket.take("a", 10) == 0
    assert bucket.take("a", 10) > 0


def test_keys_are_bounded(monkeypatch):
    monkeypatch.setattr(limit, "MOST_KEYS", 10)
    bucket = Limit(1, 60)
    for number in range(50):
        bucket.take(str(number), 0)
    assert len(bucket._left) == 10


@given(st.lists(st.floats(0, 10), max_size=60))
def test_no_more_is_given_than_there_is(steps):
    bucket, now, given_out = Limit(5, 50), 0.0, 0
    for step in steps:
        now += step
        given_out += bucket.take("a", now) == 0
    assert given_out <= 5 + now / 10 + 1e-6
