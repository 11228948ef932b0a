"""Values of a directive's fields: typed, bounded, refused with their place and what was expected.

The values come from YAML or JSON of an untrusted text. A reader takes a value and the path to it
(`scope.max_cost`); what it cannot take it refuses by raising `Refused`, which
`read_directive` turns into an `Unusable`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import TypeVar

from charter.policy.instant import instant

MAX_TEXT = 4_000
MAX_NAME = 200
MAX_ITEMS = 256
MAX_NUMBER = 2**53
"""Up to here every whole number is exact wherever it is read."""

_ID = re.compile(r"[a-z0-9_-]{1,64}")
_NAME = re.compile(r"[^\s\x00-\x1f\x7f]{1,200}")
_SUBJECT = re.compile(r"[a-z0-9_./-]{1,200}")
_Item = TypeVar("_Item")


class Refused(Exception):
    """A value that cannot be used, or a key that is none; caught where directives are read."""

    def __init__(self, message: str, path: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.hint = hint


def text(value: object, path: str) -> str:
    """Return a text that is not blank."""
    if not isinstance(value, str):
        raise _expected("text", value, path, quoting=True)
    if not value.strip():
        raise Refused(f"{_last(path)} is empty", path)
    if len(value) > MAX_TEXT:
        raise Refused(f"{_last(path)} is longer than {MAX_TEXT:,} characters", path)
    return value


def name(value: object, path: str) -> str:
    """Return a name without white space: of a tool, a section, a clause, a directive."""
    if not isinstance(value, str):
        raise _expected("a name", value, path, quoting=True)
    if not _NAME.fullmatch(value):
        what = f"{_last(path)} must be a name of at most {MAX_NAME} characters without blanks"
        raise Refused(f"{what}, not {value!r:.80}", path)
    return value


def own_id(value: object, path: str) -> str:
    """Return the id that an author gives a directive."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        what = f"{_last(path)} must be 1 to 64 of a-z, 0-9, _ and -"
        raise Refused(f"{what}, not {shown(value)}", path)
    return value


def subject(value: object, path: str) -> str:
    """Return a subject, such as `language`."""
    if not isinstance(value, str) or not _SUBJECT.fullmatch(value):
        lower = value.strip().lower().replace(" ", "_") if isinstance(value, str) else ""
        hint = f"write {lower}" if _SUBJECT.fullmatch(lower) else None
        what = f"{_last(path)} must be small letters, digits, _ . / and -"
        raise Refused(f"{what}, not {shown(value)}", path, hint)
    return value


def number(value: object, path: str) -> float:
    """Return a number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _expected("a number", value, path)
    if not (0 <= value <= MAX_NUMBER):  # also false for what is no number
        raise Refused(f"{_last(path)} must be from 0 to 2^53, not {shown(value)}", path)
    return float(value)


def moment(value: object, path: str) -> float:
    """Return seconds since 1970 of an RFC 3339 time."""
    if not isinstance(value, str):
        raise _expected("a time such as 2026-11-21T17:00:00Z", value, path)
    try:
        return instant(value)
    except (ValueError, OverflowError) as problem:
        raise Refused(f"{_last(path)}: {problem}", path) from None


def scalar(value: object, path: str) -> object:
    """Return a text, a number or a truth value: what two directives can be compared by."""
    if isinstance(value, str):
        return text(value, path)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and -MAX_NUMBER <= value <= MAX_NUMBER:  # so no NaN
        return value
    raise _expected("a text, a number, true or false", value, path)


def true(value: object, path: str) -> bool:
    """Return true; anything else is refused."""
    if value is not True:
        raise _expected("true, or be left out", value, path)
    return True


def mapping(value: object, path: str) -> Mapping[str, object]:
    """Return a mapping whose keys are texts."""
    if not isinstance(value, Mapping):
        raise _expected("a mapping", value, path)
    if len(value) > MAX_ITEMS:
        raise Refused(f"{_last(path)} has more than {MAX_ITEMS} entries", path)
    for key in value:
        if not isinstance(key, str):
            raise Refused(f"{_last(path)}: keys are words, not {shown(key)}", path)
    return value


def listed(value: object, path: str, item: Callable[[object, str], _Item]) -> tuple[_Item, ...]:
    """Return a list whose items `item` reads, each once."""
    if not isinstance(value, list | tuple):
        raise _expected("a list", value, path)
    if len(value) > MAX_ITEMS:
        raise Refused(f"{_last(path)} has more than {MAX_ITEMS} entries", path)
    items = [item(each, f"{path}.{at}") for at, each in enumerate(value)]
    return tuple({(type(each), each): each for each in items}.values())  # true is not 1


def one_or_more(
    value: object, path: str, item: Callable[[object, str], _Item]
) -> tuple[_Item, ...]:
    """Return one item, or the items of a list that is not empty."""
    if not isinstance(value, list | tuple):
        return (item(value, path),)
    if not value:
        raise Refused(f"{_last(path)} names nothing", path)
    return listed(value, path, item)


def known_keys(fields: Mapping[str, object], known: Collection[str], path: str, what: str) -> None:
    """Refuse a key that is none of `known`: a misspelt limit must not be no limit."""
    for key in fields:
        if key not in known:
            where = f"{path}.{key}" if path else key
            raise Refused(f"{what} has no field {key!r:.80}", where, near(key, known))


def one_of(value: object, known: Collection[str], path: str) -> str:
    """Return a word of a closed list."""
    if not isinstance(value, str) or value not in known:
        what = f"{_last(path)} must be one of {', '.join(known)}"
        raise Refused(f"{what}, not {shown(value)}", path, near(value, known))
    return value


def near(word: object, known: Collection[str]) -> str | None:
    """Return a hint with the nearest known word, if one is near."""
    found = get_close_matches(word[:100], known, n=1) if isinstance(word, str) else []
    return f"did you mean {found[0]!r}?" if found else None


def _expected(what: str, value: object, path: str, *, quoting: bool = False) -> Refused:
    hint = None
    if quoting and isinstance(value, bool | int | float):
        hint = "put it in quotation marks"
    return Refused(f"{_last(path)} must be {what}, not {shown(value)}", path, hint)


def shown(value: object) -> str:
    """Return a value for a message: short, and never a whole structure."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) > MAX_NUMBER:
        return "a very large number"
    return f"{value!r:.80}"


def _last(path: str) -> str:
    """Return the key at the end of a path, with its number in a list."""
    head, _, tail = path.rpartition(".")
    return f"{head.rpartition('.')[2]}[{tail}]" if head and tail.isdigit() else tail
