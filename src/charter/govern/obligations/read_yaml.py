"""A YAML file and the model of its format -> the values, or one line that names file and key."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from charter.errors import ConfigError
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


def read_yaml(source: Source, model: type[M], *, hint: str) -> M:
    """Return what a file says. Raises ConfigError that names file, line and key."""
    fields = load_mapping(source.text, deep=True)
    if fields.error is not None:
        where = source.locate(Span(fields.error_offset, fields.error_offset))
        raise ConfigError(fields.error, hint=hint, place=where)
    try:
        return model.model_validate(dict(fields.values))
    except ValidationError as cause:
        first = cause.errors(include_url=False, include_context=False)[0]
    path = [str(part) for part in first["loc"] if part != "[key]"]
    spans = (fields.spans.get(".".join(path[:length])) for length in range(len(path), 0, -1))
    span = next((each for each in spans if each is not None), Span(0, 0))
    what = f"{'.'.join(path)[:200] or 'the file'}: {_spoken(first)}"
    raise ConfigError(what, hint=hint, place=source.locate(span))


def _spoken(error: Any) -> str:
    kind, message = error["type"], str(error["msg"])
    if kind == "extra_forbidden":
        return "there is no such key"
    if kind == "missing":
        return "it is missing"
    if kind == "bool_type" or (kind == "string_type" and isinstance(error.get("input"), bool)):
        return "it is a text: put it into quotation marks"
    return message.removeprefix("Value error, ")[:300]
