"""Answers drawn from live traffic, to be judged. `run` is the id of the sample."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the traffic, of which each answer had the same chance."""

    name: str
    """Such as `protect_privacy/flagged`."""
    population: int
    """Answers in it."""
    drawn: int


@dataclass(frozen=True, slots=True)
class SampleDrawn:
    """Answers were drawn by chance."""

    run: str
    at: str
    by: str
    objective: str
    """What for; empty where no objective asked for it."""
    since: str
    until: str
    """Decisions with `since` <= time < `until`."""
    strata: tuple[Stratum, ...]
    seed: str
    """From which anybody can draw the same again."""
    precision: str
    """Half width of the interval that was aimed at, as a decimal."""


@dataclass(frozen=True, slots=True)
class AnswerDrawn:
    """One answer of a sample."""

    run: str
    decision: str
    exchange: str
    stratum: str
    application: str
    model: str
    section: str


@dataclass(frozen=True, slots=True)
class AnswerJudged:
    """A judge said of an answer of a sample whether it keeps to a section."""

    run: str
    decision: str
    at: str
    judge: str
    """Digest of the identity of the judge."""
    calibration: str
    """Id of the calibration it relies on; empty where it has none."""
    verdict: str
    """adhered, violated, or failed where the judge gave none."""
    section: str
    reason: str = ""
