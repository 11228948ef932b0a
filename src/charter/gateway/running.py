"""Exchanges under way: what can end one from outside, and by when it must have gone on.

Nobody waits on a timer of its own. A sweep asks all of them several times a second whether their
time is up or their client has gone, which costs a request next to nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from charter.records.stop import StopOrdered

SWEEP = 0.1
"""Seconds between two sweeps."""

GONE, SLOW, BODY_LATE = "client_gone", "client_slow", "body_late"
STOPPED, ENDING = "stopped", "shutdown"


class Cut(Exception):
    """The exchange was ended from outside; `why` is a stable name."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Running:
    """One exchange under way."""

    __slots__ = ("application", "deadline", "gone", "late", "open", "stop", "task", "tools", "why")

    def __init__(self, task: asyncio.Task[Any], gone: Callable[[], bool] | None) -> None:
        self.task = task
        self.gone = gone
        self.application = ""
        self.tools: frozenset[str] = frozenset()
        self.why = ""
        """Why it was ended; empty while it was not."""
        self.stop: StopOrdered | None = None
        self.open = False
        """Whether it waits for something that may be broken off."""
        self.deadline = 0.0
        """Of the loop's clock; 0: none."""
        self.late = ""
        """Why, when the deadline has passed."""

    def cut(self, why: str) -> None:
        """End it: at once where it waits, else at its next wait. The first reason counts."""
        if self.why:
            return
        self.why = why
        if self.open:
            self.task.cancel()

    def waiting(self, deadline: float, late: str) -> Self:
        """Wait, in a `with` block, for something that may be broken off. Raises Cut."""
        if self.why:
            raise Cut(self.why)
        self.deadline, self.late, self.open = deadline, late, True
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.open, self.deadline = False, 0.0
        if self.why and kind is asyncio.CancelledError:
            self.task.uncancel()
            raise Cut(self.why) from None


def sweep(running: Iterable[Running], now: float) -> None:
    """End what is late, and whose client has gone."""
    for one in running:
        if one.deadline and now > one.deadline:
            one.cut(one.late)
        elif one.gone is not None and not one.why and one.gone():
            one.cut(GONE)


def watch(receive: Any) -> Callable[[], bool] | None:
    """Return what tells whether a client has gone, where the server shows it without waiting.

    uvicorn's `receive` is a method of the request's own state, which knows.
    """
    cycle: Any = getattr(receive, "__self__", None)
    if not hasattr(cycle, "disconnected") or not hasattr(cycle, "response_complete"):
        return None
    return lambda: bool(cycle.disconnected)
