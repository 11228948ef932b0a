"""Spans of time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.govern.incidents.duration import Duration, parse, spoken

START = datetime(2024, 2, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("PT72H", datetime(2024, 3, 3, 10, tzinfo=UTC)),
        ("P2D", datetime(2024, 3, 2, 10, tzinfo=UTC)),
        ("P15D", datetime(2024, 3, 15, 10, tzinfo=UTC)),
        ("P4W", datetime(2024, 3, 28, 10, tzinfo=UTC)),
        ("P60D", datetime(2024, 4, 29, 10, tzinfo=UTC)),
        ("P1Y", datetime(2025, 3, 1, 10, tzinfo=UTC)),
        ("P4Y", datetime(2028, 2, 29, 10, tzinfo=UTC)),
        ("P5Y", datetime(2029, 3, 1, 10, tzinfo=UTC)),
        ("P10000Y", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_spans_end_where_the_calendar_says(text, due):
    assert parse(text).after(START) == due


@pytest.mark.parametrize("text", ["", "P", "P0D", "P-1D", "P1M", "PT1M", "P1DT1H", "P99999D", "١"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ConfigError, match="not a duration"):
        parse(text)


@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()),  # noqa: DTZ001 - a strategy takes naive bounds
    st.integers(1, 400),
)
def test_a_day_is_24_hours_in_every_zone(start, count):
    start = start.replace(microsecond=0)
    for unit, hours in (("H", 1), ("D", 24), ("W", 168)):
        due = Duration(count, unit).after(start)
        assert due.timestamp() - start.timestamp() == count * hours * 3600


@given(st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - a strategy takes naive bounds
def test_years_are_never_short(start):
    due = Duration(5, "Y").after(start)
    assert (due.year, due.hour, due.minute) == (start.year + 5, start.hour, start.minute)
    assert timedelta(days=5 * 365 + 1) <= due - start <= timedelta(days=5 * 365 + 2)


def test_what_is_left_is_said_in_two_units():
    assert spoken(timedelta(days=2, hours=3, minutes=59)) == "2 d 3 h"
    assert spoken(timedelta(hours=3, minutes=5)) == "3 h 5 min"
    assert spoken(timedelta(seconds=59)) == "0 min"
    assert spoken(timedelta(days=-1)) == "0 min"
