"""Server-sent events, read from chunks of bytes and written again.

Every byte that is read belongs to the `raw` of exactly one event, so that an event nobody
changed can be forwarded byte for byte.
Source: WHATWG HTML, 9.2.5 (parsing) and 9.2.6 (interpretation of an event stream).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_EVENT = 16 * 1024 * 1024
"""Bytes of one event, unless the reader is told otherwise."""
MOST_LINE = 16 * 1024 * 1024
"""Bytes of one line without its end, unless the reader is told otherwise."""

_LINE_END_BYTE = re.compile(rb"[\r\n]")
_LINE_END = re.compile(r"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"
_FORBIDDEN = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Event:
    """One block of a stream, up to and with the empty line that ends it."""

    name: str = ""
    """Value of the last `event` line; empty means `message`."""
    data: str | None = None
    r"""Values of the `data` lines joined by `\n`; None without such a line: clients see nothing."""
    id: str | None = None
    """Value of the last `id` line of this block, None without one."""
    retry: int | None = None
    """Milliseconds of the last `retry` line."""
    comments: tuple[str, ...] = ()
    """Lines that begin with a colon, without it and without one space after it."""
    ignored: tuple[str, ...] = ()
    """Other lines, which clients ignore, whole: `raw` carries them, `write` leaves them out."""
    raw: bytes = b""
    """The block exactly as received, with line ends and, in the first one, a byte order mark."""
    complete: bool = True
    """False where the stream ended before the empty line; clients drop such an event."""
    fault: str = ""
    """Why the block cannot be read (it is not UTF-8); everything but `raw` is empty then."""


class Reader:
    """Reads events as bytes arrive, in time linear in the stream, however it is cut.

    Raises ValueError, for good, when a line or an event is longer than allowed. Events that came
    whole before it in the same chunk are returned first; the next call raises.
    """

    def __init__(self, *, most_event: int = MOST_EVENT, most_line: int = MOST_LINE) -> None:
        self._most_event = most_event
        self._most_line = most_line
        self._buffer = bytearray()
        """What belongs to no returned event yet: it begins where an event begins."""
        self._line = 0
        """Where in the buffer the line begins that has no end yet."""
        self._seen = 0
        """Up to where the buffer was searched for a line end."""
        self._first = True
        self._problem = ""
        self._finished = False

    def feed(self, chunk: bytes) -> list[Event]:
        """Return the events that `chunk` completes. A CR at its end waits for what follows."""
        if self._finished:
            raise ValueError("the event stream was already finished")
        if self._problem:
            raise ValueError(self._problem)
        self._buffer += chunk
        return self._read(final=False)

    def finish(self) -> list[Event]:
        """Return what is left at the end of the stream; an event without its end says so."""
        if self._problem:
            raise ValueError(self._problem)
        self._finished = True
        events = self._read(final=True)
        if self._buffer and not self._problem:
            events.append(_parse(bytes(self._buffer), first=self._first, complete=False))
            self._buffer.clear()
        return events

    def _read(self, *, final: bool) -> list[Event]:
        events: list[Event] = []
        buffer, start = self._buffer, 0
        while (end := self._line_end(final=final)) is not None:
            stop, after = end
            if self._too_long(stop, after, start):
                break
            empty = stop == self._line + (3 * self._marked(start) if self._line == start else 0)
            self._line = self._seen = after
            if empty:
                events.append(_parse(bytes(buffer[start:after]), first=self._first, complete=True))
                self._first = False
                start = after
        else:
            self._too_long(self._seen, len(buffer), start)
        if start:
            del buffer[:start]
            self._line -= start
            self._seen -= start
        if self._problem and not events:
            raise ValueError(self._problem)
        return events

    def _line_end(self, *, final: bool) -> tuple[int, int] | None:
        """Return where the next line stops and where the one after it begins, once known."""
        found = _LINE_END_BYTE.search(self._buffer, self._seen)
        if found is None:
            self._seen = len(self._buffer)
            return None
        stop = found.start()
        if self._buffer[stop] == ord("\n"):
            return stop, stop + 1
        if stop + 1 == len(self._buffer) and not final:
            self._seen = stop
            return None
        return stop, stop + 1 + (self._buffer[stop + 1 : stop + 2] == b"\n")

    def _marked(self, start: int) -> bool:
        """Say whether the event that begins at `start` begins with the stream's order mark."""
        return self._first and self._buffer.startswith(_BOM, start)

    def _too_long(self, stop: int, after: int, start: int) -> bool:
        if stop - self._line > self._most_line:
            self._problem = f"a line of the event stream is longer than {self._most_line} bytes"
        elif after - start > self._most_event:
            self._problem = f"an event of the stream is longer than {self._most_event} bytes"
        return bool(self._problem)


def write(event: Event) -> bytes:
    r"""Return the bytes of an event that says what `event` says; its `raw` is not looked at.

    Data may hold any line ends: each line becomes a `data` line, read back with `\n` between.
    Raises ValueError where a name, id or comment holds a line end or NUL, where a text has no
    UTF-8 form or `retry` is negative, and for an event that was not read whole.
    """
    _check(event)
    lines = [f": {comment}" for comment in event.comments]
    if event.name:
        lines.append(f"event: {event.name}")
    if event.id is not None:
        lines.append(f"id: {event.id}")
    if event.retry is not None:
        lines.append(f"retry: {event.retry:d}")
    if event.data is not None:
        lines += [f"data: {line}" for line in _LINE_END.split(event.data)]
    try:
        return ("\n".join(lines) + "\n\n").encode() if lines else b"\n"
    except UnicodeEncodeError as cause:
        raise ValueError(f"an event has no UTF-8 form: {cause.reason}") from None


def _check(event: Event) -> None:
    """Raise ValueError where an event cannot be written as one."""
    if event.fault or not event.complete:
        raise ValueError(f"cannot write an event that was not read: {event.fault or 'unfinished'}")
    for what, value in (("name", event.name), ("id", event.id or ""), *(
        ("comment", comment) for comment in event.comments
    )):  # fmt: skip
        if _FORBIDDEN.search(value):
            raise ValueError(f"the {what} of an event holds a line end or NUL: {value[:80]!r}")
    if event.retry is not None and event.retry < 0:
        raise ValueError(f"an event cannot ask to retry after {event.retry} ms")


def _parse(raw: bytes, *, first: bool, complete: bool) -> Event:
    """Return the event of one block; `first` says that it begins the stream."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as cause:
        fault = f"not UTF-8 at byte {cause.start} of the event: {cause.reason}"
        return Event(raw=raw, complete=complete, fault=fault)
    known = {"event": "", "id": None, "retry": None}
    data: list[str] = []
    comments: list[str] = []
    ignored: list[str] = []
    for line in _LINE_END.split(text.removeprefix("\ufeff") if first else text):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field in known and _counts(field, value):
            known[field] = value
        elif field:
            ignored.append(line)
        elif line:
            comments.append(value)
    return Event(
        name=known["event"] or "",
        data="\n".join(data) if data else None,
        id=known["id"],
        retry=int(known["retry"]) if known["retry"] else None,
        comments=tuple(comments),
        ignored=tuple(ignored),
        raw=raw,
        complete=complete,
    )


def _counts(field: str, value: str) -> bool:
    """Say whether a value is one that its field can have; another is ignored."""
    if field == "retry":
        return value.isascii() and value.isdigit() and len(value) <= 15
    return field != "id" or "\0" not in value
