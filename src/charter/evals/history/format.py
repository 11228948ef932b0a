"""The public JSON format of a history, `charter-history/1`."""

from __future__ import annotations

from typing import Literal

from charter.evals.report.format import MeasuredJson
from charter.evals.report.format_figures import EstimateJson, FiguresJson
from charter.evals.report.format_part import Part

HISTORY = "charter-history/1"


class SinceJson(Part):
    """A run against the one before it of the same model and spec."""

    run: str
    """Id of that run."""
    same_spec: bool
    """Whether both were measured against the same text."""
    same_suite: bool
    """Whether both asked the same scenarios."""
    common: int
    """Scenarios that are the same in both."""
    decided: int
    """Of these, decided in both."""
    difference: float | None
    """Of adherence as graded, this run minus the one before, on these; null where too few."""
    low: float | None
    """95 % interval."""
    high: float | None
    p: float | None
    balanced_difference: float | None
    """Of the balanced errors, below 0 is better; null where too few scenarios are common."""
    balanced_low: float | None
    balanced_high: float | None
    cautions: list[str]
    """What else differs between the two."""


class PointJson(MeasuredJson):
    """One run."""

    number: int
    """Its place among all runs of its spec, from 1."""
    finished: bool
    suite: str
    """Digest of the scenarios."""
    scenarios: int
    judged: bool
    """Whether verdicts of judges are part of its figures."""
    uncalibrated: bool
    """Whether these are not known to be fit."""
    withheld: bool
    """Whether there are verdicts of judges that are part of no figure."""
    carried: int
    """Replies that an earlier run gave."""
    cautions: list[str]
    adherence: FiguresJson
    over_refusal: FiguresJson
    under_refusal: FiguresJson
    balanced_error: EstimateJson | None
    since: SinceJson | None
    """Null for the first run of a model."""


class LineJson(Part):
    """One model on one spec."""

    name: str
    runs: list[PointJson]
    """Oldest first."""


class BoardJson(Part):
    """All runs of one spec."""

    name: str
    title: str
    models: list[LineJson]


class HistoryJson(Part):
    """Models over time and versions of a spec."""

    format: Literal["charter-history/1"]
    uncalibrated: bool
    """Whether any figure rests on judges that are not known to be fit."""
    comparable: str
    """What runs may be compared on."""
    specs: list[BoardJson]
