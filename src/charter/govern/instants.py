"""Texts <-> instants: RFC 3339 in records, wall-clock times of a place where people type them.

What counts by the minute has instants as whole milliseconds since 1970, UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from charter.errors import ConfigError

MOST = 40
"""Characters of a time."""
FIRST_YEAR, LAST_YEAR = 1970, 9000
"""Times outside are a slip of the pen, and leave no room to count a deadline."""
_SHAPE = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,6})?)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
MINUTE_MS = 60_000
_START = datetime(1970, 1, 1, tzinfo=UTC)
_HINT = "write it as 2026-01-31T14:00:00Z, with the offset of its place"


def instant(text: str) -> datetime | None:
    """Return a time of a record, in UTC; None for a text that is none."""
    try:
        return parse(text)
    except ConfigError:
        return None


def parse(text: str, zone: tzinfo | None = None) -> datetime:
    """Return a time that a person wrote, in UTC.

    Without an offset it is the wall clock of `zone`; there it has to exist, and once only.
    Raises ConfigError.
    """
    text = text.strip()
    if len(text) > MOST or not _SHAPE.fullmatch(text):
        raise ConfigError(f"not a time: {text[:MOST]!r}", hint=_HINT)
    try:
        found = datetime.fromisoformat(text.replace(",", "."))
        if found.tzinfo is None:
            found = _placed(found, zone)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ConfigError(f"not a time that is meant: {text!r}", hint=_HINT)
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as cause:
        raise ConfigError(f"not a time: {text!r}", hint=_HINT) from cause


def _placed(wall: datetime, zone: tzinfo | None) -> datetime:
    if zone is None:
        raise ConfigError(f"whose clock showed {wall.isoformat()}?", hint=_HINT)
    early, late = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    shown = {each.astimezone(UTC).astimezone(zone).replace(tzinfo=None) for each in (early, late)}
    if wall not in shown:
        raise ConfigError(
            f"no clock in {zone} showed {wall.isoformat()}: the hour was left out", hint=_HINT
        )
    if early.utcoffset() != late.utcoffset():
        raise ConfigError(f"clocks in {zone} showed {wall.isoformat()} twice", hint=_HINT)
    return early


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its name in the IANA data base. Raises ConfigError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as cause:
        raise ConfigError(
            f"no time zone {name[:60]!r}", hint="name it as Europe/Berlin or America/New_York"
        ) from cause


def written(moment: datetime) -> str:
    """Return an instant as records have it: UTC, RFC 3339 to the millisecond."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def shown(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return an instant as people read it, to the minute: in `zone` with its offset, else UTC."""
    if zone is None:
        return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    local = moment.astimezone(zone)
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:5]}"


def milliseconds(text: str) -> int | None:
    """Return a time of RFC 3339 as milliseconds; None where it is none, or without a zone."""
    if len(text) > MOST:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found - _START) // timedelta(milliseconds=1)
    except (ValueError, TypeError, OverflowError):  # a TypeError without a zone
        return None


def required(text: str, what: str) -> int:
    """Return milliseconds. Raises ConfigError where a text is no time with its zone."""
    found = milliseconds(text)
    if found is None:
        raise ConfigError(
            f"{what}: {text[:MOST]!r} is no time", hint="such as 2026-01-31T23:59:59Z"
        )
    return found


def written_ms(moment: int) -> str:
    """Return milliseconds as records write times."""
    return written(_START + timedelta(milliseconds=moment))
