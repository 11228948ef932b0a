"""JSON or JSON Lines of a stranger -> values with their lines, strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from charter.evolve.intake.bounded import read_bounded
from charter.evolve.intake.place import refuse

MOST_VALUES = 1_000_000


class Lenient(BaseModel):
    """A part of a foreign format: more keys may be there, none of another type."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


M = TypeVar("M", bound=BaseModel)


def read_values(path: Path) -> list[tuple[int, Any]]:
    """Return the values of a file with their lines: one a line, or one list of them.

    Raises ConfigError, with file and line, for what is no JSON, a key given twice, NaN.
    """
    text = read_bounded(path)
    if text.lstrip().startswith("["):
        found = [(1, each) for each in _parsed(text, str(path), 1)]
    else:
        found = [
            (number, _parsed(line, str(path), number))
            for number, line in enumerate(text.split("\n"), 1)
            if line.strip()
        ]
    if not found:
        refuse(str(path), 1, "it is empty", "name a file with JSON in it")
    if len(found) > MOST_VALUES:
        refuse(str(path), 1, f"more than {MOST_VALUES:,} values", "divide it")
    return found


def one_value(path: Path, *, most: int) -> Any:
    """Return the one JSON value of a file. Raises as `read_values` does."""
    return _parsed(read_bounded(path, most=most), str(path), 1)


def as_model(value: Any, model: type[M], path: str, line: int) -> M:
    """Return a value in its form. Raises ConfigError that names file, line and key."""
    try:
        return model.model_validate(value)
    except ValidationError as cause:
        first = cause.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))[:200] or "the value"
        what = str(first["msg"]).replace("Input should", "it should", 1)[:200]
        refuse(path, line, f"{key}: {what}", "compare it with the format")


def _parsed(text: str, path: str, line: int) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_none)
    except json.JSONDecodeError as cause:
        what = f"no JSON: {cause.msg.lower()}"
        refuse(path, line + cause.lineno - 1, what, "one value a line, or one list of them")
    except (ValueError, RecursionError) as cause:
        why = "nested too deeply" if isinstance(cause, RecursionError) else str(cause)[:200]
        refuse(path, line, f"no plain JSON: {why}", "check the file")


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _none(literal: str) -> Any:
    raise ValueError(f"{literal} is no JSON number")
