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

from collections.abc import Mapping
from typing import Any

import orjson
from jsonschema.exceptions import ValidationError, best_match

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.evals.json_text import read_json
from charter.models.provider import Reply
from charter.prose.phrase import quoted
from charter.schemas import endless, validator_of

_PATTERNS = "the regex check"


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `schema` is a valid schema without refused keywords."""
    forms.check_names(arguments, required=["schema"], optional=["fenced"])
    forms.flag(arguments, "fenced")
    schema = forms.json_object(arguments, "schema")
    validator_of(schema, patterns=_PATTERNS)


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
    validator = validator_of(schema, patterns=_PATTERNS)
    try:
        error: ValidationError | None = best_match(validator.iter_errors(value))
    except RecursionError:
        raise endless() from None
    return error


def _sentence(error: ValidationError) -> str:
    wanted = orjson.dumps(error.validator_value).decode()
    found = orjson.dumps(error.instance).decode()
    rule = f"{error.validator}: {wanted if len(wanted) <= 80 else wanted[:79] + '…'}"
    return f"At {quoted(error.json_path)} the reply has {quoted(found)}, which breaks `{rule}`."
