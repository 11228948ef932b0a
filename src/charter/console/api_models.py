"""What the API takes and gives, checked at the edge."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, RootModel

from charter.console.actions import MOST_ARGUMENTS, MOST_NAME, MOST_NOTE
from charter.console.feed import ID, NUMBER
from charter.console.moment import asked_time
from charter.govern.free_text import unkept
from charter.records.approval import ApprovalAsked, ApprovalVoted
from charter.records.decision import DecisionRecorded
from charter.records.review import ReviewRecorded
from charter.records.service import ServiceCounted, ServiceStarted
from charter.records.stop import StopOrdered

EXCHANGE_PATTERN = f"^{ID}$"
DECISION_PATTERN = f"^{ID}{NUMBER}$"

_KEPT = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
KEPT = f"^{_KEPT}*$"
"""Nothing that no record keeps: see `govern.free_text`."""
SEEN = rf"^{_KEPT}*[^\s\x00-\x1f\x7f-\x9f]{_KEPT}*$"
"""The same, with something that is no blank."""

Effects = Literal["allow", "flag", "redact", "require_approval", "deny"]
Stages = Literal["offer", "request", "output", "tool_call", "tool_result"]
Statuses = Literal["pending", "approved", "denied", "expired", "superseded", "used"]


def _a_text(value: object) -> object:
    if isinstance(value, str) and (found := unkept(value)):
        raise ValueError(f"{found} is a control character: leave it out of the record")
    return value


# says in words what the patterns say to readers of the description of the API
WRITTEN = BeforeValidator(_a_text)
Note = Annotated[str, Field(max_length=MOST_NOTE, pattern=KEPT), WRITTEN]
Reason = Annotated[str, Field(min_length=1, max_length=MOST_NOTE, pattern=SEEN), WRITTEN]
Name = Annotated[str, Field(max_length=MOST_NAME)]


def _a_time(text: str) -> str:
    found = asked_time(text)
    if not found:
        raise ValueError("no time such as 2026-11-22T08:00:00Z")
    return found


def _whole(value: object) -> object:
    """Return 5 for 5.0: one number in JSON, two in Python."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Time = Annotated[
    str,
    Field(max_length=60, json_schema_extra={"format": "date-time"}),
    AfterValidator(_a_time),
]


