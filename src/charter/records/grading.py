"""What judges said of the replies of a run."""

from __future__ import annotations

from dataclasses import dataclass


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
