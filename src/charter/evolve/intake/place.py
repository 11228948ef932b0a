"""Where in a file something is, and what was found there."""

from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn

from charter.errors import ConfigError
from charter.source import Finding, Location, Severity, Span

SHOWN = 5
"""Keys that a finding names; it counts the others."""


def at_line(path: str, line: int = 1) -> Location:
    """Return the place of a whole line."""
    return Location(path, line, 1, line, 1, Span(0, 0))


def refuse(path: str, line: int, what: str, hint: str) -> NoReturn:
    """Raise ConfigError that names file and line."""
    raise ConfigError(what, hint=hint, place=at_line(path, line))


def finding(  # noqa: PLR0913 - all of it is what a finding says
    rule: str,
    path: str,
    message: str,
    *,
    about: Collection[str] = (),
    hint: str | None = None,
    severe: bool = True,
) -> Finding:
    """Return what did not add up in a file as a whole.

    Messages are published beside the figures: they count, and neither name somebody who took part
    nor quote what was written. Such keys are `about`; they go into the hint, which only whoever
    reads the files is shown. No line: that would change with the order of rows, which nothing that
    was read may do.
    """
    severity = Severity.WARNING if severe else Severity.INFO
    said = "; ".join(each for each in (some(about), hint or "") if each)
    return Finding(f"voices/{rule}", severity, message, at_line(path), said or None)


def some(keys: Collection[str]) -> str:
    """Return the first few keys of many, sorted, and how many more there are."""
    shown = ", ".join(f"{key:.60}" for key in sorted(keys)[:SHOWN])
    more = len(keys) - SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
