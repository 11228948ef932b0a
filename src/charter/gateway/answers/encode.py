"""Values -> JSON."""

from __future__ import annotations

import json
from typing import Any

import orjson


def encode(value: Any) -> bytes:
    """Return the JSON of a value, in one line."""
    try:
        return orjson.dumps(value)
    except TypeError:  # whole numbers of more than 64 bits; nested deeper than orjson goes
        return json.dumps(value, separators=(",", ":")).encode()
