"""Times as people read and type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.console.moment import ago, asked_time, day_and_time, seconds_of, span, stamp


def test_times_are_written_as_records_have_them():
    assert stamp(1_795_330_000.25) == "2026-11-22T06:46:40.250Z"
    assert seconds_of("2026-11-22T06:46:40.250Z") == 1_795_330_000.25
    assert seconds_of("never") is None
    assert day_and_time("2026-11-22T06:46:40.250Z") == "2026-11-22 06:46:40 UTC"
    assert day_and_time("never") == "never"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 seconds"), (1, "1 second"), (61, "1 minute 1 second"), (3600, "1 hour"),
     (7500, "2 hours 5 minutes"), (90061, "1 day 1 hour"), (-5, "0 seconds")],
)  # fmt: skip
def test_spans_are_told_in_two_units(seconds, said):
    assert span(seconds) == said


def test_both_directions_are_told():
    assert ago("2026-11-22T06:46:40Z", 1_795_330_060) == "1 minute ago"
    assert ago("2026-11-22T06:46:40Z", 1_795_329_940) == "in 1 minute"
    assert ago("x", 0) == "at an unknown time"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("2026-11-22", "2026-11-22T00:00:00.000Z"), ("2026-11-22 08:00", "2026-11-22T08:00:00.000Z"),
     ("2026-11-22T08:00:01Z", "2026-11-22T08:00:01.000Z"),
     ("2026-11-22 08:00+02:00", "2026-11-22T06:00:00.000Z"),
     ("yesterday", ""), ("", ""), ("2026-13-40", ""), ("9999-99-99 99:99", "")],
)  # fmt: skip
def test_typed_times_are_understood(typed, found):
    assert asked_time(typed) == found


@given(st.text(max_size=40))
def test_any_text_can_be_typed(text):
    assert asked_time(text) == "" or seconds_of(asked_time(text)) is not None
