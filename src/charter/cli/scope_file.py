"""A scope of autonomy as people write it, or as `charter resolve --json` does -> Scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from charter.cli.input_file import place, read_json
from charter.errors import ParseError
from charter.policy.compiled.restore import restore_scope
from charter.policy.directives.read_scope import read_scope
from charter.policy.directives.read_value import Refused
from charter.policy.explanations.answer_form import ScopeJson
from charter.policy.scope import Scope
from charter.spec.ladder import NONE

_HINT = 'e.g. {"allowed_tools": ["search"], "latest_time": "2030-06-01T18:00:00Z", "max_cost": 5}'


def read_scope_file(path: str) -> Scope:
    """Read the scope of the agent above: a scope, or the answer of `charter resolve --json`.

    Raises ParseError naming the file and the field, and as `read_json` does.
    """
    where = place(path)
    value = read_json(path)
    if isinstance(value, dict) and "format" in value:
        value = value.get("scope")
        if value is None:
            raise ParseError(f"{where}: this answer has no scope", hint=_HINT)
    return scope_of(value, where)


def scope_of(value: object, where: str) -> Scope:
    """Return a scope from parsed JSON. Raises ParseError."""
    if not isinstance(value, Mapping):
        raise ParseError(f"{where}: a scope is an object", hint=_HINT)
    if "revoked" in value:  # as answers have it
        return _answered(dict(value), where)
    try:
        return read_scope(value, "scope", level=NONE)
    except Refused as refused:
        path = refused.path.partition(".")[2]
        named = f"{where}: {path}" if path else where
        raise ParseError(f"{named}: {refused.message}", hint=refused.hint or _HINT) from refused


def _answered(value: dict[str, Any], where: str) -> Scope:
    try:
        return restore_scope(ScopeJson.model_validate(value).model_dump())
    except ValidationError as cause:
        first = cause.errors(include_url=False, include_context=False, include_input=False)[0]
        path = ".".join(str(part)[:80] for part in first["loc"])
        said = f"{where}: {path}: {first['msg'].lower()}"
        raise ParseError(
            said, hint="give the answer of `charter resolve --json` as it is"
        ) from cause
