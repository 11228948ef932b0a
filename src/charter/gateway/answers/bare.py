"""What of a body holds no text: it may pass without a check.

A string is text, whatever its member is called, unless the member is known to hold a name, an id
or a setting; those are short. Keys are text where they do not look like names of members.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

MOST_ID = 256
"""Characters of a known member that holds a name or an id."""
MOST_CALL_ID = 16_384
"""Of the id of a call, which is looked at with it: some servers carry signatures there."""
_DEEPEST = 12
_FEWEST_DIGITS = 7
"""Of a number that could be what a pattern looks for."""
_NUMBER_BITS = 128
"""Of a whole number; one of more could spell a text too."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{0,63}")
_SEALED = re.compile(r"[A-Za-z0-9+/=_:.-]*")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}")


def bare(value: Any, depth: int = 0) -> bool:
    """Say whether a value holds no text at all: numbers, truth values, null, objects of those.

    Numbers in a list may spell a text, as the ids of its tokens do, or its bytes.
    """
    if isinstance(value, str):
        return not value
    if isinstance(value, dict):
        return depth < _DEEPEST and all(
            _NAME.fullmatch(key) and bare(one, depth + 1) for key, one in value.items()
        )
    if isinstance(value, list):
        return depth < _DEEPEST and all(
            bare(one, depth + 1) and (one is None or isinstance(one, bool | dict | list | str))
            for one in value
        )
    return not isinstance(value, int) or value.bit_length() <= _NUMBER_BITS


def passes(name: str, value: Any) -> bool:
    """Say whether a member that no API has may pass: its name is one, and its value bare."""
    return _NAME.fullmatch(name) is not None and bare(value)


def is_word(value: object) -> bool:
    """Say whether a value is one word of a fixed list, as settings and types are."""
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def is_id(value: object, most: int = MOST_ID) -> bool:
    """Say whether the value of a known member can be a name or an id, or is no text.

    They are short, and have no blanks as sentences have.
    """
    if isinstance(value, str):
        return len(value) <= most and " " not in value and value.isprintable()
    return value is None or (isinstance(value, int | float) and bare(value))


def sealed(value: object) -> str:
    """Return what only its maker can read, such as a signature: letters of base64, else nothing."""
    return value if isinstance(value, str) and _SEALED.fullmatch(value) else ""


def settings(value: Any, depth: int = 0) -> Any:
    """Return a value with words and numbers only; other text is null, other keys are left out."""
    if isinstance(value, str):
        return value if not value or is_word(value) else None
    if isinstance(value, dict):
        return {
            key: settings(one, depth + 1)
            for key, one in value.items()
            if depth < _DEEPEST and _NAME.fullmatch(key)
        }
    if isinstance(value, list):
        return [settings(one, depth + 1) for one in value] if depth < _DEEPEST else []
    return value


def are_settings(value: Any, depth: int = 0) -> bool:
    """Say whether a value has words and numbers only: `settings` leaves it as it is."""
    if isinstance(value, str):
        return not value or _WORD.fullmatch(value) is not None
    if isinstance(value, dict):
        for key, one in value.items():
            if depth >= _DEEPEST or _NAME.fullmatch(key) is None:
                return False
            if isinstance(one, str | dict | list) and not are_settings(one, depth + 1):
                return False
    elif isinstance(value, list):
        return depth < _DEEPEST and all(are_settings(one, depth + 1) for one in value)
    return True


def digits(value: object) -> str:
    """Return a long number as it is written; empty for a short one, and for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, int) and value.bit_length() > _NUMBER_BITS:
        return ""
    said = str(value)
    return said if len(said) >= _FEWEST_DIGITS else ""


def keep(
    owner: dict[str, Any],
    *,
    ids: Collection[str],
    words: Collection[str] = (),
    read: Collection[str] = (),
    tells: Callable[[str, Any], bool] | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the members of an object that may pass, and those that hold text nobody expects.

    Those named in `read` are left to the caller. `ids` hold a name or an id, `words` settings;
    any other passes where it is bare. What `tells` finds something in is a text.
    """
    kept: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, value in owner.items():
        if name in read:
            continue
        if name in ids:
            fits = is_id(value)
        elif name in words:
            fits = are_settings(value)
        else:
            fits = passes(name, value)
        if fits and not (tells is not None and tells(name, value)):
            kept[name] = value
        elif name != "obfuscation":  # noise, which is left out of every event
            others[name] = value
    return kept, others


def named(name: str) -> str:
    """Return the name of a member that was left out, as it may be told."""
    return name if _NAME.fullmatch(name) else "unknown"
