"""Determinacy -> JSON: what `charter check --determinacy --json` writes.

The models below are the format; `schema` gives it as JSON Schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from charter.lint.check import Report
from charter.lint.report_json import ChecksJson, report_json
from charter.policy.determinacy.determine import Determinacy
from charter.policy.determinacy.example import Example

FORMAT: Literal["charter-determinacy/1"] = "charter-determinacy/1"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ToldJson(_Model):
    """What somebody says, or what is done."""

    who: str
    says: str


class OutcomeJson(_Model):
    """What comes out under some readings."""

    readings: dict[str, str]
    """Those that are named; the others are as the policy has them."""
    says: str


class ExampleJson(_Model):
    """The smallest context of its sort."""

    told: list[ToldJson]
    outcomes: list[OutcomeJson]
    features: dict[str, str]
    """In which it differs from the plainest context."""


class ReadingJson(_Model):
    """How much hangs on one reading."""

    name: str
    number: int
    alternatives: list[str]
    """The one in force first."""
    outcome: int
    """Contexts whose outcome it changes, for some combination of the others."""
    alone: int
    """Of these, those in which it does with the others as they are in force."""
    decision: int
    """Contexts whose decision it changes, for some combination of the others."""
    example: ExampleJson | None


class DeadJson(_Model):
    """A boundary that makes no difference."""

    boundary: str
    section: str
    kind: Literal["never_fires", "never_decides"]
    example: ExampleJson | None


class PermissionJson(_Model):
    """A permission that makes some decision stricter."""

    what: str
    pairs: int
    """Contexts to which it is added."""
    stricter: int
    """Of these, those in which the decision is stricter with it, with the readings in force."""
    ever: int
    """The same under some combination of readings."""
    before: ExampleJson | None
    after: ExampleJson | None


class DeterminedJson(_Model):
    """What was found out about one spec."""

    name: str
    policy_digest: str
    contexts: int
    one_outcome: int
    """Contexts with the same decision, and the same in force, under every reading."""
    one_decision: int
    combinations: int
    """Of readings."""
    readings: list[ReadingJson]
    not_varied: dict[str, str]
    """Readings that cannot matter, and why."""
    boundaries: list[DeadJson]
    permissions: list[PermissionJson]
    parts: dict[str, int]
    """How many possibilities each part of a context has."""
    enumerated: int
    """Events whose contexts were enumerated."""
    solved: int
    """Events about which z3 was asked."""
    undone: int
    """Questions that it did not answer within its bounds."""
    spots: int
    """Contexts that were checked one by one against the resolver."""
    left_out: list[str]


class DeterminacyJson(_Model):
    """The whole output."""

    format: Literal["charter-determinacy/1"] = FORMAT
    check: ChecksJson
    specs: list[DeterminedJson]


def determinacy_json(found: Sequence[Determinacy], reports: Sequence[Report]) -> dict[str, Any]:
    """Return what was found out as values that JSON can write."""
    checks = ChecksJson.model_validate(report_json(reports))
    whole = DeterminacyJson(check=checks, specs=[_determined(one) for one in found])
    return whole.model_dump(mode="json")


def _determined(found: Determinacy) -> DeterminedJson:
    return DeterminedJson(
        name=found.policy.name,
        policy_digest=found.policy.digest,
        contexts=found.contexts,
        one_outcome=found.one_outcome,
        one_decision=found.one_decision,
        combinations=found.combinations,
        readings=[
            ReadingJson(
                name=share.name,
                number=share.number,
                alternatives=list(share.alternatives),
                outcome=share.hangs,
                alone=share.alone,
                decision=share.decides,
                example=_example(share.example),
            )
            for share in found.readings
        ],
        not_varied=dict(found.moot),
        boundaries=[
            DeadJson.model_validate(
                {
                    "boundary": dead.boundary,
                    "section": dead.section,
                    "kind": dead.kind,
                    "example": _example(dead.example),
                }
            )
            for dead in found.dead
        ],
        permissions=[
            PermissionJson(
                what=one.what,
                pairs=one.total,
                stricter=one.stricter,
                ever=one.ever,
                before=_example(one.example[0]) if one.example else None,
                after=_example(one.example[1]) if one.example else None,
            )
            for one in found.permissions
        ],
        parts=dict(found.groups),
        enumerated=found.enumerated,
        solved=found.solved,
        undone=found.undone,
        spots=found.spots,
        left_out=list(found.left_out),
    )


def _example(example: Example | None) -> ExampleJson | None:
    if example is None:
        return None
    return ExampleJson(
        told=[ToldJson(who=who, says=says) for who, says in example.told],
        outcomes=[
            OutcomeJson(readings=dict(one.readings), says=one.says) for one in example.outcomes
        ],
        features=dict(example.features),
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the format."""
    return DeterminacyJson.model_json_schema(mode="serialization")
