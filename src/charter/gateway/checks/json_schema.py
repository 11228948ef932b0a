"""Checks that a text is JSON, and fits a schema.

What it finds
    A text that is not JSON from end to end, or does not fit a JSON Schema of draft 2020-12. JSON
    is read strictly: no key twice, no NaN, no half surrogates. `format` is not enforced. The
    reason names the place and the keyword that was broken, never the value.

Settings
    `schema`: a table, or a text that holds the schema as JSON. Without it the text need only be
    JSON. References stay inside the schema (`#/$defs/...`): nothing is fetched. `pattern` and
    `patternProperties` are refused, since a model's text could make them run for ever; `fenced`:
    true accepts one Markdown fence around the JSON.

What it misses
    Whether what the JSON says is true. Texts over 1,000,000 characters, over 100 levels deep or
    with over 100,000 values are hits without being compared with the schema.

On streams
    Answers wait for their end, unless the effect is flag.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.errors import ConfigError
from charter.gateway import forms
from charter.gateway.check import CLEAR, Outcome, Target
from charter.gateway.wire.json_body import Limits, read_json
from charter.schemas import HINT, validator_of

STAGES = frozenset({"output", "tool_call", "tool_result"})
CHANNELS = frozenset({"text", "arguments"})
EFFECT = "deny"

LIMITS = Limits(size=4_000_000, depth=100, nodes=100_000)
MOST_CHARACTERS = 1_000_000
_SCHEMA_LIMITS = Limits(size=1_000_000, depth=32, nodes=5_000)
_FENCE = re.compile(r"```(?:json)?[ \t]*\r?\n(?P<body>[^`]*)\r?\n[ \t]*```")


@dataclass(frozen=True, slots=True)
class Ready:
    """A schema, ready to be compared with."""

    validator: Any
    """None: being JSON is enough."""
    fenced: bool
    patterns: Mapping[str, str] = field(default_factory=dict)

    def look(self, target: Target) -> Outcome:
        """Read the text and compare it. Raises RecursionError for a schema that never ends."""
        text = target.text.strip()
        if len(text) > MOST_CHARACTERS:
            return Outcome(hit=True, reason=f"longer than {MOST_CHARACTERS:,} characters")
        if self.fenced and (fence := _FENCE.fullmatch(text)):
            text = fence["body"]
        try:
            value = read_json(text.encode("utf-8", "surrogatepass"), LIMITS)
        except ValueError:
            # What is wrong with it may quote it.
            return Outcome(hit=True, reason="not JSON, or beyond the limits of what is read")
        if self.validator is None:
            return CLEAR
        error = next(self.validator.iter_errors(value), None)
        if error is None:
            return CLEAR
        return Outcome(hit=True, reason=f"does not fit the schema: {_place(error)}")


def build(settings: Mapping[str, Any]) -> Ready:
    """Check the schema. Raises ConfigError for one that is not valid or holds refused keywords."""
    forms.check_names(settings, ["schema", "fenced"])
    fenced = forms.flag(settings, "fenced", default=False)
    if "schema" not in settings:
        return Ready(None, fenced)
    schema = _schema(settings["schema"])
    validator = validator_of(schema, patterns="the patterns check")
    return Ready(validator, fenced)


def _schema(given: object) -> Mapping[str, Any]:
    text = given if isinstance(given, str) else None
    try:
        made = json.dumps(given, allow_nan=False) if text is None else text
        schema = read_json(made.encode("utf-8", "surrogatepass"), _SCHEMA_LIMITS)
    except (ValueError, TypeError, RecursionError) as cause:
        said = str(cause).replace("the body", "it")
        raise ConfigError(f"schema cannot be read: {said:.200}", hint=HINT) from None
    if not isinstance(schema, Mapping):
        raise ConfigError("schema is not a table", hint=HINT)
    return schema


def _place(error: Any) -> str:
    """Say where and what, by depth and keyword: names of properties may be content."""
    depth = len(error.absolute_path)
    where = "at the top" if not depth else f"{depth} level{'s' if depth > 1 else ''} down"
    return f"`{error.validator}` {where}"
