"""`organisation.yaml`: what an organisation says of itself -> Organisation.

    format: charter-organisation/1
    name: Example
    actors: [deployer]
    answers: {offers-gpai-in-eu: "no"}
    applications:
      - {name: helpdesk, answers: {talks-to-people: "yes"}}
    documents:
      - {id: transparency-report, file: report.pdf, sha256: 9f86…, date: 2026-10-01}
    rules: {disclosure: [honesty]}
    incidents: {jurisdictions: [eu], roles: [gpai_systemic_provider]}

Only people can say these things; nothing here is inferred, and what is not said is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from charter.errors import ConfigError
from charter.govern.read_yaml import Day, Id, Strict, Text, read_file, read_yaml
from charter.source import Source

HINT = "see docs/obligations.md"
MOST = 1000
_Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^\S")]
_Rules = Annotated[list[_Name], Field(max_length=100)]
_Field = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,79}$")]
_Choices = Annotated[list[_Field], Field(max_length=50)]
_Hex = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the organisation points to. What it says is not judged."""

    id: str
    title: str
    day: date
    """Of its present version."""
    file: str
    """Relative to the file that names it; empty where only an address is given."""
    url: str
    sha256: str
    """Hex, as stated; empty where none is."""


@dataclass(frozen=True, slots=True)
class Application:
    """One use of a model, with the answers that differ from those of the whole organisation."""

    name: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Organisation:
    """What an organisation says of itself."""

    name: str = ""
    actors: tuple[str, ...] | None = None
    """What it is; a complete list. None: it did not say."""
    answers: Mapping[str, str] = field(default_factory=dict)
    applications: tuple[Application, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Sections or clauses of the spec that state a rule, by topic."""
    incidents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields of every incident, with their choices: see `govern.incidents.standing`."""
    digest: str = ""
    """Of the file; empty without one."""
    place: str = ""


class _Application(Strict):
    name: _Name
    answers: dict[Id, Id] = Field(default_factory=dict, max_length=MOST)


class _Document(Strict):
    id: Id
    title: Text | None = None
    date: Day
    file: _Name | None = None
    url: _Name | None = None
    sha256: _Hex | None = None


class OrganisationFile(Strict):
    """The whole file."""

    format: Literal["charter-organisation/1"]
    name: _Name
    actors: Annotated[list[Id], Field(max_length=50)] | None = None
    answers: Annotated[dict[Id, Id], Field(max_length=MOST)] | None = None
    applications: list[_Application] = Field(default_factory=list, max_length=MOST)
    documents: list[_Document] = Field(default_factory=list, max_length=MOST)
    rules: dict[Id, _Rules] = Field(default_factory=dict, max_length=100)
    incidents: dict[_Field, _Choices] = Field(default_factory=dict, max_length=100)


def load_organisation(path: Path) -> Organisation:
    """Read the file. Raises ConfigError."""
    return read_organisation(read_file(path, hint=HINT))


def read_organisation(source: Source) -> Organisation:
    """Return what a text says. Raises ConfigError that names file and key."""
    found = read_yaml(source, OrganisationFile, hint=HINT)
    for what, names in (
        ("applications have the name", [each.name for each in found.applications]),
        ("documents have the id", [each.id for each in found.documents]),
    ):
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise ConfigError(f"{source.path}: two {what} {twice[0]!r}", hint=HINT)
    return Organisation(
        name=found.name,
        actors=None if found.actors is None else tuple(found.actors),
        answers=dict(found.answers or {}),
        applications=tuple(
            Application(each.name, dict(each.answers)) for each in found.applications
        ),
        documents={each.id: _document(each) for each in found.documents},
        rules={topic: tuple(ids) for topic, ids in found.rules.items()},
        incidents={name: tuple(chosen) for name, chosen in found.incidents.items()},
        digest=source.digest,
        place=source.path,
    )


def _document(read: _Document) -> Document:
    return Document(
        id=read.id,
        title=read.title or read.id,
        day=date.fromisoformat(read.date),
        file=read.file or "",
        url=read.url or "",
        sha256=read.sha256 or "",
    )
