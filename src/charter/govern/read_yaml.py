"""A file that people write and the model of its format -> the values, or one line that names both.

What is wrong is said with the file, its line and the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from charter.errors import ConfigError, ParseError, StorageError
from charter.load import read_source
from charter.source import Source, Span
from charter.syntax.mapping import load_mapping

MOST_TEXT = 2000
"""Characters of one text."""


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


Id = Annotated[str, StringConstraints(max_length=80, pattern="^[a-z0-9][a-z0-9-]*$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=MOST_TEXT, pattern=r"^\S")]
Day = Annotated[
    str, StringConstraints(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_day)
]
"""A date as `2026-01-31`."""


class Strict(BaseModel):
    """A part of a file: no key besides those named, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


M = TypeVar("M", bound=Strict)


def read_file(path: Path, *, hint: str) -> Source:
    """Return the text of a file, of bounded size. Raises ConfigError where it cannot be read."""
    try:
        return read_source(path)
    except (ParseError, StorageError) as cause:
        raise ConfigError(cause.message, hint=hint, place=cause.place) from cause


def read_yaml(source: Source, model: type[M], *, hint: str) -> M:
    """Return what a file says. Raises ConfigError that names file, line and key."""
    return read_with_places(source, model, hint=hint)[0]


def read_with_places(source: Source, model: type[M], *, hint: str) -> tuple[M, Mapping[str, Span]]:
    """Return what a file says, and where each value stands, by path such as `roles.0.people`."""
    fields = load_mapping(source.text, deep=True)
    if fields.error is not None:
        where = source.locate(Span(fields.error_offset, fields.error_offset))
        raise ConfigError(fields.error, hint=hint, place=where)
    return checked(fields.values, model, source, hint=hint, spans=fields.spans), fields.spans


def checked(
    values: Any, model: type[M], source: Source, *, hint: str, spans: Mapping[str, Span]
) -> M:
    """Return values of a file in their form; without `spans` errors name file and key alone."""
    try:
        return model.model_validate(values)
    except ValidationError as cause:
        first = cause.errors(include_url=False)[0]
    path = _path(first["loc"], values)
    what = f"{'.'.join(path)[:200] or 'the file'}: {_spoken(first)}"
    if not spans:
        raise ConfigError(f"{source.path}: {what}", hint=hint)
    found = (spans.get(".".join(path[:length])) for length in range(len(path), 0, -1))
    span = next((each for each in found if each is not None), Span(0, 0))
    raise ConfigError(what, hint=hint, place=source.locate(span))


_PLAIN = {
    "string_pattern_mismatch": "it is not of the form {pattern}",
    "string_too_short": "it needs at least {min_length} characters",
    "string_too_long": "it has more than {max_length} characters",
    "too_short": "it needs at least {min_length} of these, and has {actual_length}",
    "too_long": "it has more than {max_length} of these",
    "string_type": "it should be a text",
    "dict_type": "it should be a mapping of keys to values",
    "list_type": "it should be a list",
    "int_type": "it should be a whole number",
}
"""What pydantic says of programs, said to people who write files."""


def _path(location: tuple[int | str, ...], values: Any) -> list[str]:
    """Return where an error is, without the names that pydantic gives the members of a union."""
    path: list[str] = []
    here = values
    for part in location:
        missing = isinstance(here, Mapping) and part == location[-1] != "[key]"
        if missing or (isinstance(here, Mapping) and part in here):
            path.append(str(part))
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int):
            path.append(str(part))
            here = here[part]
    return path


def _spoken(error: Any) -> str:
    kind, message, given = error["type"], str(error["msg"]), error.get("input")
    if kind == "extra_forbidden":
        return "there is no such key"
    if kind == "missing":
        return "it is missing"
    if kind == "string_type" and isinstance(given, bool | int | float):
        return "it is a text: put it into quotation marks"
    if kind == "string_pattern_mismatch" and error["ctx"]["pattern"].startswith(r"^\S"):
        return "it is one line without blanks at its ends"
    if kind in _PLAIN:
        return _PLAIN[kind].format(**error.get("ctx", {}))
    return message.removeprefix("Value error, ").replace("Input should", "it should", 1)[:300]
