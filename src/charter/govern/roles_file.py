"""A file of roles as it is written, before it is known whether it contradicts itself."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from charter.govern.read_yaml import Strict

MOST_PEOPLE = 2000
MOST_ASSIGNMENTS = 500
MOST_NAMED = 2000
"""People, sections or applications of one assignment."""
HINT = "see docs/releases.md"

_Text = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^\S(?:.*\S)?$")]
_Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^\S(?:.*\S)?$")]
_ROLE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_Names = Annotated[list[_Text], Field(min_length=1, max_length=MOST_NAMED)]


def _role(text: str) -> str:
    if not _ROLE.fullmatch(text):
        raise ValueError("a role is a word of at most 60 small letters, digits and _")
    return text


def _somebody(people: list[str]) -> list[str]:
    if not people:
        raise ValueError("a role with nobody in it: name people, or take the role out")
    return people


class PersonEntry(Strict):
    """One person."""

    name: _Text
    email: _Text | None = None
    since: str | None = Field(default=None, alias="from")
    until: str | None = None
    revoked_at: str | None = None


class AssignmentEntry(Strict):
    """One role, who has it, and over what."""

    role: Annotated[str, AfterValidator(_role)]
    people: Annotated[list[_Text], AfterValidator(_somebody), Field(max_length=MOST_NAMED)]
    sections: _Names = Field(default=["*"])
    applications: _Names = Field(default=["*"])


class RolesFile(Strict):
    """The whole file."""

    format: Literal["charter-roles/1"]
    version: _Text
    people: Annotated[dict[_Id, PersonEntry], Field(min_length=1, max_length=MOST_PEOPLE)]
    roles: Annotated[list[AssignmentEntry], Field(min_length=1, max_length=MOST_ASSIGNMENTS)]
