"""Places in a JSON body, as JSON pointers.

Source: RFC 6901, sections 3 (escapes) and 4 (evaluation).
"""

from __future__ import annotations

from typing import Any


def under(pointer: str, *steps: str | int) -> str:
    """Return the pointer to what stands under a place."""
    for step in steps:
        if isinstance(step, int):
            pointer = f"{pointer}/{step}"
        else:
            pointer = f"{pointer}/{step.replace('~', '~0').replace('/', '~1')}"
    return pointer


def value_at(body: Any, pointer: str) -> Any:
    """Return the value at a pointer. Raises ValueError where there is none."""
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r:.80}")
    value = body
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and _is_index(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            raise ValueError(f"nothing stands at {pointer!r:.200}")
    return value


def _is_index(name: str) -> bool:
    """Whether a step is an array index: digits without a leading zero."""
    return len(name) < 12 and name.isascii() and name.isdigit() and (name == "0" or name[0] != "0")
