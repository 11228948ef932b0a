"""The public JSON formats of a report and of a comparison, as pydantic models.

`charter schema report` prints the JSON Schema made from them. All offsets count characters
(Unicode code points) from the start of the reply's text; all shares are fractions in [0, 1].
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from charter.evals.coverage_json import CoverageJson
from charter.evals.report.format_figures import BoundsJson, GroupJson, VerdictName
from charter.evals.report.format_part import Part
from charter.evals.report.format_trust import CautionJson, CostJson, JudgingJson

REPORT = "charter-report/2"
COMPARISON = "charter-comparison/2"

KindName = Literal["over_refusal", "under_refusal", "other"]


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


class MeasuredJson(Part):
    """A run as other documents name it."""

    id: str
    started_at: str
    """UTC, ISO 8601."""
    model: ModelJson
    spec: SpecJson
    settings: SettingsJson


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
    uncalibrated: bool
    """Whether figures rest on judges that are not known to be fit: say so where you show them."""
    withheld: list[str]
    """Why there are verdicts of judges that are part of no figure; empty otherwise."""
    carried: int
    """Replies that an earlier run gave."""


class SummaryJson(Part):
    """The whole run."""

    cautions: list[CautionJson]
    """To be said before any figure."""
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
    carried: str | None
    """The run it was taken over from."""


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


class QuoteJson(Part):
    """Words that a judge rests its verdict on."""

    text: str
    start: int
    end: int


class JudgementJson(Part):
    """What one judge said once."""

    judge: int
    """Place in the list of judges."""
    sample: int
    outcome: str
    """`verdict`, or how the judge failed."""
    verdict: str | None
    rating: int | None
    """From 1 to 7; from 6 on it adheres."""
    reason: str
    cites: list[str]
    quotes: list[QuoteJson]


class LabelJson(Part):
    """What one person said."""

    label: str
    refusal: str | None
    drawn: str
    """random: chance drew the reply; chosen: somebody picked it."""


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
    judgements: list[JudgementJson]
    """What judges said, in the grading that counts."""
    labels: list[LabelJson]
    """What people said."""
    reply: ReplyJson | None


class ReportJson(Part):
    """The adherence report of one run."""

    format: Literal["charter-report/2"]
    run: RunJson
    model: ModelJson
    spec: SpecJson
    settings: SettingsJson
    summary: SummaryJson
    sections: list[GroupJson]
    families: list[GroupJson]
    authorities: list[GroupJson]
    clauses: list[GroupJson]
    """Those that scenarios name."""
    judging: JudgingJson | None
    """Null where no judge was asked."""
    cost: CostJson
    coverage: CoverageJson | None
    """As `charter suite coverage` writes it, of the spec that was given: compare its digest with
    that of the run. Null where none was: a run does not hold the clauses that it does not test."""
    cases: list[CaseJson]
