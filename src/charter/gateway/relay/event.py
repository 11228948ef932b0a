"""Data of events <-> values. What is sent is always written anew from what was read.

So a client can read nothing else out of an event than was checked, such as the first of two
members of one name. Halves of surrogate pairs, which some servers cut texts into, are joined.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import orjson

from charter.gateway.answers.encode import encode


def decode(data: str) -> dict[str, Any]:
    """Return the object an event carries. Raises ValueError where it carries no object."""
    try:
        value = orjson.loads(data)
    except ValueError:
        value = _slowly(data)
    if not isinstance(value, dict):
        raise ValueError("the data of an event is no object")  # noqa: TRY004 - of the upstream
    return value


def _slowly(data: str) -> Any:
    """Read what orjson does not: halves of surrogate pairs."""
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


def joined_halves(text: str) -> tuple[str, str]:
    """Return a text with pairs of halves joined, and a high half at its end that may be one.

    Halves alone become U+FFFD.
    """
    half = text[-1] if "\ud800" <= text[-1:] < "\udc00" else ""
    text = text.removesuffix(half)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text, half


def whole_text(text: str) -> str:
    """Return a text in which no half of a pair is left."""
    made, half = joined_halves(text)
    return made + "\ufffd" * bool(half)
