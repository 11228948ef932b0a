"""Members of a body by type. Each raises ValueError, with the pointer, for a wrong one.

Null counts as absent, as it does in all three APIs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.gateway.wire.pointer import under
from charter.policy.labels.payload import kind_of

MAX_ANSWERS = 128
"""Of one request, `n`."""


def an_object(value: object, pointer: str) -> dict[str, Any]:
    """Return an object."""
    if isinstance(value, dict):
        return value
    raise wrong(value, pointer, "an object")


def a_list(value: object, pointer: str) -> list[Any]:
    """Return a list."""
    if isinstance(value, list):
        return value
    raise wrong(value, pointer, "a list")


def a_text(value: object, pointer: str) -> str:
    """Return text."""
    if isinstance(value, str):
        return value
    raise wrong(value, pointer, "text")


def text_of(owner: Mapping[str, Any], name: str, pointer: str) -> str | None:
    """Return a member that is text, or None where it is absent."""
    value = owner.get(name)
    return None if value is None else a_text(value, under(pointer, name))


def list_of(owner: Mapping[str, Any], name: str, pointer: str) -> list[Any]:
    """Return a member that is a list; empty where it is absent."""
    value = owner.get(name)
    return [] if value is None else a_list(value, under(pointer, name))


def object_of(owner: Mapping[str, Any], name: str, pointer: str) -> dict[str, Any] | None:
    """Return a member that is an object, or None where it is absent."""
    value = owner.get(name)
    return None if value is None else an_object(value, under(pointer, name))


def truth_of(owner: Mapping[str, Any], name: str) -> bool:
    """Return a truth value of the body itself; false where it is absent."""
    value = owner.get(name)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise wrong(value, f"/{name}", "true or false")


def answers_of(body: Mapping[str, Any]) -> int:
    """Return `n`; 1 where it is absent."""
    value = body.get("n")
    if value is None:
        return 1
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_ANSWERS:
        return value
    raise ValueError(f"/n: expected a whole number from 1 to {MAX_ANSWERS}")


def wrong(value: object, pointer: str, expected: str) -> ValueError:
    """Return the error for a value of a wrong type."""
    return ValueError(f"{shown(pointer)}: expected {expected}, not {kind_of(value)}")


def shown(pointer: str) -> str:
    """Return a pointer for one line of an error; the body's own is empty."""
    return ascii(pointer[:300])[1:-1] or "the body"
