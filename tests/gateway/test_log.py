import io
import json
import logging
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.gateway.log import FIELDS, MAX_VALUE, Log, fields_of, take_over
from charter.records.stop import StopOrdered


def said(*events, secrets=(), level="info", **given):
    stream = io.StringIO()
    log = Log(stream, secrets=secrets, level=level, now=lambda: 1.5, **given)
    for kind, event, fields in events:
        log.say(kind, event, **fields)
    log.close()
    return stream.getvalue()


def test_a_line_is_one_json_object():
    text = said(("info", "request", {"api": "openai-chat", "status": 200, "hint": None}), run="s_1")
    assert json.loads(text) == {
        "at": "1970-01-01T00:00:01.500Z",
        "level": "info",
        "event": "request",
        "run": "s_1",
        "api": "openai-chat",
        "status": 200,
    }


def test_levels_below_the_least_are_not_written():
    assert said(("debug", "x", {}), ("info", "y", {}), level="warning") == ""


@pytest.mark.parametrize("name", ["text", "content", "prompt", "authorization", "key", "messages"])
def test_content_and_keys_have_no_field(name):
    log = Log(io.StringIO())
    with pytest.raises(ValueError, match="no field"):
        log.say("info", "x", **{name: "a"})
    log.close()
    assert name not in FIELDS


@given(st.text(max_size=200))
def test_no_value_begins_another_line(text):
    line = said(("info", "x", {"reason": text, "model": text}))
    assert line.count("\n") == 1
    assert line.isascii()
    assert all(c.isprintable() for c in line[:-1])
    json.loads(line)


@pytest.mark.parametrize(
    "text",
    [
        "Bearer abcdefgh12345",
        "the key sk-proj-abc123DEF456 was wrong",
        "api_key=abcdefgh",
        'Authorization: "Basic dXNlcjpwYXNz"',
        "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl",
        "upstream said Tr0ub4dor",
    ],
)
def test_keys_are_never_written(text):
    line = said(("info", "x", {"reason": text}), secrets=("Tr0ub4dor",))
    assert "[secret]" in line
    for part in ("abcdefgh", "abc123", "dXNlcjpw", "c2lnbmF0", "Tr0ub4dor"):
        assert part not in line


def test_values_are_bounded():
    line = json.loads(said(("info", "x", {"reason": "a" * 10_000})))
    assert len(line["reason"]) == MAX_VALUE + 1


def test_a_closed_stream_is_no_error():
    stream = io.StringIO()
    stream.close()
    log = Log(stream)
    log.say("info", "x")
    log.close()


class Stuck(io.StringIO):
    """A pipe that nobody reads until it is told to go on."""

    def __init__(self, event):
        super().__init__()
        self.event = event

    def write(self, text):
        self.event.wait(5)
        return super().write(text)


def test_a_full_log_never_waits_and_says_what_was_lost(monkeypatch):
    monkeypatch.setattr("charter.gateway.log.MAX_WAITING", 5)
    go = threading.Event()
    stream = Stuck(go)
    log = Log(stream)
    for _ in range(20):
        log.say("info", "x")
    go.set()
    while not log._waiting.empty():
        pass
    log.say("info", "y")
    log.close()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert lines[-1]["lost"] + len(lines) - 1 == 20


def test_what_exports_telemetry_writes_no_lines_of_its_own(capsys):
    stream = io.StringIO()
    log = Log(stream)
    take_over(log)
    logging.getLogger("opentelemetry.exporter.otlp").warning("no collector answers")
    log.close()
    assert json.loads(stream.getvalue())["reason"] == "no collector answers"
    assert capsys.readouterr().err == ""


def test_libraries_say_first_lines_only():
    stream = io.StringIO()
    log = Log(stream)
    take_over(log, "charter.test.library")
    logger = logging.getLogger("charter.test.library")
    try:
        int("the user said hello")
    except ValueError:
        logger.exception("it failed\nbody: hello")
    log.close()
    line = json.loads(stream.getvalue())
    assert line["reason"] == "it failed (ValueError)"
    assert line["event"] == "library.charter.test.library"
    logger.handlers.clear()


def test_records_say_their_known_fields():
    record = StopOrdered("stp_1", "2026-01-01T00:00:00.000Z", "all", "", "ann", "because")
    assert fields_of(record) == {"reason": "because", "run": "stp_1"}
