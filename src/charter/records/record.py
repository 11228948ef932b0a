"""Every kind of fact that is stored, and what tells one from another.

Every field is text, a whole number, a truth value, or a tuple or record of these: no floats,
so that the canonical JSON of a record is the same everywhere (RFC 8785 differs between
implementations on floats only).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from charter.records.approval import (
    ApprovalAsked,
    ApprovalExpired,
    ApprovalUsed,
    ApprovalVoted,
)
from charter.records.calibration import (
    CalibrationFinished,
    CalibrationItem,
    CalibrationStarted,
)
from charter.records.comment import CommentModerated, CommentReceived
from charter.records.decision import DecisionRecorded
from charter.records.erasure import (
    HoldLifted,
    HoldPlaced,
    PayloadsExpired,
    SubjectErased,
)
from charter.records.grading import (
    GradingFinished,
    GradingStarted,
    JudgementRecorded,
)
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.label import (
    LabelRecorded,
)
from charter.records.log import (
    LogAttached,
)
from charter.records.objective import AlertEnded, AlertRaised, NoticeSent
from charter.records.oversight import AnswerKnown, AnswerShown, ItemMoved, ItemQueued
from charter.records.proposal import (
    ProposalApplied,
    ProposalMade,
    ProposalMoved,
    ProposalVoted,
    ProposalWorded,
)
from charter.records.ranking import AnswersRanked, RankingFinished, RankingStarted
from charter.records.release import (
    PinLifted,
    PolicyPinned,
    ReleaseAsked,
    Released,
    ReleaseDecided,
    ReleaseOverridden,
    ReleaseVoted,
    ReleaseWithdrawn,
)
from charter.records.review import ReviewRecorded
from charter.records.run import (
    ReplyFailed,
    ReplyRecorded,
    RunFinished,
    RunStarted,
    ScenarioPlanned,
)
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn
from charter.records.score import (
    ScoreRecorded,
)
from charter.records.service import (
    PolicyServed,
    ServiceCounted,
    ServiceStarted,
)
from charter.records.stop import StopLifted, StopOrdered
from charter.records.survey import (
    AnswerGiven,
    ConductNoted,
    InvitationsMade,
    InvitationUsed,
    ParticipantJoined,
    ParticipantWithdrew,
    SurveyClosed,
    SurveyOpened,
    VoicesImported,
)

Record: TypeAlias = (
    RunStarted
    | ScenarioPlanned
    | ReplyRecorded
    | ReplyFailed
    | ScoreRecorded
    | RunFinished
    | GradingStarted
    | JudgementRecorded
    | GradingFinished
    | CalibrationStarted
    | CalibrationItem
    | CalibrationFinished
    | LabelRecorded
    | LogAttached
    | DecisionRecorded
    | ServiceStarted
    | PolicyServed
    | ServiceCounted
    | ApprovalAsked
    | ApprovalVoted
    | ApprovalExpired
    | ApprovalUsed
    | StopOrdered
    | StopLifted
    | ReviewRecorded
    | CommentReceived
    | CommentModerated
    | IncidentOpened
    | IncidentAmended
    | ReleaseAsked
    | ReleaseVoted
    | ReleaseOverridden
    | ReleaseDecided
    | Released
    | ReleaseWithdrawn
    | PolicyPinned
    | PinLifted
    | AlertRaised
    | AlertEnded
    | NoticeSent
    | ItemQueued
    | ItemMoved
    | AnswerKnown
    | AnswerShown
    | SampleDrawn
    | AnswerDrawn
    | AnswerJudged
    | SurveyOpened
    | SurveyClosed
    | InvitationsMade
    | ParticipantJoined
    | InvitationUsed
    | AnswerGiven
    | ParticipantWithdrew
    | ConductNoted
    | VoicesImported
    | RankingStarted
    | AnswersRanked
    | RankingFinished
    | ProposalMade
    | ProposalWorded
    | ProposalVoted
    | ProposalMoved
    | ProposalApplied
    | SubjectErased
    | PayloadsExpired
    | HoldPlaced
    | HoldLifted
)
RECORDS: tuple[type[Record], ...] = (
    RunStarted,
    ScenarioPlanned,
    ReplyRecorded,
    ReplyFailed,
    ScoreRecorded,
    RunFinished,
    GradingStarted,
    JudgementRecorded,
    GradingFinished,
    CalibrationStarted,
    CalibrationItem,
    CalibrationFinished,
    LabelRecorded,
    LogAttached,
    DecisionRecorded,
    ServiceStarted,
    PolicyServed,
    ServiceCounted,
    ApprovalAsked,
    ApprovalVoted,
    ApprovalExpired,
    ApprovalUsed,
    StopOrdered,
    StopLifted,
    ReviewRecorded,
    CommentReceived,
    CommentModerated,
    IncidentOpened,
    IncidentAmended,
    ReleaseAsked,
    ReleaseVoted,
    ReleaseOverridden,
    ReleaseDecided,
    Released,
    ReleaseWithdrawn,
    PolicyPinned,
    PinLifted,
    AlertRaised,
    AlertEnded,
    NoticeSent,
    ItemQueued,
    ItemMoved,
    AnswerKnown,
    AnswerShown,
    SampleDrawn,
    AnswerDrawn,
    AnswerJudged,
    SurveyOpened,
    SurveyClosed,
    InvitationsMade,
    ParticipantJoined,
    InvitationUsed,
    AnswerGiven,
    ParticipantWithdrew,
    ConductNoted,
    VoicesImported,
    RankingStarted,
    AnswersRanked,
    RankingFinished,
    ProposalMade,
    ProposalWorded,
    ProposalVoted,
    ProposalMoved,
    ProposalApplied,
    SubjectErased,
    PayloadsExpired,
    HoldPlaced,
    HoldLifted,
)


_TELLING: Mapping[type[Record], tuple[str, ...] | None] = MappingProxyType(
    {
        ScenarioPlanned: ("scenario",),
        ReplyRecorded: ("scenario", "epoch"),
        ReplyFailed: None,
        ScoreRecorded: ("scenario", "epoch", "grading"),
        GradingStarted: ("grading",),
        GradingFinished: ("grading",),
        JudgementRecorded: ("grading", "scenario", "epoch", "judge", "sample"),
        CalibrationItem: ("item", "sample"),
        LabelRecorded: ("scenario", "epoch", "by"),
        LogAttached: ("digest",),
        DecisionRecorded: ("sequence",),
        PolicyServed: ("number",),
        ServiceCounted: ("number",),
        ApprovalVoted: ("by",),
        ReviewRecorded: ("by",),
        IncidentAmended: ("number",),
        ReleaseVoted: ("by",),
        Released: ("number",),
        AlertRaised: ("number",),
        AlertEnded: ("number",),
        NoticeSent: ("number",),
        ItemMoved: ("number",),
        AnswerDrawn: ("decision",),
        AnswerJudged: ("decision", "judge"),
        SurveyOpened: ("number",),
        SurveyClosed: ("number",),
        InvitationsMade: ("number",),
        AnswerGiven: ("number",),
        ConductNoted: ("kind",),
        AnswersRanked: ("item", "repeat"),
        ProposalWorded: ("number",),
        ProposalVoted: ("wording", "state", "by"),
        ProposalMoved: ("number",),
        SubjectErased: ("number",),
        PayloadsExpired: ("number",),
        HoldPlaced: ("number",),
        HoldLifted: ("number",),
    }
)
"""What tells records of one kind and run from each other; nothing where there is one of them."""


def key_of(record: Record, sequence: int | None = None) -> str | None:
    """Return what must be unique in a ledger, so that no fact is recorded twice.

    None for failures: a reply may fail more than once before it succeeds. With `sequence`, the
    key that a decision will have by that number.
    """
    if isinstance(record, DecisionRecorded):  # the quick way for what there is most of
        number = record.sequence if sequence is None else sequence
        return f"DecisionRecorded/{record.run}/{number}"
    kind = type(record)
    telling = _TELLING.get(kind, ())
    if telling is None:
        return None
    parts = [str(getattr(record, name)) for name in telling]
    if kind is ScoreRecorded and not parts[-1]:  # made with the run, before there were gradings
        parts.pop()
    return "/".join([kind.__name__, record.run, *parts])


def thread_of(record: Record) -> str | None:
    """Return the exchange that a record belongs to, by which it can be found; None for most."""
    return record.exchange if isinstance(record, _THREADED) else None


_THREADED = (DecisionRecorded, ApprovalAsked, ApprovalUsed)
