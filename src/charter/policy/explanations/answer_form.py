"""The public JSON formats of a resolution and of a decision, as pydantic models.

`charter schema resolution` and `charter schema decision` print the JSON Schemas made from them.
Messages count from 0, and offsets are characters of a message's text.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

RESOLUTION = "charter-resolution/1"
DECISION = "charter-decision/1"

StateName = Literal["in_force", "set_aside", "suspended", "dormant"]
EffectName = Literal["allow", "flag", "redact", "require_approval", "deny"]
ActName = Literal[
    "instruct",
    "override",
    "soften",
    "keep",
    "delegate",
    "setting",
    "scope",
    "supersede",
    "premise",
    "clash",
]


class Part(BaseModel):
    """What every part of the formats has in common: no field beside the named ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class PlaceJson(Part):
    """Where something stands in the conversation."""

    message: int
    start: int
    end: int


class LayerJson(Part):
    """One document of a policy: the base spec, or an overlay over those before it."""

    name: str
    version: str | None
    digest: str
    level: str | None
    """The authority an overlay speaks with; null for the base."""


class PolicyJson(Part):
    """The policy that answered."""

    name: str
    title: str
    digest: str
    """Of all that can change an answer, readings included."""
    layers: list[LayerJson]


class HingeJson(Part):
    """An alternative of one reading under which the outcome would differ."""

    reading: str
    alternative: str
    changed: list[str]
    """What would end differently: ids, `the scope`, `the settings` or `the decision`."""
    becomes: str | None
    """For a decision: its effect then."""
    states: list[StateName | None]
    """For each of `changed` its state then; null where that is the same, or it has none."""


class StepJson(Part):
    """One step of the reasoning on a candidate."""

    what: str
    """`lifted`, `tied`, or a ground."""
    by: str | None
    """Id of the section, clause or directive responsible."""
    place: PlaceJson | None
    """Where that one stands."""
    reading: str | None
    """The reading it hangs on, if any."""


class FateJson(Part):
    """What became of one candidate."""

    id: str
    kind: Literal["section", "clause", "directive"]
    state: StateName
    ground: str
    """Why: `applies`, `misaligned`, `superseded`, `overridden` and so on."""
    level: str
    """Its authority, after delegation."""
    by: str | None
    """Id of what is responsible; null where it simply applies."""
    trace: list[StepJson]
    """How it came to that, in order."""


class ConflictJson(Part):
    """Two things in force that cannot both be followed."""

    first: str
    second: str
    kind: str
    """`same_message`, `root`, `levels` or `equal_sections`."""
    outcome: str
    """`reported`, `inaction`, or the id of the one that prevails."""
    reading: str | None


class DelegationJson(Part):
    """What a delegation lifts."""

    to: list[str]
    level: str | None
    """At most this level; null for the delegator's own."""
    only: list[str]
    """Subjects; empty for all."""


class ScopeJson(Part):
    """A scope of autonomy."""

    allowed_tools: list[str]
    latest_time: float | None
    """Seconds since 1970-01-01T00:00Z."""
    max_cost: float
    tool_constraints: dict[str, dict[str, JsonValue]]
    additional_details: str
    issued_at: float | None
    level: str
    """The issuer's authority."""
    id: str
    """Of the directives that state it, joined by `+`."""
    revoked: bool
    unnamed: list[str]
    """Allowed tools that one of the scopes joined in it allows by a pattern only."""


class OriginJson(Part):
    """Where a directive was found, and by what."""

    channel: str
    identity: str
    confidence: int
    """Per cent; 100 for structured sources."""


class DirectiveJson(Part):
    """One structured instruction."""

    id: str
    act: ActName
    level: str
    """The authority of the passage that carries it, before delegation."""
    order: int
    """Index of its message; -1 for what stands before the conversation."""
    targets: list[str]
    conflicts: list[str]
    subject: str | None
    value: JsonValue
    text: str
    explicit: bool
    needs: list[str]
    mistaken: str | None
    """Why it is suspected to be mistaken."""
    delegation: DelegationJson | None
    scope: ScopeJson | None
    source: str
    """Whose words: `user`, `tool:read_file`, `attachment:notes.txt`."""
    place: PlaceJson | None
    origin: OriginJson
    relation: str
    risk: str


