"""The API described as OpenAPI 3.1, from the very list that its routes are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from charter.console import api_models as m
from charter.console.api_calls import CALLS, Call
from charter.version import VERSION

JSON = "application/json"
REFUSALS: tuple[tuple[int, str], ...] = (
    (401, "No account has this token."),
    (403, "The roles of the account do not allow it, or its person may not do it."),
    (422, "What was sent is not understood."),
    (429, "Too many requests; `retry-after` says when to come again."),
    (503, "The ledger cannot be used."),
)


def document(root: str = "") -> dict[str, Any]:
    """Return the document; `root` is where the console is mounted."""
    bodies = [call.body for call in CALLS if call.body is not None]
    gives = [call.gives for call in CALLS if call.gives is not None]
    models: dict[type[BaseModel], None] = dict.fromkeys([*gives, m.Failure])
    wanted: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = []
    wanted += [(each, "validation") for each in dict.fromkeys(bodies)]
    wanted += [(each, "serialization") for each in models]
    names, schemas = models_json_schema(wanted, ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Charter console", "version": VERSION},
        "servers": [{"url": root or "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(call: Call, names: dict[Any, Any]) -> dict[str, Any]:
    said = {
        "summary": call.says,
        "description": f"Needs the right `{call.right.value}`.",
        "operationId": call.method.lower() + _words(call.path),
        "parameters": [*_path(call), *_query(call.query)],
        "responses": dict(_responses(call, names)),
    }
    if call.body is not None:
        content = {JSON: {"schema": names[(call.body, "validation")]}}
        said["requestBody"] = {"required": True, "content": content}
    return said


def _words(path: str) -> str:
    return path.replace("/", "_").replace("{", "").replace("}", "")


def _path(call: Call) -> Iterable[dict[str, Any]]:
    for name, pattern in call.parts.items():
        schema = {"type": "string", "pattern": pattern}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(model: type[BaseModel]) -> Iterable[dict[str, Any]]:
    for name, schema in model.model_json_schema().get("properties", {}).items():
        kinds = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
        found = kinds[0] if kinds else {k: v for k, v in schema.items() if k != "title"}
        yield {"name": name, "in": "query", "required": False, "schema": found}


def _responses(call: Call, names: dict[Any, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    if call.gives is None:
        body: dict[str, Any] = {"application/x-ndjson": {"schema": {"type": "string"}}}
    else:
        body = {JSON: {"schema": names[(call.gives, "serialization")]}}
    yield str(call.status), {"description": call.says, "content": body}
    failure = {JSON: {"schema": names[(m.Failure, "serialization")]}}
    for status, said in (*REFUSALS, *_others(call)):
        yield str(status), {"description": said, "content": failure}


def _others(call: Call) -> Iterable[tuple[int, str]]:
    if call.parts or call.body is m.ReviewGiven:
        yield 404, "There is none of this id."
    if call.body is not None:
        yield 400, "This is no JSON."
        yield 409, "It was done already, or can be done no more."
        yield 413, "This request is too large."
        yield 415, "This is no application/json."
