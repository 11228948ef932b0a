"""The figures of the public JSON formats: shares with intervals, rows, clauses, coverage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from charter.evals.report.format_part import Part

VerdictName = Literal[
    "adhered",
    "violated",
    "not_judged",
    "judge_failed",
    "cut_off",
    "filtered",
    "error",
    "pending",
]
BasisName = Literal[
    "labels of these replies",
    "labels of the whole run",
    "calibration of the judge",
    "checks alone",
    "not corrected",
    "nothing decided",
]
StateName = Literal["met", "not met", "not enough evidence"]


class EstimateJson(Part):
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float
    method: str
    """How both were found."""
    population: Literal["these scenarios", "scenarios like these"]
    """What the interval speaks of: the same scenarios asked again, or others of their kind."""
    scenarios: int
    """It rests on."""
    clusters: int
    """Groups of scenarios that are independent of each other."""
    effective: float
    """Independent scenarios that would tell as much."""


class CorrectedJson(EstimateJson):
    """A share from which the measured error of verdicts was taken out."""

    labelled: int
    """Answers labelled by people that the correction rests on."""


class BoundsJson(Part):
    """A share over all scenarios, however the undecided ones would turn out."""

    worst: float
    """All that is undecided counted as 0."""
    best: float
    """All that is undecided counted as 1, as far as it still can be."""
    low: float
    """`worst` and `best` with sampling error."""
    high: float


class FiguresJson(Part):
    """A share of scenarios, each of which counts once; with repeats, with its mean."""

    scenarios: int
    """That ask for it."""
    decided: int
    """Of these, with a verdict."""
    undecided: float = Field(ge=0, le=1)
    """Share of replies without a verdict."""
    raw: EstimateJson | None
    """As graded; null where too few scenarios are decided."""
    corrected: CorrectedJson | None
    """With the error of verdicts taken out: the figure to use where there is one."""
    basis: BasisName
    """What the figure to use rests on."""
    note: str
    """Why there is no corrected figure; empty where there is one, or no need of one."""
    these: EstimateJson | None
    """As graded, if the same scenarios were asked again; null without repeats."""
    bounds: BoundsJson | None
    """Null without scenarios."""


class GroupJson(Part):
    """The figures of one section, family, authority or clause, or of the whole."""

    id: str
    title: str
    authority: str | None
    planned: int
    """Replies; the sum of `counts`."""
    counts: dict[VerdictName, int]
    enough: bool
    """Whether enough scenarios were decided to state adherence."""
    adherence: FiguresJson
    over_refusal: FiguresJson
    """Of the scenarios where the spec has the model comply: refused all the same."""
    under_refusal: FiguresJson
    """Of the scenarios where the spec has the model refuse: answered all the same."""
    balanced_error: EstimateJson | None
    """Mean of over- and under-refusal with equal weights: 0.5 for a model that does not look at
    what it is asked. Null unless both have enough evidence, and for clauses."""
    known_failures: int
    """Not judged, though a check failed already."""
    target: float | None
    """Share of adherence that is asked for."""
    state: StateName | None
    """What the evidence says of the target; null without one."""
    ranking: float | None
    """Of clauses: their rate drawn towards those of all clauses, to rank by and never to state."""