class Given(BaseModel):
    """What a client sends: nothing but what is named here."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Asking(BaseModel):
    """Parameters of an address."""

    model_config = ConfigDict(extra="forbid")


class DecisionsAsked(Asking):
    """Which decisions."""

    effect: Effects | None = None
    application: Name | None = None
    section: Name | None = None
    stage: Stages | None = None
    since: Time | None = None
    until: Time | None = None
    words: Annotated[str, Field(max_length=200)] | None = None
    """All of them occur in what the record says."""
    before: Annotated[int, Field(ge=1, le=10**15)] | None = None
    """`more` of the page before."""
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class ApprovalsAsked(Asking):
    """Which approvals."""

    status: Statuses = "pending"
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class LabelsAsked(Asking):
    """Which labels."""

    scale: Literal["adherence", "refusal"] = "adherence"


class NothingAsked(Asking):
    """No parameters."""


class VoteGiven(Given):
    """A vote on an approval."""

    verdict: Literal["approve", "deny", "edit"]
    binding: Annotated[str, Field(min_length=1, max_length=200)]
    """Of the approval, as it was read: a vote on anything else is none."""
    note: Note = ""
    arguments: Annotated[str, Field(max_length=MOST_ARGUMENTS)] = ""
    """With edit: JSON text of the changed arguments."""
    seconds: Annotated[int, Field(ge=0, le=86400), BeforeValidator(_whole)] = 0
    """Between showing and voting, where the caller knows."""


class StopAll(Given):
    """A stop of everything."""

    reach: Literal["all"]
    name: Literal[""] = ""
    reason: Reason


class StopOne(Given):
    """A stop of one application or tool."""

    reach: Literal["app", "tool"]
    name: Annotated[str, Field(min_length=1, max_length=MOST_NAME, pattern=SEEN), WRITTEN]
    reason: Reason


class StopGiven(RootModel[Annotated[StopAll | StopOne, Field(discriminator="reach")]]):
    """A stop."""


class LiftGiven(Given):
    """The end of a stop."""

    reason: Reason


class ReviewGiven(Given):
    """A review of one answer, made elsewhere: it counts as chosen, and not as blind."""

    decision: Annotated[str, Field(pattern=DECISION_PATTERN)]
    label: Literal["adhered", "violated"]
    refusal: Literal["none", "partial", "full"] | None = None
    should_pass: bool | None = None
    """Whether the answer should have gone out as it was."""
    section: Annotated[str, Field(min_length=1, max_length=MOST_NAME, pattern=KEPT), WRITTEN]
    note: Note = ""
    seconds: Annotated[int, Field(ge=0, le=86400), BeforeValidator(_whole)] = 0


class FailureBody(BaseModel):
    """What went wrong."""

    status: int
    message: str


class Failure(BaseModel):
    """An answer that is none."""

    error: FailureBody


class DecisionRow(BaseModel):
    """A decision and its place in the ledger."""

    index: int
    digest: str
    """SHA-256 of the record."""
    record: DecisionRecorded


class Decisions(BaseModel):
    """A page of decisions."""

    decisions: list[DecisionRow]
    more: int | None
    """`before` of the next page."""
    looked: int
    """Records that were looked at: a page that is not full ends there."""


class SaidMessage(BaseModel):
    """One message."""

    role: str
    content: str
    tool: str | None = None


class SaidCall(BaseModel):
    """One tool call of the answer."""

    tool: str
    arguments: str


class SaidContent(BaseModel):
    """What was said."""

    conversation: list[SaidMessage]
    answer: str
    calls: list[SaidCall]


class ExplainedRow(DecisionRow):
    """A decision with its explanation."""

    explanation: str | None
    """Plain sentences; None where the policy is not at hand."""


class Exchange(BaseModel):
    """All decisions on one request with its answer."""

    exchange: str
    decisions: list[ExplainedRow]
    content: SaidContent | None
    content_missing: str
    """Why there is none."""


class Approval(BaseModel):
    """An approval as it stands."""

    id: str
    status: Statuses
    asked: ApprovalAsked
    votes: list[ApprovalVoted]
    approvers: list[str]


class ApprovalWhole(Approval):
    """An approval with what is held."""

    arguments: str | None
    content: SaidContent | None
    content_missing: str


class Approvals(BaseModel):
    """Approvals, oldest first."""

    approvals: list[Approval]


class Stops(BaseModel):
    """Stops in force."""

    stops: list[StopOrdered]


class Lifted(BaseModel):
    """A stop that was lifted."""

    stop: str


class AgreementOut(BaseModel):
    """How far reviewers agree; decimals as text, None where too few were asked twice."""

    units: int
    opinions: int
    unanimous: int
    alpha: str | None
    low: str | None
    high: str | None
    too_few: bool


class Figures(BaseModel):
    """Reviews in figures."""

    reviews: int
    blind: int
    reviewers: int
    labels: dict[str, int]
    decided_rightly: int
    judged: int
    agreement: AgreementOut
    refusals: AgreementOut
    sections: dict[str, AgreementOut]


class QueuedItem(BaseModel):
    """An item that waits for judgement; of the answer itself, nothing."""

    id: str
    state: Literal["waiting", "taken", "assigned"]
    priority: int
    section: str
    application: str
    queued: str
    held_by: str
    until: str
    assigned: str
    opinions: int | None
    """How many it has; None for those who might judge it."""
    needed: int | None


class ReviewQueue(BaseModel):
    """What waits, in its order."""

    items: list[QueuedItem]
    waiting: int
    """Of all that wait, some may not be listed."""


class Reviewed(BaseModel):
    """A review as it was recorded."""

    review: ReviewRecorded


class Service(BaseModel):
    """One start of one replica."""

    state: Literal["counting", "silent", "ended", "new"]
    policy: str
    started: ServiceStarted
    counted: ServiceCounted | None


class Health(BaseModel):
    """Services and ledger."""

    services: list[Service]
    size: int
    root: str
    signed: int | None
    """Records under the latest checkpoint."""
    stops: int
    pending: int
