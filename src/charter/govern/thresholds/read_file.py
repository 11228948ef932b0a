"""A file of a person -> its text and its checked form, or one line that says what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from charter.errors import ConfigError

_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class LinePlace:
    """A line of a file."""

    path: str
    line: int


def text_of(path: Path, *, most: int) -> str:
    """Return the text of a file of at most `most` bytes of UTF-8. Raises ConfigError."""
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            raise ConfigError(
                f"{path} is larger than {most // 1024} kB", hint="split it into several files"
            )
        return content.decode("utf-8-sig")
    except OSError as cause:
        what = cause.strerror or type(cause).__name__
        raise ConfigError(f"{path} cannot be read: {what}", hint="check the path") from cause
    except UnicodeDecodeError as cause:
        raise ConfigError(f"{path} is not UTF-8", hint="save it as UTF-8") from cause


def checked(form: type[_M], values: Any, path: str, *, see: str) -> _M:
    """Return `values` in their form. Raises ConfigError that names the key at fault."""
    try:
        return form.model_validate(values)
    except ValidationError as cause:
        first = cause.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        unknown = first["type"] == "extra_forbidden"
        said = "unknown key" if unknown else first["msg"].removeprefix("Value error, ").lower()
        raise ConfigError(f"{path}: {where:.200}: {said:.300}", hint=see) from None
