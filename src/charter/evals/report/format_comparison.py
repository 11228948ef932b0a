"""The public JSON format of two runs side by side, `charter-comparison/2`."""

from __future__ import annotations

from typing import Literal

from charter.evals.report.format import MeasuredJson
from charter.evals.report.format_figures import FiguresJson
from charter.evals.report.format_part import Part


class SideJson(MeasuredJson):
    """One of the two runs."""

    finished_at: str | None
    charter: str
    uncalibrated: bool
    """Whether its figures rest on judges that are not known to be fit."""


class PairedJson(Part):
    """The difference on the scenarios that both runs decided."""

    scenarios: int
    better: int
    """Scenarios on which the second run did better."""
    worse: int
    difference: float | None
    """Second minus first; null, with bounds and p, where too few scenarios are common."""
    low: float | None
    """95 % interval for paired shares, clustered by source."""
    high: float | None
    p: float | None
    """Two-sided, not corrected for the number of rows."""
    test: str
    """What `p` comes from: McNemar, sign test, or permutation of clusters."""


class DifferenceJson(Part):
    """A difference with its 95 % interval; null where too few scenarios are common."""

    scenarios: int
    difference: float | None
    low: float | None
    high: float | None


class RefusalChangeJson(Part):
    """How both errors differ on the common scenarios, second minus first: below 0 is better."""

    over: DifferenceJson
    under: DifferenceJson
    balanced: DifferenceJson
    """Of the mean of both, with equal weights; null unless both have enough evidence."""


class RowJson(Part):
    """The figures of one group in one run."""

    adherence: FiguresJson
    over_refusal: FiguresJson
    under_refusal: FiguresJson


class ComparedJson(Part):
    """One group in both runs."""

    id: str
    title: str
    authority: str | None
    first: RowJson | None
    """Null where the run has no such group."""
    second: RowJson | None
    paired: PairedJson
    """As graded: no error of a judge is taken out of a difference."""
    refusals: RefusalChangeJson


class ChangeJson(Part):
    """A scenario whose outcome changed."""

    scenario: str
    section: str
    caption: str
    change: Literal["better", "worse"]
    first: float
    """Share of replies that adhered: 0 or 1 without repeats."""
    second: float
    first_reason: str
    second_reason: str


class ComparisonJson(Part):
    """Two runs side by side."""

    format: Literal["charter-comparison/2"]
    first: SideJson
    second: SideJson
    sentences: list[str]
    cautions: list[str]
    common: int
    altered: int
    only_first: int
    only_second: int
    whole: ComparedJson
    sections: list[ComparedJson]
    families: list[ComparedJson]
    authorities: list[ComparedJson]
    changes: list[ChangeJson]