class ProblemJson(Part):
    """What could not be made full sense of in the conversation; nothing was dropped for it."""

    message: int
    """-1 for the request as a whole."""
    kind: str
    text: str


class UnusableJson(Part):
    """A directive that cannot be read, and so counts for nothing."""

    message: int
    """-1 for the request's metadata."""
    level: str
    text: str
    """What is wrong with it."""
    hint: str | None
    start: int
    end: int


class SentenceJson(Part):
    """One statement."""

    text: str
    """One line, harmless in a terminal; the words of others are in quotation marks."""
    about: str
    """Id of what it is about; empty for the whole."""
    state: str
    more: list[str]
    steps: list[str]
    """How it came to that."""
    where: str
    """In which message and characters it stands; empty where it stands in none."""
    clauses: list[str]
    """What the section that it is about says."""


class ExplainedJson(Part):
    """Sentences under a heading."""

    id: str
    title: str
    sentences: list[SentenceJson]


class ExplanationJson(Part):
    """The answer in plain sentences."""

    title: str
    verdict: str
    summary: str
    parts: list[ExplainedJson]


class CitationJson(Part):
    """What an answer rests on."""

    spec_digest: str
    """Of the document that wrote it: one of the policy's `layers`."""
    id: str
    """A section or clause, or the name of the spec as a whole."""
    text: str


class ResolutionJson(Part):
    """What is in force in a conversation."""

    format: Literal["charter-resolution/1"]
    policy: PolicyJson
    readings: dict[str, str]
    """All of them, with the alternative chosen."""
    hinges: list[HingeJson] | None
    """What other readings would change; null where that was not asked."""
    fates: list[FateJson]
    """Sections, then clauses with a fate of their own, then directives."""
    directives: list[DirectiveJson]
    """In the order of their fates."""
    settings: dict[str, JsonValue]
    scope: ScopeJson | None
    conflicts: list[ConflictJson]
    lifted: dict[str, str]
    """Source to the level that delegation lifted it to."""
    disclose: list[str]
    """Directives followed as a best guess: the answer has to say so."""
    closed: bool
    """False where unpublished policies or unseen state may bind too."""
    moot: dict[str, str]
    """Readings on which nothing can hang under this policy, with the reason."""
    wire: str
    messages: int
    tools: list[str]
    unseen: list[str]
    problems: list[ProblemJson]
    unusable: list[UnusableJson]
    explanation: ExplanationJson | None


class CheckJson(Part):
    """One check: a boundary, or a gate such as `scope`."""

    id: str
    status: Literal["ran", "skipped", "errored", "not_applicable"]
    effect: EffectName
    """What it asks for."""
    reason: str


class ReasonJson(Part):
    """Why the effect is not laxer."""

    effect: EffectName
    check: str
    section: str
    say: str
    """What a user is told."""


class DecisionJson(Part):
    """What a policy says about one request, output, tool call or result."""

    format: Literal["charter-decision/1"]
    effect: EffectName
    stage: Literal["request", "output", "tool_call", "tool_result"]
    tool: str | None
    now: str | None
    """The time that it was decided for, RFC 3339; null where it was not known."""
    reasons: list[ReasonJson]
    """Strictest first."""
    citations: list[CitationJson]
    checks: list[CheckJson]
    policy: PolicyJson
    readings: dict[str, str]
    hinges: list[HingeJson] | None
    closed: bool
    problems: list[ProblemJson]
    unusable: list[UnusableJson]
    explanation: ExplanationJson | None


def resolution_schema() -> dict[str, Any]:
    """Return the JSON Schema of a resolution."""
    return _schema(ResolutionJson)


def decision_schema() -> dict[str, Any]:
    """Return the JSON Schema of a decision."""
    return _schema(DecisionJson)


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    found = model.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
