"""The time that a sample is drawn from, as people write it -> as records have it."""

from __future__ import annotations

from charter.errors import ConfigError
from charter.govern.instants import required, written_ms


def period(since: str, until: str | None, now: str) -> tuple[str, str]:
    """Return the beginning and the end, which is not in it.

    Raises ConfigError for what is no time, lies ahead, or ends before it begins.
    """
    start = _moment(since, "--since")
    end = moment_of(until, "--until") or now
    if end > now:
        raise ConfigError(f"--until {end} lies ahead", hint="draw once it has passed")
    if start >= end:
        raise ConfigError(f"--since {start} is not before --until {end}")
    return start, end


def moment_of(text: str | None, option: str) -> str | None:
    """Return a day or a time as records have it; None for none. Raises ConfigError."""
    return None if text is None else _moment(text, option)


def _moment(text: str, option: str) -> str:
    return written_ms(
        required(f"{text}T00:00:00Z" if len(text) == len("2026-01-31") else text, option)
    )
