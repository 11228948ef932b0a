"""A file of roles as it is written, before it is known whether it contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from charter.errors import ConfigError
from charter.source import Source, Span
from charter.syntax.mapping import load_mapping

FORMAT = "charter-roles/1"
MOST_PEOPLE = 2000
MOST_ASSIGNMENTS = 500
MOST_NAMED = 2000
"""People, sections or applications of one assignment."""
HINT = "see docs/releases.md"

_Text = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^\S(?:.*\S)?$")]
_Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^\S(?:.*\S)?$")]
_Role = Annotated[str, StringConstraints(max_length=60, pattern="^[a-z][a-z0-9_]*$")]
_Names = Annotated[list[_Text], Field(min_length=1, max_length=MOST_NAMED)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class PersonEntry(_Strict):
    """One person."""

    name: _Text
    email: _Text | None = None
    since: str | None = Field(default=None, alias="from")
    until: str | None = None
    revoked_at: str | None = None


class AssignmentEntry(_Strict):
    """One role, who has it, and over what."""

    role: _Role
    people: _Names
    sections: _Names = ["*"]
    applications: _Names = ["*"]


class RolesFile(_Strict):
    """The whole file."""

    format: Literal["charter-roles/1"]
    version: _Text
    people: Annotated[dict[_Id, PersonEntry], Field(min_length=1, max_length=MOST_PEOPLE)]
    roles: Annotated[list[AssignmentEntry], Field(min_length=1, max_length=MOST_ASSIGNMENTS)]


def read_file(source: Source) -> tuple[RolesFile, Mapping[str, Span]]:
    """Return what a file says, and the places of its values by path, such as `roles.0.people`.

    Raises ConfigError that names the key at fault.
    """
    fields = load_mapping(source.text, deep=True)
    if fields.error is not None:
        where = source.locate(Span(fields.error_offset, fields.error_offset))
        raise ConfigError(fields.error, hint=HINT, place=where)
    try:
        return RolesFile.model_validate(dict(fields.values)), fields.spans
    except ValidationError as cause:
        first = cause.errors(include_url=False, include_context=False)[0]
    path = [str(part) for part in first["loc"] if part != "[key]"]
    spans = (fields.spans.get(".".join(path[:length])) for length in range(len(path), 0, -1))
    span = next((each for each in spans if each is not None), Span(0, 0))
    what = f"{'.'.join(path)[:200] or 'the file'}: {_spoken(first)}"
    raise ConfigError(what, hint=HINT, place=source.locate(span))


def _spoken(error: Any) -> str:
    kind, tail = error["type"], error["loc"][-1] if error["loc"] else ""
    if kind == "extra_forbidden":
        return "there is no such key"
    if kind == "missing":
        return "it is missing"
    if tail == "format":
        return f"it is not {FORMAT}"
    if tail == "version":
        return 'it is a text, such as "2026-01"'
    if kind == "too_short" and tail == "people":
        return "a role with nobody in it: name people, or take the role out"
    if kind == "string_pattern_mismatch" and tail == "role":
        return "a role is a word of small letters, digits and _"
    return str(error["msg"]).lower()
