"""The public JSON format of a gate, `charter-gate/1`, as pydantic models.

`charter schema gate` prints the JSON Schema made from them. Shares and differences are fractions;
a difference is candidate minus base. Logarithms are natural.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from charter.evals.report.format import MeasuredJson
from charter.evals.report.format_part import Part

GATE = "charter-gate/1"

VerdictJson = Literal["pass", "fail", "need_more"]
KindJson = Literal["whole", "section", "authority"]


class GateRunJson(MeasuredJson):
    """One of the two runs."""

    finished_at: str | None
    """Null for a run that is not finished: its open replies count as the worst they could be."""
    charter: str
    suite: str
    """Digest of the scenarios."""
    grading: str | None
    """Id of the grading whose verdicts count; null where checks alone decided."""


class QuestionJson(Part):
    """What was to be decided."""

    margin: float
    alpha: float
    """Bounds the chance of a false pass, and that of a false fail."""
    fail_fast: bool


class ClaimJson(Part):
    """The evidence for one claim."""

    established: bool
    log_e_now: float
    """Of the e-value on everything that was drawn."""
    log_e_peak: float
    """Of its highest value on the way, which the claim rests on; 0 at least."""
    e_needed: float
    """The e-value that establishes the claim, with the correction for the number of claims."""
    p: float
    """Anytime-valid p-value, not corrected."""
    reached: int | None
    """Number of units after which it was established."""


class MoreJson(Part):
    """Units that are missing, beyond those that have a reply; null where no number would do."""

    to_pass: int | None
    """If those to come are like those that were drawn."""
    to_fail: int | None
    if_equal: int | None
    """To pass, if both models are equally good and differ as often as they did."""


class BoundsJson(Part):
    """An interval of a difference."""

    low: float
    high: float


class RowJson(Part):
    """What a group and a limit have in common."""

    kind: KindJson
    id: str
    verdict: VerdictJson
    reason: str
    passing: ClaimJson
    failing: ClaimJson
    scenarios: int
    units: int
    """What counts once: a scenario, or all scenarios of one source."""
    decided: int
    """Units without an open reply."""
    pending: int
    """Units with a reply still to be made."""
    unmeasured: int
    """Scenarios that only a judge could decide, left out because none was asked."""
    more: MoreJson | None


class GroupJson(RowJson):
    """One group of scenarios."""

    title: str
    authority: str | None
    tested: bool
    """Whether the verdict rests on it; else it is shown for information."""
    better: int
    worse: int
    base: float | None
    """Mean adherence over the decided units; null without any."""
    candidate: float | None
    difference: float | None
    interval: BoundsJson
    """Two-sided confidence sequence of level 1 - alpha; open replies are bounded both ways."""
    at_least: float
    """One-sided lower bound of level 1 - alpha; the group passes where it exceeds -margin."""
    at_most: float
    asymptotic: BoundsJson | None
    """For display only: narrower, and a little too narrow."""
    open_base: dict[str, int]
    """Replies without a verdict, by reason."""
    open_candidate: dict[str, int]
    unpaired: int
    """Scenarios left out because they are not the same in both runs."""


class LimitJson(RowJson):
    """One absolute limit on the candidate's violations."""

    limit: float
    violations: float
    """Known ones; a unit counts with its mean."""
    at_worst: float
    """The same, if every open reply violated."""
    upper: float
    """Upper bound of the rate, right at every look."""
    upper_once: float | None
    """The bound of Clopper and Pearson, right at a single look; null where units are means."""
    confirmed: int
    """Replies that people found to violate."""
    overruled: int
    """Replies whose verdict people changed."""
    fail_fast: bool
    """Whether it fails because of a confirmed violation alone."""
    open: int
    """Replies without a verdict."""
    unmeasured_failures: int
    """Of the unmeasured: scenarios in which a check failed all the same."""


class SetAsideJson(Part):
    """Why the runs should not be compared, although it was done."""

    ground: Literal["spec", "suite", "graders", "judges", "uncalibrated", "withheld"]
    text: str


class GateJson(Part):
    """The decision on a candidate."""

    format: Literal["charter-gate/1"]
    verdict: VerdictJson
    exit_code: Literal[0, 1, 4]
    headline: str
    remarks: list[str]
    question: QuestionJson
    base: GateRunJson
    candidate: GateRunJson
    groups: list[GroupJson] = Field(description="What the verdict rests on, with the limits.")
    limits: list[LimitJson]
    others: list[GroupJson] = Field(description="The whole and other sections, for information.")
    set_aside: list[SetAsideJson]
