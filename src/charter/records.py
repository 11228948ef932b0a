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
    """adhered, violated, not_judged or error."""
    reason: str
    cites: str
    """Id of the clause the verdict rests on, or of the section where no clause is named."""
    checks: tuple[CheckRun, ...]
    refusal: str | None
    """How the reply was classified: none, partial, full; None where nothing was classified."""
    grader: str
    """Name and version of what graded."""


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Every planned reply of a run has its score."""

    run: str
    at: str


Record: TypeAlias = (
    RunStarted | ScenarioPlanned | ReplyRecorded | ReplyFailed | ScoreRecorded | RunFinished
)
RECORDS: tuple[type[Record], ...] = (
    RunStarted,
    ScenarioPlanned,
    ReplyRecorded,
    ReplyFailed,
    ScoreRecorded,
    RunFinished,
)


def key_of(record: Record) -> str | None:
    """Return what must be unique in a ledger, so that no fact is recorded twice.

    None for failures: a reply may fail more than once before it succeeds.
    """
    kind = type(record).__name__
    if isinstance(record, RunStarted | RunFinished):
        return f"{kind}/{record.run}"
    if isinstance(record, ScenarioPlanned):
        return f"{kind}/{record.run}/{record.scenario}"
    if isinstance(record, ReplyRecorded | ScoreRecorded):
        return f"{kind}/{record.run}/{record.scenario}/{record.epoch}"
    return None
