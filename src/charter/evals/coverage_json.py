"""Coverage -> the public JSON document `charter-coverage/1`, and its JSON Schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from charter.estimates.interval import ENOUGH
from charter.evals.coverage import Cover, Coverage, Covered, SectionCover
from charter.spec.spec import Spec

FORMAT = "charter-coverage/1"
DRAFT = "https://json-schema.org/draft/2020-12/schema"

CoverName = Literal["none", "one", "some", "enough"]


class _Part(BaseModel):
    """No field beside the named ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class CoveredSpecJson(_Part):
    """Which text the scenarios test."""

    name: str
    title: str
    version: str | None
    digest: str


class CoverCountsJson(_Part):
    """Clauses by how well they are tested."""

    none: int
    one: int
    some: int
    enough: int


class AuthorityCoverJson(_Part):
    """All clauses of one level."""

    authority: str
    clauses: CoverCountsJson


class SectionCoverJson(_Part):
    """One section that binds."""

    id: str
    title: str
    authority: str
    scenarios: int
    """Accepted ones that measure: no drafts, none for training."""
    unnamed: int
    """Of these, how many name no clause."""
    drafts: int
    clauses: CoverCountsJson


class ClauseCoverJson(_Part):
    """One clause."""

    id: str
    section: str
    authority: str
    strength: Literal["must", "should", "may"]
    text: str
    cover: CoverName
    scenarios: int
    """Accepted ones that name it, each source once."""
    judged: int
    """Scenarios that need a judge, sources not counted together."""
    drafts: int


class CoverageJson(_Part):
    """Which clauses have no, one, enough scenarios."""

    format: Literal["charter-coverage/1"]
    spec: CoveredSpecJson
    enough: int
    """Scenarios from which a share is stated."""
    level: CoverName | None
    """`sections` and `clauses` are those covered this well or less; null: all."""
    counts: CoverCountsJson
    """Over all clauses, whatever `level` says."""
    authorities: list[AuthorityCoverJson]
    """Highest first; over all clauses."""
    sections: list[SectionCoverJson]
    """In document order."""
    clauses: list[ClauseCoverJson]
    """By authority, then strength, then place."""


def coverage_json(
    found: Coverage, spec: Spec, clauses: Sequence[Covered], level: Cover | None
) -> dict[str, Any]:
    """Return coverage as plain JSON values; `clauses` are those to list, in their order."""
    listed = {clause.section for clause in clauses}
    return {
        "format": FORMAT,
        "spec": {
            "name": spec.name,
            "title": spec.title,
            "version": spec.version,
            "digest": spec.digest,
        },
        "enough": ENOUGH,
        "level": level.value if level else None,
        "counts": _counts(found.clauses),
        "authorities": [
            {"authority": name, "clauses": _counts(part)} for name, part in found.by_authority()
        ],
        "sections": [
            _section(section) for section in found.sections if level is None or section.id in listed
        ],
        "clauses": [_clause(clause) for clause in clauses],
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the document."""
    return {"$schema": DRAFT, **CoverageJson.model_json_schema()}


def _section(section: SectionCover) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "authority": section.authority,
        "scenarios": section.scenarios,
        "unnamed": section.unnamed,
        "drafts": section.drafts,
        "clauses": _counts(section.clauses),
    }


def _clause(clause: Covered) -> dict[str, Any]:
    return {
        "id": clause.id,
        "section": clause.section,
        "authority": clause.authority,
        "strength": clause.strength.value,
        "text": clause.text,
        "cover": clause.cover.value,
        "scenarios": clause.scenarios,
        "judged": clause.judged,
        "drafts": clause.drafts,
    }


def _counts(clauses: Sequence[Covered]) -> dict[str, int]:
    return {cover.value: sum(each.cover is cover for each in clauses) for cover in Cover}
