"""One survey beside two specs -> JSON of `charter-specs-compared-by-people/1`, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from charter.errors import ConfigError
from charter.evolve.intake.bounded import read_bounded
from charter.evolve.results.export import DIGITS
from charter.evolve.results.results import Figure
from charter.evolve.results.two_specs import SpecDifference, SpecsCompared
from charter.evolve.voices import PERSONAL, WORLD
from charter.records.survey import CHANNELS

FORMAT = "charter-specs-compared-by-people/1"
MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 10_000
CLOSE = 1e-5
"""Numbers are written with six places."""


def specs_json(of: SpecsCompared) -> dict[str, Any]:
    """Return a comparison as plain JSON."""
    return {"format": FORMAT, **_plain(asdict(of))}


def is_specs(path: Path) -> bool:
    """Whether a file says that it is such a comparison; whether it is a whole one, `read_specs`."""
    try:
        values = json.loads(read_bounded(path, most=64 * 1024 * 1024))
    except (ValueError, RecursionError):
        return False
    return isinstance(values, dict) and values.get("format") == FORMAT


def read_specs(path: Path) -> SpecsCompared:
    """Return the comparison in a file.

    Raises ConfigError in one line for any other file, for numbers that cannot be, and for a figure
    of fewer people than the file says are shown.
    """
    hint = "make it with `charter survey compare SURVEY --rankings ONE TWO --json`"
    try:
        values = json.loads(read_bounded(path, most=MOST_BYTES))
    except (ValueError, RecursionError) as cause:
        raise ConfigError(f"{path}: no JSON", hint=hint) from cause
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        raise ConfigError(f"{path}: no {FORMAT}", hint=hint)
    try:
        found = TypeAdapter(SpecsCompared).validate_python(values)
    except ValidationError as cause:
        first = cause.errors(include_url=False)[0]
        wrong = f"{'.'.join(map(str, first['loc']))[:200]}: {first['msg']}"
    else:
        wrong = next(_wrong(found), "")
        if not wrong:
            return found
    raise ConfigError(" ".join(f"{path}: {wrong}".split()), hint=hint)


def _wrong(of: SpecsCompared) -> Iterator[str]:
    if of.smallest < 2:
        yield "smallest: fewer than 2 people"
    if len(of.rows) > MOST_ROWS:
        yield f"rows: more than {MOST_ROWS:,}"
    if len({(e.channel, e.scope, e.about) for e in of.rows}) < len(of.rows):
        yield "rows: one of them is there twice"
    for at, row in enumerate(of.rows):
        yield from (f"rows.{at}: {why}" for why in _wrong_row(row, of.smallest))


def _wrong_row(row: SpecDifference, smallest: int) -> Iterator[str]:
    if row.channel not in CHANNELS or row.scope not in {PERSONAL, WORLD}:
        yield "no such channel or scope"
    if row.people < smallest:
        yield f"fewer than {smallest} people"
    if row.items < 1:
        yield "no items"
    for figure, least in ((row.first, 0.0), (row.second, 0.0), (row.difference, -1.0)):
        if not _within(figure, least):
            yield "a figure that cannot be"
    if not all(0 <= each <= 1 for each in (row.p, row.q)):
        yield "p or q is no probability"


def _within(figure: Figure, least: float) -> bool:
    """Whether a figure and its bounds are in order, from `least` to 1; NaN never is."""
    if (figure.low is None) != (figure.high is None):
        return False
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    return (
        least - CLOSE <= low <= figure.value + CLOSE
        and figure.value <= high + CLOSE <= 1 + 2 * CLOSE
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    return value
