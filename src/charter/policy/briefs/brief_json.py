"""The public JSON format of a brief: the text, with an account of what it says and leaves out.

`charter schema brief` prints the JSON Schema made from the models here.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from charter.policy.briefs.brief import Brief

FORMAT = "charter-brief/1"


class Part(BaseModel):
    """What every part of the format has in common: no field beside the named ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class LeftOutJson(Part):
    """What the text does not say of one section, for one reason."""

    section: str
    level: str
    clauses: int
    """How many of its clauses."""
    whole: bool
    """Whether the text says nothing of the section at all."""
    why: Literal["room", "set_aside", "dormant"]
    """The budget had no room; an overlay set it aside; its setting is not on."""


class BriefJson(Part):
    """The rules in force as one text."""

    format: Literal["charter-brief/1"]
    audience: Literal["model", "developer"]
    policy: str
    """Digest of the policy."""
    digest: str
    """Of the exact text."""
    budget: int | None
    """Tokens that it may take; null where it may take any number."""
    tokens: int
    """Estimated from above; never more than the budget."""
    included: list[str]
    """Ids of clauses, and of overlays' instructions, in the order of the text."""
    left_out: list[LeftOutJson]
    """In the order of the document."""
    text: str


def brief_json(found: Brief) -> dict[str, Any]:
    """Return a brief in its JSON format."""
    return {
        "format": FORMAT,
        "audience": found.audience,
        "policy": found.policy_digest,
        "digest": found.digest,
        "budget": found.budget,
        "tokens": found.tokens,
        "included": list(found.included),
        "left_out": [out._asdict() | {"why": out.why.value} for out in found.left_out],
        "text": found.text,
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a brief."""
    found = BriefJson.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
