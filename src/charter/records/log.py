"""The log of another tool that goes with a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogAttached:
    """A log of another tool that a run was taken from, or that was written beside it."""

    run: str
    at: str
    log: str
    """Name of the file, without its folder."""
    digest: str
    """SHA-256 of the file."""
    task: str
    status: str
    """How the log says that it ended: success, error, cancelled or started."""
    taken: bool
    """Whether the run was read from it; otherwise it was written with the run."""
    packages: tuple[tuple[str, str], ...]
    """Name and version of what made the replies."""
    declared: int
    """Replies that the log says it is about."""
    present: int
    """Replies that are in it."""
    notes: tuple[str, ...]
    """What is missing or was changed, in words."""
