"""Figures -> the digits and words that every report shares, so that no two state them apart."""

from __future__ import annotations

from charter.estimates.interval import ENOUGH, Interval
from charter.evals.case import PENDING
from charter.evals.row import Share
from charter.evals.score import Verdict
from charter.records.run import BriefGiven

DASH = "\u2013"
MINUS = "\u2212"

VERDICT_WORDS = {
    Verdict.ADHERED.value: "adhered",
    Verdict.VIOLATED.value: "violated",
    Verdict.NOT_JUDGED.value: "not judged",
    Verdict.JUDGE_FAILED.value: "judge failed",
    Verdict.CUT_OFF.value: "cut off",
    Verdict.FILTERED.value: "filtered",
    Verdict.ERROR.value: "error",
    PENDING: "pending",
}


def percent(fraction: float) -> str:
    """Return `42.9 %`: one decimal, because no run of this size supports two."""
    return f"{100 * fraction:.1f} %"


def points(fraction: float) -> str:
    """Return a difference of shares in percentage points, always with its sign."""
    value = round(100 * fraction, 1)
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    return f"{sign}{abs(value):.1f}"


def interval_text(interval: Interval) -> str:
    """Return `36.6-49.4 %`, with an en dash."""
    return f"{100 * interval.low:.1f}{DASH}{100 * interval.high:.1f} %"


def points_interval(interval: Interval) -> str:
    """Return `-4.1 to +2.0`: signed bounds read badly on both sides of a dash."""
    return f"{points(interval.low)} to {points(interval.high)}"


def number(value: float) -> str:
    """Return a count; with repeats a scenario may count in part, which shows as a decimal."""
    return str(round(value)) if abs(value - round(value)) < 1e-9 else f"{value:.1f}"


def enough(share: Share) -> bool:
    """Whether a share rests on enough scenarios to be stated."""
    return share.scenarios >= ENOUGH


def lacking(scenarios: int) -> str:
    """Return what stands in the place of a share that is not stated."""
    return f"not enough evidence (n={scenarios})"


def share_text(share: Share) -> str:
    """Return `42.9 % (36.6-49.4 %)`, or that the evidence does not suffice."""
    if share.value is None or share.interval is None or not enough(share):
        return lacking(share.scenarios)
    return f"{percent(share.value)} ({interval_text(share.interval)})"


def of_text(share: Share) -> str:
    """Return `12 of 130`."""
    return f"{number(share.successes)} of {share.scenarios}"


def p_text(p: float) -> str:
    """Return a p-value with three decimals, or `<0.001`."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def brief_text(brief: BriefGiven | None) -> str:
    """Return what rules a run's requests began with."""
    if brief is None:
        return "no brief"
    total = brief.rules + brief.left_out
    allowed = "" if brief.budget is None else f" of {brief.budget} allowed"
    return (
        f"a brief of {brief.rules} of {total} rules, about {brief.tokens} tokens{allowed} "
        f"({brief.digest[:19]})"
    )


def plural(count: int, noun: str, several: str | None = None) -> str:
    """Return `1 scenario`, `2 scenarios`; a noun in -y gives -ies, `several` any other form."""
    if count == 1:
        return f"1 {noun}"
    if several is not None:
        return f"{count} {several}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"
