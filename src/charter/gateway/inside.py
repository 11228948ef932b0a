r"""The texts that a JSON text holds: what whoever parses it reads.

Where nothing is escaped each of them stands in the JSON as it is. An escape hides what it stands
for: `\u0041` is an A, and `\n` puts a letter beside the word that follows it.
"""

from __future__ import annotations

import json
from typing import Any

BETWEEN = "\n\0\0\0\0\n"
"""Between two texts, so that no pattern takes them for one."""


def inside(text: str) -> str:
    """Return the texts in JSON, names of members too; empty where none differs, or it is no JSON.

    Raises RecursionError where it is nested too deep to be read.
    """
    if "\\" not in text:
        return ""
    try:
        stack = [json.loads(text, object_pairs_hook=_flat)]
    except ValueError:
        return ""
    found: list[str] = []
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, list):
            stack += reversed(one)
    return BETWEEN.join(found)


def _flat(pairs: list[tuple[str, Any]]) -> list[Any]:
    """Return names and values in order, those of a name that is given twice as well."""
    return [each for pair in pairs for each in pair]
