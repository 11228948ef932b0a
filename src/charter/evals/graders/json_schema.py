"""Checks that the reply is JSON of a given form.

What it decides
    Whether the whole reply is JSON, as `json_valid` decides it, and fits a JSON Schema of draft
    2020-12. `format` is not enforced. References stay inside the schema (`#/$defs/...`): nothing
    is fetched. `pattern` and `patternProperties` are refused, since a model's text could make
    them run for ever; use the `regex` check instead.

Arguments
    `schema`: the schema, a mapping. `fenced`: true to accept one Markdown fence around the JSON.

Passes
    `json_schema: {schema: {type: object, required: [age]}}` on `{"age": 41}`

Fails
    `json_schema: {schema: {properties: {age: {type: integer}}}}` on `{"age": "41"}`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from charter.errors import ConfigError
from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.evals.json_text import read_json
from charter.models.provider import Reply
from charter.prose.phrase import quoted

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFUSED = {
    "pattern": "use the regex check instead",
    "patternProperties": "name the properties, or use additionalProperties",
    "$id": "remove it: a schema is known by its place here",
    "$anchor": "refer to '#/$defs/...' instead",
    "$dynamicAnchor": "refer to '#/$defs/...' instead",
    "$dynamicRef": "use $ref",
}
# Under these keywords the keys are names chosen by the author, not keywords.
_NAMED = frozenset(["properties", "$defs", "definitions", "dependentSchemas"])
_DATA = frozenset(["enum", "const", "default", "examples"])
_HINT = "schemas follow JSON Schema draft 2020-12"


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `schema` is a valid schema without refused keywords."""
    forms.check_names(arguments, required=["schema"], optional=["fenced"])
    forms.flag(arguments, "fenced")
    schema = forms.json_object(arguments, "schema")
    for keyword, value in _keywords(schema):
        if keyword in _REFUSED:
            raise ConfigError(f"{keyword!r} is not accepted in schemas", hint=_REFUSED[keyword])
        if keyword == "$ref" and not (isinstance(value, str) and value.startswith("#")):
            raise ConfigError(f"$ref {value!r} leaves the schema", hint="refer to '#/$defs/...'")
        if keyword == "$schema" and str(value).rstrip("#") != _DIALECT:
            raise ConfigError(f"$schema is {value!r}", hint=_HINT)
    try:
        Draft202012Validator.check_schema(schema)
        _errors(schema, None)
    except SchemaError as problem:
        raise ConfigError(f"schema at {problem.json_path}: {problem.message}", hint=_HINT) from None


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when the reply is JSON that fits the schema; the evidence is the JSON."""
    read = read_json(reply.text, fenced=arguments.get("fenced", False))
    evidence = read.span if read.span.start < read.span.end else None
    if read.error is not None:
        return Verdict(
            passed=False, reason=f"The reply is not JSON: {read.error}.", evidence=evidence
        )
    error = _errors(arguments["schema"], read.value)
    if error is None:
        return Verdict(
            passed=True, reason="The reply is JSON that fits the schema.", evidence=evidence
        )
    return Verdict(passed=False, reason=_sentence(error), evidence=evidence)


def _errors(schema: Mapping[str, Any], value: object) -> ValidationError | None:
    """Return the most telling way in which `value` does not fit, if any."""
    validator = _Validator(schema, registry=Registry())
    try:
        error: ValidationError | None = best_match(validator.iter_errors(value))
    except Unresolvable as problem:
        raise ConfigError(f"schema: {problem.ref!r} is nowhere in it", hint=_HINT) from None
    except RecursionError:
        raise ConfigError(
            "schema: a $ref leads back to itself", hint="let it pass through a property or item"
        ) from None
    return error


def _sentence(error: ValidationError) -> str:
    wanted = orjson.dumps(error.validator_value).decode()
    found = orjson.dumps(error.instance).decode()
    rule = f"{error.validator}: {wanted if len(wanted) <= 80 else wanted[:79] + '…'}"
    return f"At {quoted(error.json_path)} the reply has {quoted(found)}, which breaks `{rule}`."


def _keywords(schema: object) -> Iterator[tuple[str, object]]:
    """Yield every keyword of the schema and its subschemas; depth is bounded by `json_object`."""
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


def _unique_items(
    _validator: Any, wanted: object, instance: object, _schema: object
) -> Iterator[ValidationError]:
    """Decide `uniqueItems` in linear time: the library compares every pair of mixed values."""
    if wanted and isinstance(instance, list):
        forms_of_items = {_canonical(item) for item in instance}
        if len(forms_of_items) < len(instance):
            yield ValidationError("items are not unique")


def _canonical(value: object) -> bytes:
    """Write JSON so that values equal by JSON Schema (1 and 1.0) are written the same."""
    return orjson.dumps(_whole(value), option=orjson.OPT_SORT_KEYS)


def _whole(value: object) -> object:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return value


_Validator: Any = extend(  # type: ignore[no-untyped-call]  # its stub names no types
    Draft202012Validator, {"uniqueItems": _unique_items}
)
