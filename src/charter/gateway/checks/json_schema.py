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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry

from charter.errors import ConfigError
from charter.gateway import forms
from charter.gateway.check import CLEAR, Outcome, Target
from charter.gateway.wire.json_body import Limits, read_json

STAGES = frozenset({"output", "tool_call", "tool_result"})
CHANNELS = frozenset({"text", "arguments"})
EFFECT = "deny"

LIMITS = Limits(size=4_000_000, depth=100, nodes=100_000)
MOST_CHARACTERS = 1_000_000
_SCHEMA_LIMITS = Limits(size=1_000_000, depth=32, nodes=5_000)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HINT = "schemas follow JSON Schema draft 2020-12"
_REFUSED = {
    "pattern": "use the patterns check instead",
    "patternProperties": "name the properties, or use additionalProperties",
    "$id": "remove it: a schema is known by its place here",
    "$anchor": "refer to '#/$defs/...' instead",
    "$dynamicAnchor": "refer to '#/$defs/...' instead",
    "$dynamicRef": "use $ref",
}
# Under these keywords the keys are names chosen by the author, not keywords.
_NAMED = frozenset({"properties", "$defs", "definitions", "dependentSchemas"})
_DATA = frozenset({"enum", "const", "default", "examples"})
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
    for keyword, value in _keywords(schema):
        if keyword in _REFUSED:
            raise ConfigError(f"schema: {keyword!r} is not accepted", hint=_REFUSED[keyword])
        if keyword == "$ref" and not (isinstance(value, str) and value.startswith("#")):
            raise ConfigError("schema: a $ref leaves the schema", hint="refer to '#/$defs/...'")
        if keyword == "$ref" and not _resolves(schema, str(value)):
            raise ConfigError(f"schema: {value!r:.200} is nowhere in it", hint=_HINT)
        if keyword == "$schema" and str(value).rstrip("#") != _DIALECT:
            raise ConfigError("schema: $schema names another draft", hint=_HINT)
    validator = _Validator(schema, registry=Registry())
    try:
        Draft202012Validator.check_schema(schema)
        next(validator.iter_errors(None), None)
    except SchemaError as problem:
        said = f"schema at {problem.json_path}: {problem.message:.200}"
        raise ConfigError(said, hint=_HINT) from None
    except RecursionError:
        hint = "let it pass through a property or item"
        raise ConfigError("schema: a $ref leads back to itself", hint=hint) from None
    return Ready(validator, fenced)


def _schema(given: object) -> Mapping[str, Any]:
    text = given if isinstance(given, str) else None
    try:
        made = json.dumps(given, allow_nan=False) if text is None else text
        schema = read_json(made.encode("utf-8", "surrogatepass"), _SCHEMA_LIMITS)
    except (ValueError, TypeError, RecursionError) as cause:
        said = str(cause).replace("the body", "it")
        raise ConfigError(f"schema cannot be read: {said:.200}", hint=_HINT) from None
    if not isinstance(schema, Mapping):
        raise ConfigError("schema is not a table", hint=_HINT)
    return schema


def _keywords(schema: object) -> Iterator[tuple[str, object]]:
    """Yield every keyword of the schema and its subschemas; depth is bounded by its limits."""
    if isinstance(schema, list):
        for item in schema:
            yield from _keywords(item)
    if not isinstance(schema, Mapping):
        return
    for keyword, value in schema.items():
        yield keyword, value
        if keyword in _NAMED and isinstance(value, Mapping):
            for inner in value.values():
                yield from _keywords(inner)
        elif keyword not in _DATA:
            yield from _keywords(value)


def _resolves(schema: object, reference: str) -> bool:
    """Say whether a reference such as `#/$defs/item` names a place in the schema."""
    for part in reference.removeprefix("#").split("/")[1:]:
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(schema, list) and name.isdecimal() and int(name) < len(schema):
            schema = schema[int(name)]
        elif isinstance(schema, Mapping) and name in schema:
            schema = schema[name]
        else:
            return False
    return reference in {"#", ""} or reference.startswith("#/")


def _place(error: Any) -> str:
    """Say where and what, by depth and keyword: names of properties may be content."""
    depth = len(error.absolute_path)
    where = "at the top" if not depth else f"{depth} level{'s' if depth > 1 else ''} down"
    return f"`{error.validator}` {where}"


def _unique_items(
    _validator: Any, wanted: object, instance: object, _schema: object
) -> Iterator[ValidationError]:
    """Decide `uniqueItems` in linear time: the library compares every pair of mixed values."""
    if wanted and isinstance(instance, list):
        forms_of_items = {json.dumps(_whole(item), sort_keys=True) for item in instance}
        if len(forms_of_items) < len(instance):
            yield ValidationError("items are not unique")


def _whole(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return value


_Validator: Any = extend(  # type: ignore[no-untyped-call]  # its stub names no types
    Draft202012Validator, {"uniqueItems": _unique_items}
)
