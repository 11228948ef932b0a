"""Members of an event by type. What is of a wrong one ends the stream.

Null counts as absent, as it does in all three APIs.
"""

from __future__ import annotations

from typing import Any


class Broken(Exception):
    """The answer cannot go on: a stable name of why."""


def text_at(owner: dict[str, Any], name: str) -> str:
    """Return a member that is text; empty where it is absent. Raises Broken for another type."""
    value = owner.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Broken("upstream_garbage")
    return value


def object_at(owner: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a member that is an object; empty where it is absent. Raises Broken."""
    value = owner.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Broken("upstream_garbage")
    return value


def list_at(owner: dict[str, Any], name: str) -> list[Any]:
    """Return a member that is a list; empty where it is absent. Raises Broken."""
    value = owner.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Broken("upstream_garbage")
    return value


def index_at(owner: dict[str, Any], name: str, most: int) -> int:
    """Return a member that counts places. Raises Broken for another type and beyond `most`."""
    value = owner.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < most:
        raise Broken("upstream_garbage")
    return value
