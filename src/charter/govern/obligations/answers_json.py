"""Answers -> JSON: the public format `charter-obligation-answers/1`.

The models below are the format; `schema` returns their JSON Schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from charter.govern.obligations.answer import CAUTION, Answer, PackAnswers, Piece, State

FORMAT: Literal["charter-obligation-answers/1"] = "charter-obligation-answers/1"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, populate_by_name=True
    )


class LinkJson(_Model):
    """Where something can be looked up."""

    kind: str
    """Kind of record, or section, clause, document, settings, roles, spec or checkpoint."""
    id: str
    index: int
    """In the ledger, from 1; 0 for what is no record."""


class EvidenceJson(_Model):
    """One piece of evidence, as asked for and as found."""

    query: str
    arguments: dict[str, str | int | list[str]]
    needs: str
    """What would be there, in words."""
    found: Literal["full", "partial", "none"]
    what: str
    too_old: bool
    deleted: bool
    """Whether something that was there is not there any more."""
    newest: str | None
    """Time of the newest thing it rests on."""
    measured: dict[str, str]
    records: list[LinkJson]


class ObligationJson(_Model):
    """One obligation, and what can be said of it."""

    id: str
    title: str
    text: str
    actors: list[str]
    source: str
    verified: Literal["read", "secondary", "recalled"]
    from_verified: Literal["read", "secondary", "recalled"]
    keep_for: str
    state: State
    why: str
    open: list[str]
    """Questions that are open; `actors` for what the organisation is."""
    applications: list[str]
    since: str | None = Field(alias="from")
    """First day in force, where that is known."""
    missing: list[str]
    evidence: list[EvidenceJson]


class PackJson(_Model):
    """The answers to one pack."""

    id: str
    title: str
    jurisdiction: str
    digest: str
    law_checked_on: str | None
    review_by: str
    warnings: list[str]
    counts: dict[State, int]
    """Every state, also those with none."""
    obligations: list[ObligationJson]


class AnswersJson(_Model):
    """What there is evidence of."""

    format: Literal["charter-obligation-answers/1"]
    at: str
    organisation: str
    caution: str
    packs: list[PackJson]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the answers."""
    return {"$schema": DRAFT, **AnswersJson.model_json_schema()}


def as_json(found: Iterable[PackAnswers], *, at: datetime, who: str) -> dict[str, Any]:
    """Return all answers, with what they rest on."""
    document = AnswersJson(
        format=FORMAT,
        at=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        organisation=who,
        caution=CAUTION,
        packs=[_pack(each) for each in found],
    )
    return document.model_dump(mode="json", by_alias=True)


def _pack(found: PackAnswers) -> PackJson:
    pack = found.pack
    return PackJson(
        id=pack.id,
        title=pack.title,
        jurisdiction=pack.jurisdiction,
        digest=pack.digest,
        law_checked_on=None if pack.law_checked_on is None else str(pack.law_checked_on),
        review_by=str(pack.review_by),
        warnings=list(found.warnings),
        counts=dict(found.counts),
        obligations=[_answer(each) for each in found.answers],
    )


def _answer(found: Answer) -> ObligationJson:
    asked = found.obligation
    told: dict[str, Any] = {
        "id": asked.id,
        "title": asked.title,
        "text": asked.text,
        "actors": list(asked.actors),
        "source": asked.source,
        "verified": asked.verified,
        "from_verified": asked.since_verified,
        "keep_for": asked.keep_for,
        "state": found.state,
        "why": found.why,
        "open": list(found.open),
        "applications": list(found.applications),
        "from": None if found.since is None else str(found.since),
        "missing": list(found.missing),
        "evidence": [_piece(each) for each in found.pieces],
    }
    return ObligationJson.model_validate(told)


def _piece(found: Piece) -> EvidenceJson:
    evidence = found.evidence
    told: dict[str, Any] = {
        "query": found.asked.query,
        "arguments": dict(found.asked.arguments),
        "needs": found.asked.needs,
        "found": str(evidence.found),
        "what": evidence.what,
        "too_old": found.stale,
        "deleted": evidence.deleted,
        "newest": None if evidence.newest is None else evidence.newest.isoformat(),
        "measured": dict(evidence.measured),
        "records": [
            {"kind": each.kind, "id": each.id, "index": each.index} for each in evidence.records
        ],
    }
    return EvidenceJson.model_validate(told)
