"""JSON Schemas that values of strangers are compared with: which are accepted, and how.

Draft 2020-12, without what could run for ever on such a value or fetch anything: patterns, anchors,
references that leave the schema. `format` is not enforced.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry

from charter.errors import ConfigError

HINT = "schemas follow JSON Schema draft 2020-12"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFUSED = {
    "patternProperties": "name the properties, or use additionalProperties",
    "$id": "remove it: a schema is known by its place here",
    "$anchor": "refer to '#/$defs/...' instead",
    "$dynamicAnchor": "refer to '#/$defs/...' instead",
    "$dynamicRef": "use $ref",
}
# Under these keywords the keys are names chosen by the author, not keywords.
_NAMED = frozenset({"properties", "$defs", "definitions", "dependentSchemas"})
_DATA = frozenset({"enum", "const", "default", "examples"})


def validator_of(schema: Mapping[str, Any], *, patterns: str) -> Any:
    """Return what compares values with a schema: an object with `iter_errors`, as jsonschema's.

    `patterns` is what to use in place of `pattern`, for the hint. The schema's own size and depth
    are bounded by whoever read it. Raises ConfigError for a schema that is not accepted.
    """
    for keyword, value in _keywords(schema):
        _check_keyword(schema, keyword, value, patterns)
    validator = _Validator(schema, registry=Registry())
    try:
        Draft202012Validator.check_schema(schema)
        next(validator.iter_errors(None), None)
    except SchemaError as problem:
        said = f"schema at {problem.json_path}: {problem.message:.200}"
        raise ConfigError(said, hint=HINT) from None
    except RecursionError:
        raise endless() from None
    return validator


def endless() -> ConfigError:
    """Return the error for a schema that a value leads round and round in."""
    return ConfigError(
        "schema: a $ref leads back to itself", hint="let it pass through a property or item"
    )


def _check_keyword(schema: Mapping[str, Any], keyword: str, value: object, patterns: str) -> None:
    hint = f"use {patterns} instead" if keyword == "pattern" else _REFUSED.get(keyword)
    if hint is not None:
        raise ConfigError(f"schema: {keyword!r} is not accepted in schemas", hint=hint)
    if keyword == "$ref":
        if not (isinstance(value, str) and value.startswith("#")):
            said = f"schema: $ref {value!r:.200} leaves the schema"
            raise ConfigError(said, hint="refer to '#/$defs/...'")
        if not _resolves(schema, value):
            raise ConfigError(f"schema: {value!r:.200} is nowhere in it", hint=HINT)
    if keyword == "$schema" and str(value).rstrip("#") != _DIALECT:
        raise ConfigError(f"schema: $schema is {value!r:.200}, another draft", hint=HINT)


def _keywords(schema: object) -> Iterator[tuple[str, object]]:
    """Yield every keyword of the schema and its subschemas."""
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
    return reference == "#" or reference.startswith("#/")


def _unique_items(
    _validator: Any, wanted: object, instance: object, _schema: object
) -> Iterator[ValidationError]:
    """Decide `uniqueItems` in linear time: the library compares every pair of mixed values."""
    if wanted and isinstance(instance, list):
        forms = {json.dumps(_whole(item), sort_keys=True) for item in instance}
        if len(forms) < len(instance):
            yield ValidationError("items are not unique")


def _whole(value: object) -> object:
    """Return a value with 1.0 as 1: they are equal by JSON Schema."""
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
