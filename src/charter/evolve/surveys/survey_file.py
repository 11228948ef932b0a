"""A survey as it is written, in YAML and in canonical JSON: one form, `charter-survey/1`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from charter.evolve.surveys.words import words
from charter.govern.read_yaml import Day, Id, Strict

FORMAT = "charter-survey/1"
HINT = "see docs/surveys.md"
MOST_FILE = 1024 * 1024
"""Characters of a file."""
MOST_ITEMS = 500
MOST_LANGUAGES = 20
MOST_TEXT = 20_000
"""Characters of one text."""

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,9})?")


def _words(text: str) -> str:
    found = words(text, MOST_TEXT)
    if not found.strip():
        raise ValueError("it has no words")
    return found


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise ValueError(f"{text!r:.40} is no language such as en or pt-BR")
    return text


def _decimal(text: str) -> str:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r:.40} is no decimal such as '0.5'")
    return text


def _share(text: str) -> str:
    if Decimal(_decimal(text)) > 1:
        raise ValueError(f"{text!r:.40} is more than 1")
    return text


Words = Annotated[str, AfterValidator(_words)]
Language = Annotated[str, AfterValidator(_language)]
"""A tag of BCP 47, as far as it is written here."""
Text = Annotated[dict[Language, Words], Field(min_length=1, max_length=MOST_LANGUAGES)]
Share = Annotated[str, AfterValidator(_share)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^\S(?:.*\S)?$")]
Clauses = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^\S+$")]],
    Field(max_length=50),
]
Letter = Annotated[str, StringConstraints(pattern="^[A-Z]$")]
Bound = Annotated[int, Field(ge=-100, le=100)]


class StatementEntry(Strict):
    """Something to agree or disagree with."""

    kind: Literal["statement"]
    id: Id
    clauses: Clauses = Field(default=[])
    text: Text
    repeats: Id | None = None
    reversed: bool = False


class TurnEntry(Strict):
    """One message."""

    role: Literal["user", "assistant", "system", "developer", "tool"]
    text: Text


class ComparisonEntry(Strict):
    """Candidate answers to put in order."""

    kind: Literal["comparison"]
    id: Id
    clauses: Clauses = Field(default=[])
    prompt: Annotated[list[TurnEntry], Field(min_length=1, max_length=20)]
    answers: Annotated[dict[Letter, Text], Field(min_length=2, max_length=8)]
    ask: Annotated[
        list[Literal["personal", "world", "unacceptable", "why"]], Field(min_length=1)
    ] = Field(default=["personal", "world", "unacceptable", "why"])


class RubricEntry(Strict):
    """A rule to be rated."""

    kind: Literal["rubric"]
    id: Id
    clauses: Clauses = Field(default=[])
    text: Text
    least: Bound = -10
    most: Bound = 10


Entry = Annotated[StatementEntry | ComparisonEntry | RubricEntry, Field(discriminator="kind")]


class OptionEntry(Strict):
    """One thing somebody can say of themselves."""

    id: Id
    text: Text


class TraitEntry(Strict):
    """Something optional about the person."""

    id: Id
    text: Text
    options: Annotated[list[OptionEntry], Field(min_length=2, max_length=60)]


class RulesEntry(Strict):
    """How the answers will be read."""

    smallest: Annotated[int, Field(ge=2, le=10_000)] = 10
    floor: Share = "0.5"
    alpha: Share = "0.05"
    trim: Annotated[str, AfterValidator(_decimal)] = "5"
    margins: Annotated[dict[Id, dict[Id, Share]], Field(max_length=20)] = Field(default={})


class SpecEntry(Strict):
    """The spec that it asks about."""

    name: Line
    version: Annotated[str, StringConstraints(max_length=100)] = ""
    digest: Annotated[str, StringConstraints(pattern="^sha256:[0-9a-f]{64}$")]


class SurveyFile(Strict):
    """The whole file."""

    format: Literal["charter-survey/1"]
    id: Id
    languages: Annotated[list[Language], Field(min_length=1, max_length=MOST_LANGUAGES)]
    title: Text
    spec: SpecEntry | None = None
    validates: Annotated[str, StringConstraints(max_length=200, pattern=r"^\S*$")] = ""
    channels: Annotated[list[Literal["open", "panel"]], Field(min_length=1)] = Field(
        default=["open", "panel"]
    )
    consent: Text
    purpose: Text
    contact: Line
    retention_days: Annotated[int, Field(ge=1, le=3650)]
    closes: Day | None = None
    rules: RulesEntry = Field(default_factory=RulesEntry)
    traits: Annotated[list[TraitEntry], Field(max_length=20)] = Field(default=[])
    items: Annotated[list[Entry], Field(min_length=1, max_length=MOST_ITEMS)]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the file: what no single key shows, `read_survey` looks at."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SurveyFile.model_json_schema(),
    }
