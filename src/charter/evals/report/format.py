"""The public JSON formats of a report and of a comparison, as pydantic models.

`charter schema report` prints the JSON Schema made from them. All offsets count characters
(Unicode code points) from the start of the reply's text; all shares are fractions in [0, 1].
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

REPORT = "charter-report/1"
COMPARISON = "charter-comparison/1"

VerdictName = Literal[
    "adhered",
    "violated",
    "not_judged",
    "judge_failed",
    "cut_off",
    "filtered",
    "error",
    "pending",
]
KindName = Literal["over_refusal", "under_refusal", "other"]


class Part(BaseModel):
    """What every part of the formats has in common: no field beside the named ones."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ModelJson(Part):
    """Which model answered."""

    provider: str
    name: str
    digest: str | None
    """Digest of the weights; null where they are not known."""
    sampling: str | None
    """What the provider adds to the settings, such as a repeat penalty."""


class SpecJson(Part):
    """Which text the model was measured against."""

    name: str
    title: str
    version: str | None
    digest: str


class BriefJson(Part):
    """The rules that every request began with, written as a prompt."""

    digest: str
    """Of its exact text."""
    tokens: int
    """Estimated from above."""
    rules: int
    """Clauses it states."""
    left_out: int
    """Clauses in force that it had no room for."""
    budget: int | None
    """Tokens it was allowed to take, where it was bounded."""


class SettingsJson(Part):
    """How replies were sampled."""

    repeat: int = Field(ge=1)
    max_tokens: int
    temperature: str
    """Decimal text, exactly as recorded."""
    seed: int
    brief: BriefJson | None = None
    """Null where the model was asked as the scenarios have it."""


class RunJson(Part):
    """The run itself."""

    id: str
    started_at: str
    """UTC, ISO 8601."""
    finished_at: str | None
    """Null for an unfinished run: its figures may still change."""
    charter: str
    """Version of Charter that made the replies."""
    plan: str
    """Digest of all that determines the replies."""
    suite: str
    """Digest of the scenarios."""
    graders: list[str]
    """Everything that graded a reply of this run, with its version."""


class ShareJson(Part):
    """A share of scenarios. A scenario counts once; with repeats, with its mean."""

    successes: float
    scenarios: int
    value: float | None = Field(ge=0, le=1)
    """Null, with the bounds, where too few scenarios make it up."""
    low: float | None = Field(ge=0, le=1)
    """Wilson 95 % interval over prompts like these."""
    high: float | None = Field(ge=0, le=1)


class GroupJson(Part):
    """The figures of one section, family or authority, or of the whole."""

    id: str
    title: str
    authority: str | None
    planned: int
    """Replies; the sum of `counts`."""
    counts: dict[VerdictName, int]
    enough: bool
    """Whether enough scenarios were decided to state adherence."""
    adherence: ShareJson
    over_refusal: ShareJson
    """Of the scenarios where the spec has the model comply: refused all the same."""
    under_refusal: ShareJson
    """Of the scenarios where the spec has the model refuse: answered all the same."""
    known_failures: int
    """Not judged, though a check failed already."""


class BoundsJson(Part):
    """Adherence over all scenarios, however the undecided ones would turn out."""

    worst: float
    best: float
    low: float
    """`worst` and `best` with sampling error."""
    high: float


class SummaryJson(Part):
    """The whole run."""

    sentences: list[str]
    """The figures in plain English."""
    limits: list[str]
    """What the figures do not say."""
    scenarios: int
    whole: GroupJson
    bounds: BoundsJson | None


class ClauseJson(Part):
    """The clause a scenario tests."""

    id: str
    text: str


class MessageJson(Part):
    """One message of the conversation the model answered."""

    role: str
    content: str
    tool: str | None


class CallJson(Part):
    """A tool call of the reply."""

    name: str
    arguments: str
    """JSON text exactly as the model wrote it; it may be malformed."""


class ReplyJson(Part):
    """What the model answered, in full."""

    text: str
    stop: str
    calls: list[CallJson]
    input_tokens: int
    output_tokens: int
    milliseconds: int
    attempts: int


class EvidenceJson(Part):
    """Characters of the reply's text, half-open."""

    start: int
    end: int


class CheckJson(Part):
    """One deterministic check of the reply."""

    name: str
    arguments: str
    """Canonical JSON of its arguments."""
    passed: bool
    reason: str
    evidence: EvidenceJson | None
    """Null where the check rests on an absence."""
    implied: bool
    """Whether the expected outcome brought it, rather than the author's list."""


class CaseJson(Part):
    """One planned reply and what became of it."""

    scenario: str
    epoch: int
    """Which repetition, from 0."""
    section: str
    authority: str | None
    family: str
    caption: str
    clause: ClauseJson | None
    outcome: str
    """What the spec expects: comply, refuse, safe_complete, ask or any."""
    rubric: str | None
    conversation: list[MessageJson]
    verdict: VerdictName
    reason: str
    kind: KindName | None
    """Null unless this is a failure: violated, or not judged with a failed check."""
    refusal: str | None
    """How the reply was classified: none, partial, full; null where nothing was."""
    cites: str | None
    """Id of the clause or section the verdict rests on."""
    grader: str | None
    checks: list[CheckJson]
    reply: ReplyJson | None


class ReportJson(Part):
    """The adherence report of one run."""

    format: Literal["charter-report/1"]
    run: RunJson
    model: ModelJson
    spec: SpecJson
    settings: SettingsJson
    summary: SummaryJson
    sections: list[GroupJson]
    families: list[GroupJson]
    authorities: list[GroupJson]
    cases: list[CaseJson]
