"""What was asked and answered: a run, its scenarios, its replies."""

from __future__ import annotations

from dataclasses import dataclass


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
class RunFinished:
    """Every planned reply of a run has its score."""

    run: str
    at: str
