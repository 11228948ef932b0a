"""Data of events <-> values. What is sent is always written anew from what was read.

So a client can read nothing else out of an event than was checked, such as the first of two
members of one name.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from charter.gateway.answers.encode import encode
from charter.gateway.wire.json_body import parse


def decode(data: str) -> dict[str, Any]:
    """Return the object an event carries. Raises ValueError where it carries no object."""
    try:
        value = parse(data)
    except ValueError:
        value = _slowly(data)
    if not isinstance(value, dict):
        raise ValueError("the data of an event is no object")  # noqa: TRY004 - of the upstream
    return value


def _slowly(data: str) -> Any:
    """Read what the quick parser does not: halves of surrogate pairs."""
    if "\\u" not in data:
        raise ValueError("the data of an event is not JSON")
    try:
        return json.loads(data, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("the data of an event is nested too deep") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"the data of an event has {name}")


def written(name: str, value: Any) -> bytes:
    """Return the bytes of an event; without a name it has data only."""
    data = b"data: %b\n\n" % encode(value)
    return b"event: %b\n%b" % (name.encode(), data) if name else data
