"""The public format `charter-comments/1`: counts of comments, as `charter comments` writes them.

The models below are the format; `charter schema comments` prints their JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_Count = Annotated[int, Field(ge=0)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class StancesJson(_Model):
    """How many comments take each stance."""

    agree: _Count
    disagree: _Count
    unclear: _Count


class RuleCommentsJson(_Model):
    """What was said of one rule in one version of the spec."""

    id: str
    """Of the section or clause."""
    spec: Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]
    """Digest of the text that was commented on."""
    accepted: StancesJson
    waiting: StancesJson | None = None
    """Nobody has moderated these yet; `charter comments list` only."""
    rejected: StancesJson | None = None
    """`charter comments list` only."""


class CommentsJson(_Model):
    """Counts of comments, without a word of them."""

    format: Literal["charter-comments/1"]
    rules: list[RuleCommentsJson]
    """By id, then version; rules without such comments are left out."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the counts."""
    return {"$schema": DRAFT, **CommentsJson.model_json_schema()}
