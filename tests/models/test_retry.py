"""Whether and when to ask again."""

import pytest

from charter.models.retry import backoff, may_recover, wait_seconds


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 1970 00:01:50 GMT"}, 10.0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:01 GMT"}, 0.0),
        ({"retry-after": "86400"}, 60.0),
    ],
)
def test_wait_is_what_the_server_asks_up_to_the_most(headers, expected):
    assert wait_seconds(1, headers, most=60.0, now=100.0) == expected


@pytest.mark.parametrize("value", ["soon", "-3", "nan", "inf", "", "Thu, 99 Foo 1970"])
def test_unusable_retry_after_gives_the_backoff(value):
    assert 0.25 <= wait_seconds(1, {"retry-after": value}, most=60.0, now=0.0) <= 0.5


def test_backoff_doubles_within_its_jitter_and_stays_under_the_most():
    for attempt, full in ((1, 0.5), (2, 1.0), (5, 8.0), (20, 60.0), (10_000, 60.0)):
        assert full / 2 <= backoff(attempt, most=60.0) <= full


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503, 599])
def test_passing_trouble_may_recover(status):
    assert may_recover(status, "")


@pytest.mark.parametrize(
    ("status", "code"), [(200, ""), (400, ""), (401, ""), (404, ""), (429, "insufficient_quota")]
)
def test_lasting_trouble_may_not_recover(status, code):
    assert not may_recover(status, code)
