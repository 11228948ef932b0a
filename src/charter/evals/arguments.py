"""The forms of arguments: each function returns the value or raises ConfigError."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from charter.errors import ConfigError
from charter.prose.phrase import fold

MAX_PHRASES = 200
MAX_CHARACTERS = 1000
MAX_DEPTH = 32
MAX_VALUES = 5000


def check_names(
    arguments: Mapping[str, Any], *, required: Iterable[str] = (), optional: Iterable[str] = ()
) -> None:
    """Raise ConfigError for a missing or an unknown argument."""
    required, known = list(required), [*required, *optional]
    missing = [name for name in required if name not in arguments]
    if missing:
        raise ConfigError(f"argument {missing[0]!r} is missing", hint=_form(known))
    unknown = [name for name in arguments if name not in known]
    if unknown:
        raise ConfigError(f"unknown argument {unknown[0]!r}", hint=_form(known))


def phrases(arguments: Mapping[str, Any], name: str) -> list[str]:
    """Return a non-empty list of phrases, each with at least one visible character."""
    value = arguments.get(name)
    if not isinstance(value, list) or not value:
        raise ConfigError(f"{name!r} is not a list of phrases", hint=f'e.g. {name}: ["yes", "no"]')
    if len(value) > MAX_PHRASES:
        raise ConfigError(f"{name!r} has more than {MAX_PHRASES} phrases", hint="split the check")
    for item in value:
        if not isinstance(item, str):
            raise ConfigError(
                f"{name!r} holds {item!r}, which is not text", hint="put it in quotation marks"
            )
        if not fold(item):
            raise ConfigError(f"{name!r} holds an empty phrase", hint="remove it")
        if len(item) > MAX_CHARACTERS:
            raise ConfigError(
                f"{name!r} holds a phrase over {MAX_CHARACTERS} characters", hint="shorten it"
            )
    return value


def text(arguments: Mapping[str, Any], name: str) -> str:
    """Return a text that is not empty."""
    value = arguments.get(name)
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{name!r} is not a text", hint="put it in quotation marks")
    if len(value) > MAX_CHARACTERS:
        raise ConfigError(f"{name!r} is over {MAX_CHARACTERS} characters", hint="shorten it")
    return value


def choice(arguments: Mapping[str, Any], name: str, allowed: Iterable[str], default: str) -> str:
    """Return one of a few words."""
    value, words = arguments.get(name, default), list(allowed)
    if not isinstance(value, str) or value not in words:
        raise ConfigError(f"{name!r} is {value!r}", hint=f"one of {', '.join(words)}")
    return value


def flag(arguments: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Return true or false."""
    value = arguments.get(name, default)
    if not isinstance(value, bool):
        raise ConfigError(f"{name!r} is {value!r}", hint="true or false")
    return value


def count(arguments: Mapping[str, Any], name: str, *, least: int = 1) -> int:
    """Return a whole number of at least `least`."""
    value = arguments.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ConfigError(f"{name!r} is {value!r}", hint=f"a whole number of at least {least}")
    return value


def number(
    arguments: Mapping[str, Any],
    name: str,
    *,
    default: float | None = None,
    least: float = -math.inf,
) -> float:
    """Return a finite number of at least `least`."""
    value = arguments.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"{name!r} is {value!r}", hint="a number, without quotation marks")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result) or result < least:
        raise ConfigError(f"{name!r} is out of range", hint=f"a finite number, at least {least}")
    return result


def json_object(arguments: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a mapping that JSON can express, of bounded size and depth."""
    value = arguments.get(name, {})
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name!r} is not a mapping", hint=f"e.g. {name}: {{key: value}}")
    _check_json(value, name)
    return value


def _check_json(value: object, name: str) -> None:
    """Walk the value level by level, so that nesting is counted and never recursed into."""
    level: list[object] = [value]
    seen = 0
    for _depth in range(MAX_DEPTH):
        seen += len(level)
        if seen > MAX_VALUES:
            raise ConfigError(f"{name!r} holds over {MAX_VALUES} values", hint="make it smaller")
        level = [inner for item in level for inner in _inside(item, name)]
        if not level:
            return
    raise ConfigError(f"{name!r} is nested deeper than {MAX_DEPTH}", hint="make it flatter")


def _inside(value: object, name: str) -> list[object]:
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise ConfigError(f"{name!r} has the key {key!r}", hint="quote keys: they are text")
        return list(value.values())
    if isinstance(value, list):
        return value
    if value is None or isinstance(value, str | bool):
        return []
    if isinstance(value, int) and -(2**63) <= value < 2**64:  # more is read as a rounded number
        return []
    if isinstance(value, float) and math.isfinite(value):
        return []
    raise ConfigError(f"{name!r} holds {value!r}, which JSON cannot express", hint="quote it")


def _form(known: list[str]) -> str:
    return f"it takes {', '.join(known)}" if known else "it takes no arguments"
