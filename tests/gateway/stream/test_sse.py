"""Server-sent events: read as the standard says, byte for byte, however they are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.gateway.stream.sse import Event, Reader, write

PIECES = st.sampled_from(
    [b"data", b":", b" ", b"\n", b"\r", b"\r\n", b"\n\n", b"event: a", b"id", b"x", b"\0",
     "é😀".encode(), b"\xc3", b"\xff", b"\xef\xbb\xbf", b"retry: 10", b"[DONE]"]
)  # fmt: skip
STREAMS = st.lists(PIECES, max_size=24).map(b"".join)


def read(stream: bytes, size: int | None = None) -> list[Event]:
    reader = Reader()
    size = size or max(len(stream), 1)
    events = [e for at in range(0, len(stream), size) for e in reader.feed(stream[at : at + size])]
    return events + reader.finish()


def test_read_follows_the_examples_of_the_standard():
    one = b"data: YHOO\ndata: +2\ndata: 10\n\n"
    assert read(one) == [Event(data="YHOO\n+2\n10", raw=one)]
    parts = [b": test stream\n\n", b"data: first event\nid: 1\n\n", b"data:second event\nid\n\n"]
    last = b"data:  third event"
    events = read(b"".join(parts) + last)
    assert [e.raw for e in events] == [*parts, last]
    assert events[0].comments == ("test stream",)
    assert events[0].data is None
    assert (events[1].data, events[1].id) == ("first event", "1")
    assert (events[2].data, events[2].id) == ("second event", "")
    assert (events[3].data, events[3].complete) == (" third event", False)


def test_read_gives_empty_data_where_data_lines_are_empty():
    assert [e.data for e in read(b"data\n\ndata\ndata\n\ndata:\n\n")] == ["", "\n", ""]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("size", [None, 1, 2, 3])
def test_read_knows_all_line_ends(end: bytes, size: int | None):
    stream = end.join([b"event: a", b"data: x", b"", b"data: y", b"", b""])
    events = read(stream, size)
    assert [(e.name, e.data) for e in events] == [("a", "x"), ("", "y")]
    assert b"".join(e.raw for e in events) == stream


def test_feed_waits_for_what_follows_a_return():
    reader = Reader()
    assert reader.feed(b"data: x\r\r") == []
    assert [e.raw for e in reader.feed(b"\n")] == [b"data: x\r\r\n"]
    assert reader.finish() == []


def test_read_drops_one_order_mark_from_the_meaning_and_keeps_its_bytes():
    stream = b"\xef\xbb\xbfdata: x\n\n\xef\xbb\xbfdata: y\n\n"
    for size in (None, 1, 2):
        events = read(stream, size)
        assert [e.data for e in events] == ["x", None]
        assert b"".join(e.raw for e in events) == stream
    assert [e.raw for e in read(b"\xef\xbb\xbf\n\n", 1)] == [b"\xef\xbb\xbf\n", b"\n"]


def test_read_reports_what_is_not_utf8_and_goes_on():
    bad, good = read(b"data: \xc3\n\ndata: ok\n\n", 1)
    assert "not UTF-8 at byte 6" in bad.fault
    assert bad.data is None
    assert good.data == "ok"
    with pytest.raises(ValueError, match="cannot write"):
        write(bad)


def test_read_ignores_an_id_with_nul_and_a_retry_that_is_no_number():
    (event,) = read("id: a\0\nretry: ٣\nretry: 1x\ndata: z\n\n".encode())
    assert (event.id, event.retry, event.data) == (None, None, "z")
    assert event.ignored == ("id: a\0", "retry: ٣", "retry: 1x")
    assert read(b"retry: 1500\nretry: x\n\n")[0].retry == 1500


def test_read_names_the_lines_that_clients_ignore():
    (event,) = read(b"Data: hidden\ndata: x\nother\n\n")
    assert (event.data, event.ignored) == ("x", ("Data: hidden", "other"))
    assert write(event) == b"data: x\n\n"


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_a_line_and_an_event_may_be_as_long_as_allowed(end: bytes):
    stream = b"data: 1234" + end + end
    for size in (1, len(stream)):
        reader = Reader(most_line=10, most_event=len(stream))
        events = [e for at in range(0, len(stream), size) for e in reader.feed(stream[at:][:size])]
        assert [e.data for e in events + reader.finish()] == ["1234"]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_feed_refuses_long_lines_and_events_after_what_came_before(size: int):
    for rest, match in ((b"data: " + b"x" * 100, "line"), (b": y\n" * 60, "event")):
        reader, events = Reader(most_event=200, most_line=50), []
        stream = b"data: ok\n\n" + rest
        with pytest.raises(ValueError, match=match):  # noqa: PT012 - the call that raises varies
            for at in range(0, len(stream), size):
                events += reader.feed(stream[at : at + size])
            reader.finish()
        assert [e.data for e in events] == ["ok"]
        with pytest.raises(ValueError, match=match):
            reader.feed(b"\n\n")


def test_feed_takes_a_megabyte_byte_by_byte():
    stream = b"data: " + b"x" * 300_000 + b"\n\n"
    assert read(stream, 1) == [Event(data="x" * 300_000, raw=stream)]


def test_feed_after_finish_is_refused():
    reader = Reader()
    reader.finish()
    with pytest.raises(ValueError, match="finished"):
        reader.feed(b"")


@given(STREAMS, st.lists(st.integers(0, 80), max_size=6))
@settings(max_examples=150, deadline=None)
def test_reading_does_not_depend_on_the_cuts_and_loses_no_byte(stream: bytes, cuts: list[int]):
    whole = read(stream)
    assert read(stream, 1) == whole
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    reader = Reader()
    events = [e for low, high in pairwise(places) for e in reader.feed(stream[low:high])]
    assert events + reader.finish() == whole
    assert b"".join(e.raw for e in whole) == stream
    assert all(e.complete for e in whole[:-1])


LINE = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=8)


@given(LINE, st.text(st.characters(exclude_categories=["Cs"])), st.none() | LINE, LINE)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_as_one_event(name: str, data: str, own: str | None, comment: str):
    written = write(Event(name=name, data=data, id=own, retry=5, comments=(comment,)))
    (event,) = read(written)
    lines = data.replace("\r\n", "\n").replace("\r", "\n")
    assert (event.name, event.data, event.id) == (name, lines, own)
    assert (event.retry, event.comments, event.complete) == (5, (comment,), True)


@pytest.mark.parametrize(
    "event",
    [Event(name="a\ndata: x"), Event(id="\r"), Event(id="\0"), Event(comments=("a\n\nb",)),
     Event(data="\ud800"), Event(retry=-1), Event(data="x", complete=False)],
)  # fmt: skip
def test_write_refuses_what_could_be_an_injection(event: Event):
    with pytest.raises(ValueError):
        write(event)
