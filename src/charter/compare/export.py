"""Comparison -> JSON: a public format.

The models below are the format; `charter schema specs-compared` prints their JSON Schema.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from charter.compare.align import STRUCTURE, Likeness
from charter.compare.beside import labels
from charter.compare.comparison import LIMITS, Comparison, Row, Side
from charter.compare.profile import Profile

FORMAT: Literal["charter-specs-compared/1"] = "charter-specs-compared/1"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ProfileJson(_Model):
    """Counts of clauses."""

    clauses: int
    must: int
    should: int
    may: int
    forbids: int
    """Of all, those that say what not to do."""
    demands: int
    """Of all, those that say what to do."""
    permits: int
    """Of all, those that say what may be done."""
    binding: int
    """Of all, those in a section that has an authority."""


class SideJson(_Model):
    """One of the specs."""

    label: str
    title: str
    version: str | None
    digest: str
    authority: Literal["stated", "given", "not stated"]
    """Whether its text states authorities, or a file beside it does."""
    profile: ProfileJson


class SectionJson(_Model):
    """A section in a row."""

    id: str
    title: str
    authority: str | None
    """Null: not stated."""
    may_be_changed_by: str | None
    """The lowest level that may set it aside; null where nobody may, or nothing is stated."""


class LikenessJson(_Model):
    """How near two sections are, from 0 to 1."""

    meaning: float
    """Cosine of the meanings (or of the words) of the two."""
    structure: float | None
    """How near the sections are in which the two stand; null where one stands in none."""
    score: float
    """Both, weighed: it decides which section is the nearest."""
    least: float
    """What the meaning has to reach for the two to be aligned."""


class JoinJson(_Model):
    """Why sections of two specs stand in one row."""

    specs: tuple[int, int]
    """Their places."""
    by: str
    """`meaning`, `words` or `people`."""
    likeness: LikenessJson


class NearJson(_Model):
    """The section of another spec that is nearest to one that stands alone."""

    spec: int
    """Its place."""
    id: str
    likeness: LikenessJson
    nearer_to: list[str]
    """Sections of the spec that stands alone with which it is aligned; none if empty."""


class RowJson(_Model):
    """What each spec has on one subject."""

    sections: list[SectionJson | None]
    """One for each spec; null where it has none."""
    score: float | None
    """The lowest of the scores that join them, 0 to 1; null where only one has it."""
    by: str | None
    """`meaning`, `words` or `people`; null where only one has it."""
    joins: list[JoinJson]
    """Every alignment between two of its sections."""
    nearest: list[NearJson]
    """Where only one spec has it: what is nearest to it of each other one."""
    topic: str
    authority_differs: bool


class TopicJson(_Model):
    """A part of the first spec, and what belongs to it in each."""

    title: str
    profiles: list[ProfileJson]


class SpecsComparedJson(_Model):
    """Specs side by side."""

    format: Literal["charter-specs-compared/1"]
    method: str
    structure: float
    """Weight of the structure in a score; the rest is the meaning."""
    specs: list[SideJson]
    rows: list[RowJson]
    topics: list[TopicJson]
    limits: list[str]
    """What the figures do not tell."""


def export_comparison(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as values of JSON."""
    names = labels([side.spec for side in comparison.sides])
    made = SpecsComparedJson(
        format=FORMAT,
        method=comparison.method,
        structure=STRUCTURE,
        specs=[_side(side, name) for side, name in zip(comparison.sides, names, strict=True)],
        rows=[_row(comparison, row) for row in comparison.rows],
        topics=[
            TopicJson(title=topic.title, profiles=[_profile(each) for each in topic.profiles])
            for topic in comparison.topics
        ],
        limits=list(LIMITS),
    )
    return made.model_dump(mode="json")


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema of the format."""
    return {"$schema": DRAFT, **SpecsComparedJson.model_json_schema()}


def _side(side: Side, label: str) -> SideJson:
    return SideJson(
        label=label,
        title=side.spec.title,
        version=side.spec.version,
        digest=side.spec.digest,
        authority=_stated(side),
        profile=_profile(side.profile),
    )


def _stated(side: Side) -> Literal["stated", "given", "not stated"]:
    if side.stated:
        return "stated"
    return "given" if side.authorities else "not stated"


def _row(comparison: Comparison, row: Row) -> RowJson:
    return RowJson(
        sections=[
            None if member is None else _section(comparison.sides[at], member)
            for at, member in enumerate(row.sections)
        ],
        score=None if row.score is None else round(row.score, 3),
        by=row.by or None,
        joins=[
            JoinJson(
                specs=(join.first, join.second),
                by=join.pair.by,
                likeness=_likeness(join.pair.likeness),
            )
            for join in row.joins
        ],
        nearest=[
            NearJson(
                spec=at,
                id=near.section,
                likeness=_likeness(near.likeness),
                nearer_to=list(comparison.partners(at, near.section, row.sides[0])),
            )
            for at, near in enumerate(row.nearest)
            if near is not None
        ],
        topic=comparison.topics[row.part].title,
        authority_differs=row.differs,
    )


def _likeness(likeness: Likeness) -> LikenessJson:
    around = likeness.structure
    return LikenessJson(
        meaning=round(likeness.meaning, 3),
        structure=None if around is None else round(around, 3),
        score=round(likeness.score, 3),
        least=likeness.least,
    )


def _section(side: Side, section_id: str) -> SectionJson:
    section = side.spec.index[section_id]
    authority = side.authorities.get(section_id)
    level = next((each for each in side.ladder.levels if each.name == authority), None)
    return SectionJson(
        id=section_id,
        title=section.title,
        authority=authority,
        may_be_changed_by=None if level is None else level.to,
    )


def _profile(profile: Profile) -> ProfileJson:
    return ProfileJson(
        clauses=profile.clauses,
        must=profile.must,
        should=profile.should,
        may=profile.may,
        forbids=profile.forbids,
        demands=profile.demands,
        permits=profile.permissions,
        binding=profile.binding,
    )
