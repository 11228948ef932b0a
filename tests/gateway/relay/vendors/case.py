"""One answer in the shape of a vendor's server, streamed or whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from charter.gateway.wire.asked import Api

TOOL = "weather"
"""The name of the tool that calls of all cases are of, where it can be chosen."""


@dataclass(frozen=True)
class Case:
    """See above. One of `events` and `body` is given."""

    api: Api
    name: str
    events: tuple[Any, ...] = ()
    """Data of events; a text is a line of the stream as it stands."""
    body: Any = None
    lost: frozenset[str] = frozenset()
    """Members that are left out by design: see the limits in `docs/gateway.md`."""

    def __str__(self) -> str:
        return f"{self.api.value}-{self.name}-{'whole' if self.body is not None else 'stream'}"
