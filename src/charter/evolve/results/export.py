"""Results -> JSON of the form `charter-results/1`, its schema, and back."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from charter.errors import ConfigError
from charter.evolve.intake.bounded import read_bounded
from charter.evolve.results.possible import impossible
from charter.evolve.results.results import Results

FORMAT = "charter-results/1"
MOST_BYTES = 64 * 1024 * 1024
DIGITS = 6
"""Places of a number behind the point."""


def results_json(results: Results) -> dict[str, Any]:
    """Return results as plain JSON; None is what is not shown or not known. No NaN."""
    return {"format": FORMAT, **_plain(asdict(results))}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of what `results_json` returns."""
    found = TypeAdapter(Results).json_schema(mode="serialization")
    found["properties"] = {"format": {"const": FORMAT}, **found["properties"]}
    found["required"] = ["format", *found["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def read_results(path: Path) -> Results:
    """Return the results in a file.

    Raises ConfigError in one line for any other file, and for numbers that cannot be, such as a
    share above 1: see `possible.impossible`.
    """
    try:
        values = json.loads(read_bounded(path, most=MOST_BYTES))
    except (ValueError, RecursionError) as cause:
        raise ConfigError(f"{path}: no JSON", hint="name what --json printed") from cause
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        raise ConfigError(f"{path}: no {FORMAT}", hint="name what --json printed")
    try:
        found = TypeAdapter(Results).validate_python(_filled(values))
    except ValidationError as cause:
        first = cause.errors(include_url=False)[0]
        wrong = f"{'.'.join(map(str, first['loc']))[:200]}: {first['msg']}"
    else:
        wrong = impossible(found)
        if not wrong:
            return found
    line = " ".join(f"{path}: {wrong}".split())
    raise ConfigError(line, hint="it was changed by hand: make it anew with --out")


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Add what an earlier version did not write: where it had weights, they were in everything."""
    for channel in values["channels"] if isinstance(values.get("channels"), list) else ():
        weights = channel.get("weights") if isinstance(channel, dict) else None
        if not isinstance(weights, dict):
            continue
        for name in ("clauses", "comparisons", "rubrics"):
            for each in channel[name] if isinstance(channel.get(name), list) else ():
                if isinstance(each, dict):
                    each.setdefault("weighted", weights.get("used"))
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    return value
