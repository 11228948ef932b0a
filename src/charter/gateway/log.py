"""Structured logs: one JSON object a line, without content and without keys.

Lines are ASCII, so nothing that a client sends can begin a line or steer a terminal. Fields are
those of a fixed list, whose values are bounded and never the text of a request or an answer. They
are written by a thread of their own: a log that nobody reads cannot hold up a request; lines that
find no room are counted, and the next line says how many.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from queue import Full, Queue
from typing import Any, TextIO

FIELDS = frozenset(
    {
        "api", "application", "approval", "bytes", "caller", "check", "decision", "done", "effect",
        "exchange", "failure", "hint", "method", "micros", "model", "number", "path", "policy",
        "reason", "records", "retry", "run", "section", "seconds", "sequence", "stage", "status",
        "stop", "streamed", "tool", "upstream", "version",
    }
)  # fmt: skip
"""Names that a line may have beside `at`, `level` and `event`; none of them holds content."""
MAX_VALUE = 300
"""Characters of one value."""
MAX_WAITING = 10_000
"""Lines that wait to be written."""
LEVELS = ("debug", "info", "warning", "error")

_SECRETS = re.compile(
    r"(?i)\b(?:bearer|basic)\s{1,4}[^\s\"',;]{4,4096}"
    r"|\b(?:sk|ck|pk|rk|key|xox[abp]|gh[pousr]|AKIA)[-_][A-Za-z0-9_\-.]{8,4096}"
    r"|\beyJ[A-Za-z0-9_\-]{8,4096}\.[A-Za-z0-9_\-.]{8,4096}"
    r"|(?:api[-_]?key|authorization|password|secret|token)[\"']?\s{0,4}[:=]\s{0,4}[^\s\"',;]{1,4096}"
)
_HIDDEN = "[secret]"


class Log:
    """Writes lines to a stream. `secrets` are never written, wherever they stand."""

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        level: str = "info",
        run: str = "",
        secrets: tuple[str, ...] = (),
        now: Callable[[], float] | None = None,
    ) -> None:
        """`now` gives seconds since 1970; without it the wall clock does. Raises ValueError."""
        self._stream = stream if stream is not None else sys.stderr
        self._least = LEVELS.index(level)
        self._run = run
        self._secrets = tuple(secret for secret in secrets if len(secret) >= 4)
        self._now = now
        self._waiting: Queue[str | None] = Queue(MAX_WAITING)
        self._lost = 0
        self._thread = threading.Thread(target=self._write, name="charter-log", daemon=True)
        self._thread.start()

    def wants(self, level: str) -> bool:
        """Whether a line of this level would be written."""
        return LEVELS.index(level) >= self._least

    def say(self, level: str, event: str, **fields: object) -> None:
        """Write one line. Raises ValueError for a field that is not one of FIELDS."""
        if not FIELDS.issuperset(fields):
            raise ValueError(f"no field of a log: {', '.join(sorted(set(fields) - FIELDS))}")
        if LEVELS.index(level) < self._least:
            return
        line: dict[str, object] = {"at": self._moment(), "level": level, "event": event}
        if self._run:
            line["run"] = self._run
        line |= {name: self._value(value) for name, value in fields.items() if value is not None}
        if self._lost:
            line["lost"] = self._lost
        try:
            self._waiting.put_nowait(json.dumps(line, ensure_ascii=True) + "\n")
        except Full:
            self._lost += 1
        else:
            self._lost = 0

    def close(self) -> None:
        """Write what waits, for at most two seconds, and end."""
        with suppress(Full):
            self._waiting.put(None, timeout=2)
        self._thread.join(timeout=2)

    def _value(self, value: object) -> object:
        if isinstance(value, bool | int | float):
            return value
        text = str(value)[: MAX_VALUE * 4]
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        text = _SECRETS.sub(_HIDDEN, text)
        return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"

    def _moment(self) -> str:
        at = datetime.now(UTC) if self._now is None else datetime.fromtimestamp(self._now(), UTC)
        return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"

    def _write(self) -> None:
        while (line := self._waiting.get()) is not None:
            # A stream that is closed or full is no reason to stop serving.
            with suppress(OSError, ValueError):
                self._stream.write(line)
                if self._waiting.empty():
                    self._stream.flush()


class Handler(logging.Handler):
    """Takes in what libraries log: first lines and the types of errors.

    Their other lines, tracebacks and the words of errors may quote what a client sent.
    """

    def __init__(self, log: Log) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record of the standard library as a line."""
        level = record.levelname.lower()
        reason = (record.getMessage().splitlines() or [""])[0]
        if record.exc_info and record.exc_info[0] is not None:
            reason = f"{reason} ({record.exc_info[0].__name__})"
        known = level if level in LEVELS else "error"
        self._log.say(known, f"library.{record.name}"[:80], reason=reason)


def take_over(log: Log, *names: str) -> None:
    """Let the loggers of libraries write into `log`, and nowhere else."""
    handler = Handler(log)
    for name in names or ("uvicorn", "uvicorn.error", "aiohttp", "asyncio", "opentelemetry"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False


def fields_of(record: Any) -> Mapping[str, object]:
    """Return what a log says of a record: those of its fields that are in FIELDS."""
    names = FIELDS.intersection(getattr(type(record), "__slots__", ()))
    return {name: getattr(record, name) for name in sorted(names)}
