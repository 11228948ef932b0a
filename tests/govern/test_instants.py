"""Times that people write, and times of records."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.govern.instants import instant, parse, shown, written, zone_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "zone", "found"),
    [
        ("2026-01-31T14:00:00Z", None, datetime(2026, 1, 31, 14, tzinfo=UTC)),
        ("2026-01-31T14:00:00.123+02:00", None, datetime(2026, 1, 31, 12, 0, 0, 123000, UTC)),
        ("2026-01-31 14:00", BERLIN, datetime(2026, 1, 31, 13, tzinfo=UTC)),
        ("2026-07-31T14:00", BERLIN, datetime(2026, 7, 31, 12, tzinfo=UTC)),
        ("2026-07-31T14:00Z", BERLIN, datetime(2026, 7, 31, 14, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_their_place(text, zone, found):
    assert parse(text, zone) == found


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("2026-03-29T02:30", BERLIN, "left out"),
        ("2026-10-25T02:30", BERLIN, "twice"),
        ("2026-01-31T14:00", None, "whose clock"),
        ("yesterday", None, "not a time"),
        ("2026-02-30T14:00Z", None, "not a time"),
        ("0001-01-01T00:00Z", None, "meant"),
        ("9999-12-31T23:59Z", None, "meant"),
        ("2026-01-31T14:00Z" + "0" * 10**6, None, "not a time"),
        ("٢٠٢٦-01-31T14:00Z", None, "not a time"),
    ],
)
def test_times_that_are_none_are_refused(text, zone, said):
    with pytest.raises(ConfigError, match=said) as caught:
        parse(text, zone)
    assert len(str(caught.value)) < 300
    assert instant(text) is None


@given(st.datetimes(datetime(1971, 1, 1), datetime(2999, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - a strategy takes naive bounds
def test_what_is_written_is_read_back_to_the_millisecond(moment):
    found = parse(written(moment))
    assert abs((found - moment).total_seconds()) < 0.001
    assert parse(shown(moment).replace(" UTC", "Z")) <= found


def test_a_zone_that_is_none_is_refused():
    for name in ("Nowhere/Town", "../../etc/passwd", "", "a" * 1000):
        with pytest.raises(ConfigError, match="time zone"):
            zone_of(name)
    assert shown(datetime(2026, 7, 1, 12, tzinfo=UTC), zone_of("Asia/Kolkata")).endswith("+05:30")
