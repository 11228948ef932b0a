"""`charter-indicators/1`, a JSON file that people or tools write -> Evidence.

    {"format": "charter-indicators/1", "model": "gpt-5", "at": "2026-11-01",
     "evidence": [{"name": "end-to-end-attacks", "value": 0.41, "low": 0.35, "high": 0.47,
                   "confidence": 0.95, "n": 240, "source": "red team, October"}]}

The digest of each measurement is that of the whole file, as `sha256sum` prints it.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from charter.errors import ConfigError
from charter.govern.read_yaml import Strict, checked, read_file
from charter.govern.thresholds.exact import Exact, Moment
from charter.govern.thresholds.threshold import Evidence
from charter.source import Source

HINT = "see the format of evidence in the documentation of charter thresholds"
MAX_CHARACTERS = 1024 * 1024
MOST = 5000
"""Measurements of one file."""
MAX_DEPTH = 8

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')
_Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]{0,199}$")]
_Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{0,300}$")]


class _Measured(Strict):
    name: _Name
    value: Exact
    low: Exact
    high: Exact
    confidence: Annotated[Exact, Field(gt=0, lt=1)]
    n: int | None = Field(default=None, ge=1, le=10**12)
    at: Moment | None = None
    model: _Name | None = None
    source: _Words = ""


class _File(Strict):
    format: Literal["charter-indicators/1"]
    model: _Name
    at: Moment
    evidence: list[_Measured] = Field(min_length=1, max_length=MOST)


def load_evidence(path: Path) -> tuple[Evidence, ...]:
    """Read a file. Raises ConfigError that names the key at fault."""
    return read_evidence(read_file(path, hint=HINT).text, str(path))


def read_evidence(text: str, path: str) -> tuple[Evidence, ...]:
    """Read the text of a file. `path` is for messages; the rest is as for `load_evidence`."""
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(
            f"{path} is longer than {MAX_CHARACTERS:,} characters", hint="split it into several"
        )
    source = Source(path, text)
    values = _json(text.removeprefix("\ufeff"), path)
    form = checked(values, _File, source, hint=HINT, spans={})
    return tuple(_evidence(each, form, source.digest, path) for each in form.evidence)


def _evidence(each: _Measured, form: _File, digest: str, path: str) -> Evidence:
    if not each.low <= each.value <= each.high:
        raise ConfigError(
            f"{path}: evidence {each.name!r:.120}: {each.value} is not between {each.low} and "
            f"{each.high}",
            hint="give the value with its two-sided interval: low <= value <= high",
        )
    return Evidence(
        name=each.name.strip(),
        value=each.value,
        low=each.low,
        high=each.high,
        confidence=each.confidence,
        at=each.at or form.at,
        model=each.model or form.model,
        digest=digest,
        source=each.source or path,
        n=each.n,
    )


def _json(text: str, path: str) -> Any:
    """Return the value of JSON, its fractions exact. Raises ConfigError."""
    try:
        if _depth(text) > MAX_DEPTH:
            raise ConfigError(f"{path}: nested deeper than {MAX_DEPTH}", hint=HINT)
        return json.loads(
            text,
            parse_float=Decimal,
            parse_int=_whole,
            parse_constant=_refused,
            object_pairs_hook=_unique,
        )
    except (ValueError, ArithmeticError, RecursionError) as cause:
        raise ConfigError(f"{path}: not JSON: {cause!s:.200}", hint=HINT) from cause


def _depth(text: str) -> int:
    deepest = depth = 0
    for token in _TOKENS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        deepest = max(deepest, depth)
    return deepest


def _whole(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("a whole number of more than 20 digits")
    return int(digits)


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f"the key {key!r:.80} is given twice")
        made[key] = value
    return made
