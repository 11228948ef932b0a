"""What the public JSON formats say of judges: fitness, agreement, cost."""

from __future__ import annotations

from typing import Literal

from charter.evals.report.format_part import Part

FitnessName = Literal["fit", "screening", "unfit"]


class RateJson(Part):
    """A share of labelled answers, with its 95 % interval."""

    count: int
    decided: int
    failed: int
    """Answers without a verdict."""
    value: float | None
    low: float | None
    high: float | None


class MeasuredJson(Part):
    """A coefficient of agreement with its 95 % interval; null where undefined."""

    value: float | None
    low: float | None
    high: float | None


class SpentJson(Part):
    """What was asked, and what it took."""

    judgements: int
    """Or replies; those that needed no request are among them."""
    cached: int
    """Of these, found in a ledger or taken over."""
    input_tokens: int
    output_tokens: int
    money: float | None
    """Null where the price is not known."""
    currency: str | None


class CalibrationJson(Part):
    """The calibration that speaks for a judge."""

    id: str
    finished_at: str
    fitness: FitnessName
    labels: str
    """Where the labels come from."""
    answers: int
    sensitivity: RateJson
    """Of the answers with a violation: found."""
    specificity: RateJson
    """Of the others: left alone."""
    kappa: MeasuredJson
    alpha: MeasuredJson
    retest: RateJson | None
    """Same verdict when asked again; null where nobody asked."""
    failures: RateJson
    """Of all answers: no verdict. `count` counts failures."""
    others: list[FitnessName]
    """What its newest calibrations by other labels found."""


class JudgeJson(Part):
    """One judge of the grading."""

    kind: str
    name: str
    digest: str | None
    prompt: str
    settings: str
    fit: bool
    reasons: list[str]
    """What its fitness rests on, or why no calibration speaks for it."""
    calibration: CalibrationJson | None
    spent: SpentJson
    failures: dict[str, int]
    """Its judgements in this run without a verdict, by kind."""


class PairJson(Part):
    """How two judges agree."""

    first: int
    """Place in `judges`."""
    second: int
    answers: int
    kappa: float | None
    standard_error: float | None


class JudgingJson(Part):
    """The judges' part in the run."""

    grading: str
    started_at: str
    finished: bool
    published: bool
    """Whether the verdicts of these judges are part of the figures."""
    samples: int
    rule: str
    replies: int
    """Judges were asked about."""
    failed: int
    """Of these, without a verdict."""
    several: int
    """Answers with at least two verdicts."""
    unanimous: int
    """Of these, all alike."""
    spread: float
    """Mean difference of the highest and the lowest rating of an answer."""
    pairs: list[PairJson]
    judges: list[JudgeJson]


class CautionJson(Part):
    """Something to be said before any figure."""

    title: str
    text: str
    grave: bool
    """Whether the figures themselves are in doubt."""


class CostJson(Part):
    """What the run took."""

    model: SpentJson
    judges: SpentJson | None
