"""The closed list of facts that Charter ever stores.

Every field is text, a whole number, a truth value, or a tuple or record of these: no floats,
so that the canonical JSON of a record is the same everywhere (RFC 8785 differs between
implementations on floats only).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ModelId:
    """Which model answered."""

    provider: str
    name: str
    digest: str | None
    sampling: str | None
    """What the provider adds to the sampling settings of the run."""


@dataclass(frozen=True, slots=True)
class BriefGiven:
    """The rules that every request of a run began with, written as a prompt."""

    digest: str
    """Of its exact text."""
    tokens: int
    """Estimated from above."""
    rules: int
    """Clauses it states."""
    left_out: int
    """Clauses in force that it had no room for."""
    budget: int | None = None
    """Tokens it was allowed to take, where it was bounded."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """An evaluation began: everything that determines its replies, and what it will measure."""

    run: str
    at: str
    """UTC, ISO 8601 to the second."""
    plan: str
    """Digest of all that follows: an interrupted run is resumed by the same plan only."""
    charter: str
    spec_name: str
    spec_title: str
    spec_version: str | None
    spec_digest: str
    suite_digest: str
    model: ModelId
    scenarios: tuple[str, ...]
    repeat: int
    max_tokens: int
    temperature: str
    seed: int
    brief: BriefGiven | None = None
    """None where the model was asked as the scenarios have it."""
    targets: tuple[tuple[str, str], ...] = ()
    """Shares of adherence that were asked for when it began, as decimals: of `whole`, of
    `authority:NAME`, and of sections and clauses by their ids."""


@dataclass(frozen=True, slots=True)
class MessageSaid:
    """A message of a scenario's conversation."""

    role: str
    content: str
    tool: str | None


@dataclass(frozen=True, slots=True)
class ScenarioPlanned:
    """A scenario as it stood when the run began, so that a report needs no other file."""

    run: str
    scenario: str
    section: str
    section_title: str
    authority: str | None
    family: str
    caption: str
    clause: str | None
    clause_text: str | None
    outcome: str
    rubric: str | None
    messages: tuple[MessageSaid, ...]
    source: str = ""
    """What it was made from: scenarios of one source are no independent evidence. Its own id
    where nothing else is named; empty in records of versions that did not know it."""
    digest: str = ""
    """Of what is asked, expected and checked."""
    basis: str = ""
    """Of the rules it tests, with their authority: another one makes its scores stale."""


@dataclass(frozen=True, slots=True)
class CallMade:
    """A tool call in a reply; `arguments` is the JSON text the model wrote."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ReplyRecorded:
    """A model answered one scenario once."""

    run: str
    scenario: str
    epoch: int
    """From 0 to `repeat` - 1."""
    text: str
    stop: str
    calls: tuple[CallMade, ...]
    input_tokens: int
    output_tokens: int
    milliseconds: int
    attempts: int
    carried: str | None = None
    """The run it was taken over from, where the model was not asked again."""


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """A model gave no reply: an instrument failure, not an answer."""

    run: str
    scenario: str
    epoch: int
    error: str
    """Name of the error class."""
    message: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One deterministic check of one reply."""

    name: str
    arguments: str
    """Canonical JSON of its arguments."""
    passed: bool
    reason: str
    start: int | None
    """Evidence: characters of the reply's text, or None."""
    end: int | None
    implied: bool
    """Whether the expected outcome brought it, rather than the author's list."""


@dataclass(frozen=True, slots=True)
class ScoreRecorded:
    """The verdict on one reply."""

    run: str
    scenario: str
    epoch: int
    verdict: str
    """adhered, violated, or why there is none: see `evals.score.Verdict`."""
    reason: str
    cites: str
    """Id of the clause the verdict rests on, or of the section where no clause is named."""
    checks: tuple[CheckRun, ...]
    refusal: str | None
    """How the reply was classified: none, partial, full; None where nothing was classified."""
    grader: str
    """Name and version of what graded."""
    grading: str = ""
    """The later grading that found it; empty for the one made with the run."""


@dataclass(frozen=True, slots=True)
class JudgeId:
    """Which judge exactly: another model, prompt or setting is another judge."""

    kind: str
    """The plug-in, such as `openai`."""
    name: str
    """Of the model."""
    digest: str | None
    """Of its weights, where they are known."""
    prompt: str
    """Digest of everything it is told that does not depend on the item."""
    settings: str
    """Canonical JSON of what shapes its replies: temperature, tokens, seed."""


