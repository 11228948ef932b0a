"""Numbers and times as files have them -> exact decimals and times with a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from charter.errors import ConfigError
from charter.govern.instants import parse

MOST_DIGITS = 12
"""Of a number, on each side of the point: differences of two fit into the 28 digits that `decimal`
reckons with, so that nothing is ever rounded."""
_WRITTEN = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)
_DOUBLE_DIGITS = 15
"""A double holds as many exactly as they were written, and no more."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def exact(given: object) -> Decimal:
    """Return the decimal that was written. Raises ValueError for what is none, or too long."""
    text = _text(given)
    if not _WRITTEN.fullmatch(text):
        raise ValueError("it is no decimal number such as 0.6, of at most 12 digits on each side")
    return Decimal(text)


def _text(given: object) -> str:
    if isinstance(given, bool):
        raise ValueError("a truth value is no number")  # noqa: TRY004 - pydantic takes these alone
    if isinstance(given, int) and abs(given) < 10**MOST_DIGITS:
        return str(given)
    if isinstance(given, float):
        number = Decimal(repr(given))
        if not number.is_finite():
            raise ValueError("it is not finite")
        if len(number.as_tuple().digits) > _DOUBLE_DIGITS:
            raise ValueError("it has more than 15 digits: write it in quotes")
        return format(number, "f")
    if isinstance(given, Decimal):
        if not given.is_finite() or abs(given.adjusted()) > MOST_DIGITS:
            raise ValueError("it is no decimal number of at most 12 digits on each side")
        return format(given, "f")
    if isinstance(given, str):
        return given.strip()
    raise ValueError("it is no number")


def moment(given: object) -> datetime:
    """Return a time, in UTC. A day alone means its first moment in UTC.

    Raises ValueError for what is neither a day nor a time with its zone.
    """
    text = given.strip().upper() if isinstance(given, str) else ""
    try:
        return parse(text, UTC if _DAY.fullmatch(text) else None)
    except ConfigError:
        said = "it is no day such as 2027-01-31 and no time with its zone"
        raise ValueError(said) from None


def last_moment(given: object) -> datetime:
    """Return when something that is good until `given` ends: a day alone counts to its end."""
    found = moment(given)
    whole_day = isinstance(given, str) and _DAY.fullmatch(given.strip())
    return found + timedelta(days=1) if whole_day else found


Exact = Annotated[Decimal, BeforeValidator(exact)]
Moment = Annotated[datetime, BeforeValidator(moment)]
LastMoment = Annotated[datetime, BeforeValidator(last_moment)]
