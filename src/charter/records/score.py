"""What became of a reply: its verdict, and the checks that it rests on."""

from __future__ import annotations

from dataclasses import dataclass


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
