"""What is judged: one request, who sends it, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from charter.gateway.served import Caller
from charter.gateway.wire.asked import Asked
from charter.ledger.board import Board


class Occasion(NamedTuple):
    """One exchange, at its beginning."""

    id: str
    """Of the exchange; not to be guessed before it is made."""
    run: str
    """Of the service."""
    caller: Caller
    asked: Asked
    body: Mapping[str, Any]
    """Parsed, as it came: with its `charter` member."""
    at: str
    """The time, as records hold it."""
    now: float
    retry: int = 0
    subject: str = ""
    board: Board | None = None
    """Approvals and stops; looked at again for every call. None: there are none."""
    clock: Callable[[], float] | None = None
    """For what is decided later than the request; None: all of it at `now`."""
    payload: str = ""
    """Id that the payload will have if it is kept; empty: none is, and nothing commits to it."""
    anew: bool = False
    """Whether an answer that was held is not to be had: the request is judged as a new one."""
    sparing: bool = False
    """Whether the payload is kept only where something was not plainly allowed: decisions that
    allow then name no payload and commit to nothing."""
