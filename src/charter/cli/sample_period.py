"""The time that a sample is drawn from, as people write it -> as records have it."""

from __future__ import annotations

from charter.errors import ConfigError
from charter.govern.objectives.moment import required, written


def period(since: str, until: str | None, now: str) -> tuple[str, str]:
    """Return the beginning and the end, which is not in it.

    Raises ConfigError for what is no time, lies ahead, or ends before it begins.
    """
    start = _moment(since, "--since")
    end = now if until is None else _moment(until, "--until")
    if end > now:
        raise ConfigError(f"--until {end} lies ahead", hint="draw once it has passed")
    if start >= end:
        raise ConfigError(f"--since {start} is not before --until {end}")
    return start, end


def _moment(text: str, option: str) -> str:
    return written(
        required(f"{text}T00:00:00Z" if len(text) == len("2026-01-31") else text, option)
    )