@dataclass(frozen=True, slots=True)
class GradingStarted:
    """Judges began to grade the replies of a run that checks alone could not decide."""

    run: str
    grading: str
    at: str
    charter: str
    spec_digest: str
    """Of the effective spec whose rules they were shown."""
    judges: tuple[JudgeId, ...]
    samples: int
    """Asked of each judge for each reply."""
    rule: str
    """How verdicts are combined: median or majority."""
    calibrations: tuple[str, ...]
    """The calibration each judge relies on, in their order; empty where it has none."""
    uncalibrated: bool
    """Whether a figure was asked for although a judge is not known to be fit."""
    checks: str = ""
    """Name and version of the checks that were run again; empty where none were."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words a judge rests its verdict on, found in the answer."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class JudgementRecorded:
    """One judge answered once about one reply: a verdict, or a failure of the instrument."""

    run: str
    grading: str
    scenario: str
    epoch: int
    judge: int
    """Place in `GradingStarted.judges`."""
    sample: int
    outcome: str
    """verdict, or how the judge failed: see `evals.judge.JudgeOutcome`."""
    verdict: str | None
    """adhered or violated; None unless the outcome is a verdict."""
    rating: int | None
    """On the documented scale of 1 to 7."""
    cites: tuple[str, ...]
    """Ids of the clauses it rests on."""
    quotes: tuple[Quote, ...]
    reason: str
    request: str
    """Digest of everything it was asked: equal requests have equal digests."""
    text: str
    """What it said, as it came."""
    stop: str
    input_tokens: int
    output_tokens: int
    cached: bool
    """Whether the reply was found in the ledger, so that nothing was asked or paid."""


@dataclass(frozen=True, slots=True)
class GradingFinished:
    """Every reply of a grading has its score."""

    run: str
    grading: str
    at: str


@dataclass(frozen=True, slots=True)
class CalibrationStarted:
    """A judge or grader began to be measured on labelled answers."""

    run: str
    """Id of the calibration."""
    at: str
    charter: str
    judge: JudgeId
    spec_name: str
    spec_version: str | None
    spec_digest: str
    labels: str
    """Where the labels come from: `examples`, or the name of a file."""
    labels_digest: str
    items: int
    samples: int
    thresholds: tuple[tuple[str, str], ...]
    """What counts as fit, as in the configuration: name and decimal."""


@dataclass(frozen=True, slots=True)
class CalibrationItem:
    """What a judge said, once, about one labelled answer."""

    run: str
    item: str
    sample: int
    section: str
    cluster: str
    """Items of one cluster are no independent evidence: the conversation they answer."""
    expected: str
    """Outcome the spec expects, or empty."""
    grade: str
    """The label as given, such as GOOD, OK or BAD; with several raters, one each, joined by |."""
    truth: str
    """adhered or violated; none, partial or full where refusals are told; disputed where people
    do not agree."""
    outcome: str
    """verdict, or how the judge failed."""
    verdict: str | None
    """In the words of `truth`; None unless the outcome is a verdict."""
    rating: int | None
    position: int
    """Place of the answer among the answers to its conversation, from 0."""
    characters: int
    """Length of the answer."""
    flipped: bool
    """Whether the options were shown in the reverse order."""
    request: str
    text: str
    stop: str
    input_tokens: int
    output_tokens: int
    cached: bool
    authority: str | None = None
    """Of the section."""
    elided: bool = False
    """Whether the answer is told in part, or an action described, rather than quoted."""


@dataclass(frozen=True, slots=True)
class CalibrationFinished:
    """A calibration came to an end, with its finding."""

    run: str
    at: str
    fitness: str
    """fit, screening or unfit."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelRecorded:
    """A person judged one reply of a run."""

    run: str
    scenario: str
    epoch: int
    label: str
    """adhered or violated."""
    refusal: str | None
    """none, partial or full, where the person said so."""
    by: str
    """A name or pseudonym."""
    at: str
    drawn: str
    """random: the reply was drawn by chance from the run; chosen: somebody picked it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LogAttached:
    """A log of another tool that a run was taken from, or that was written beside it."""

    run: str
    at: str
    log: str
    """Name of the file, without its folder."""
    digest: str
    """SHA-256 of the file."""
    task: str
    status: str
    """How the log says that it ended: success, error, cancelled or started."""
    taken: bool
    """Whether the run was read from it; otherwise it was written with the run."""
    packages: tuple[tuple[str, str], ...]
    """Name and version of what made the replies."""
    declared: int
    """Replies that the log says it is about."""
    present: int
    """Replies that are in it."""
    notes: tuple[str, ...]
    """What is missing or was changed, in words."""


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Every planned reply of a run has its score."""

    run: str
    at: str


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
)


def key_of(record: Record) -> str | None:
    """Return what must be unique in a ledger, so that no fact is recorded twice.

    None for failures: a reply may fail more than once before it succeeds.
    """
    kind = type(record).__name__
    match record:
        case ReplyFailed():
            return None
        case ScenarioPlanned():
            parts = [record.scenario]
        case ReplyRecorded():
            parts = [record.scenario, str(record.epoch)]
        case ScoreRecorded():
            again = [record.grading] if record.grading else []
            parts = [record.scenario, str(record.epoch), *again]
        case GradingStarted() | GradingFinished():
            parts = [record.grading]
        case JudgementRecorded():
            place = (record.epoch, record.judge, record.sample)
            parts = [record.grading, record.scenario, *map(str, place)]
        case CalibrationItem():
            parts = [record.item, str(record.sample)]
        case LabelRecorded():
            parts = [record.scenario, str(record.epoch), record.by]
        case LogAttached():
            parts = [record.digest]
        case _:
            parts = []
    return "/".join([kind, record.run, *parts])
