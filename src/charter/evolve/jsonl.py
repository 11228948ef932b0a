"""Records -> JSON Lines: one object a line, UTF-8, the same bytes for the same records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def line(record: Mapping[str, Any]) -> str:
    """Return one record as one line without its end; half surrogate pairs become a question mark.

    Line separators other than the line feed are escaped: some readers would split there.
    """
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.encode("utf-8", "replace").decode()
    for character in ("\x85", "\u2028", "\u2029"):
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def lines(records: Iterable[Mapping[str, Any]]) -> str:
    """Return a whole file."""
    return "".join(f"{line(record)}\n" for record in records)
