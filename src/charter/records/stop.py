"""People stopping and resuming. `run` is the id of the stop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StopOrdered:
    """Nothing in its reach is served from now on, running streams included."""

    run: str
    at: str
    reach: str
    """all, app or tool."""
    name: str
    """Application or tool; empty for all."""
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class StopLifted:
    """A stop came to its end."""

    run: str
    at: str
    by: str
    reason: str
