"""The forms of a check's settings: each function returns the value or raises ConfigError."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from charter.errors import ConfigError

MOST_TEXTS = 1_000
MOST_CHARACTERS = 2_000


def check_names(settings: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise ConfigError for a setting that is not known."""
    names = sorted(known)
    for name in settings:
        if name not in names:
            hint = f"it takes {', '.join(names)}" if names else "it takes no settings"
            raise ConfigError(f"unknown setting {name!r}", hint=hint)


def texts(settings: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of texts, none of them empty; an empty list where it is not given."""
    value = settings.get(name, [])
    if not isinstance(value, list) or len(value) > MOST_TEXTS:
        hint = f'e.g. {name} = ["one", "two"], at most {MOST_TEXTS}'
        raise ConfigError(f"{name} is not a list of texts", hint=hint)
    for item in value:
        if not isinstance(item, str) or not item.strip() or len(item) > MOST_CHARACTERS:
            hint = f"each is in quotation marks, not empty, at most {MOST_CHARACTERS} characters"
            raise ConfigError(f"{name} holds what is no text", hint=hint)
    return value


def words(settings: Mapping[str, Any], name: str, allowed: Iterable[str]) -> list[str]:
    """Return some of a few words, each once, in the order of `allowed`; all where not given."""
    possible = list(allowed)
    value = settings.get(name, possible)
    if not isinstance(value, list) or not value:
        raise ConfigError(f"{name} is not a list of words", hint=f"some of {', '.join(possible)}")
    for item in value:
        if item not in possible:
            raise ConfigError(f"{name} holds {item!r:.80}", hint=f"some of {', '.join(possible)}")
    return [word for word in possible if word in value]


def choice(settings: Mapping[str, Any], name: str, allowed: Iterable[str], default: str) -> str:
    """Return one of a few words."""
    value, possible = settings.get(name, default), list(allowed)
    if not isinstance(value, str) or value not in possible:
        raise ConfigError(f"{name} is {value!r:.80}", hint=f"one of {', '.join(possible)}")
    return value


def flag(settings: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """Return true or false."""
    value = settings.get(name, default)
    if not isinstance(value, bool):
        raise ConfigError(f"{name} is {value!r:.80}", hint="true or false")
    return value


def count(
    settings: Mapping[str, Any], name: str, *, least: int = 1, most: int = 10**9
) -> int | None:
    """Return a whole number within bounds; None where it is not given."""
    value = settings.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ConfigError(f"{name} is {value!r:.80}", hint=f"a whole number, {least} to {most:,}")
    return value


def table(settings: Mapping[str, Any], name: str) -> Mapping[str, str]:
    """Return a table of texts; empty where it is not given."""
    value = settings.get(name, {})
    if not isinstance(value, Mapping) or len(value) > MOST_TEXTS:
        raise ConfigError(f"{name} is not a table of texts", hint=f'e.g. {name}.one = "a text"')
    for key, item in value.items():
        if not isinstance(key, str) or not isinstance(item, str) or not item:
            raise ConfigError(f"{name}.{key} is no text", hint="put it in quotation marks")
    return value
