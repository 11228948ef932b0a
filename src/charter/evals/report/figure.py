"""Figures -> the words that stand beside them: which one, how it was found, what it speaks of."""

from __future__ import annotations

from charter.estimates.estimate import Corrected, Estimate
from charter.estimates.interval import ENOUGH, Interval
from charter.estimates.state import State
from charter.evals.correction import Basis
from charter.evals.figures import Figures
from charter.evals.report.wording import interval_text, lacking, number, percent, plural
from charter.evals.result import Result
from charter.evals.row import Row

LIKE_THESE = (
    "Intervals speak of scenarios like these: how far a figure could be off because these "
    "scenarios were asked and not others of their kind. Each scenario counts once, however often "
    "it was repeated, and scenarios made from one source count as one piece of evidence. They do "
    "not speak of other kinds of prompts, settings or versions of the model."
)
STATE_WORDS = {
    State.MET: "met",
    State.NOT_MET: "not met",
    State.NOT_ENOUGH: "not enough evidence",
}


def decided(figures: Figures) -> int:
    """Return the scenarios that the figures rest on."""
    return figures.raw.n if figures.raw is not None else 0


def stated(figures: Figures) -> Estimate | None:
    """Return the figure to show first; None where too few scenarios were decided."""
    return figures.headline if decided(figures) >= ENOUGH else None


def stated_raw(figures: Figures) -> Estimate | None:
    """Return the figure as graded; None where too few scenarios were decided."""
    return figures.raw if decided(figures) >= ENOUGH else None


def stated_correction(figures: Figures) -> Corrected | None:
    """Return the corrected figure; None where there is none, or too little evidence."""
    return figures.corrected if decided(figures) >= ENOUGH else None


def estimate_text(estimate: Estimate) -> str:
    """Return `42.9 % (36.6-49.4 %)`."""
    return f"{percent(estimate.value)} ({interval_text(estimate.interval)})"


def counts_text(row: Row) -> str:
    """Return `0 of 3`, as graded: what stands where a share would rest on too few scenarios."""
    return f"{number(row.adherence.successes)} of {row.adherence.scenarios}"


def figure_text(figures: Figures) -> str:
    """Return the figure to show first, or that the evidence does not suffice."""
    found = stated(figures)
    return lacking(decided(figures)) if found is None else estimate_text(found)


def raw_text(figures: Figures) -> str:
    """Return the figure as graded, or that the evidence does not suffice."""
    found = stated_raw(figures)
    return lacking(decided(figures)) if found is None else estimate_text(found)


def basis_text(figures: Figures) -> str:
    """Return what the figure rests on, as a sentence; empty where none is stated."""
    found, correction = stated(figures), figures.corrected
    if found is None:
        return ""
    labelled = 0 if correction is None else correction.labelled
    if figures.basis is Basis.LABELS:
        rests = f"Corrected by what people say of {plural(labelled, 'scenario')} drawn at random"
    elif figures.basis is Basis.RUN_LABELS:
        rests = (
            f"Corrected by the errors on replies of this run that people labelled{_worth(labelled)}"
        )
    elif figures.basis is Basis.CALIBRATION:
        rests = (
            f"Corrected by the errors on the labelled answers of a calibration{_worth(labelled)}"
        )
    elif figures.basis is Basis.CHECKS:
        rests = "Decided by checks alone: there is no judge whose error would have to be taken out"
    else:
        rests = f"Not corrected: {figures.note or 'there is nothing to correct it by'}"
    return f"{rests}. {_how(found)}"


def _worth(number: int) -> str:
    """Return how much labelled answers tell: those that share a conversation tell less."""
    return f", worth {number} independent ones"


def basis_word(figures: Figures) -> str:
    """Return what the figure rests on in one or two words, for a table."""
    return {
        Basis.LABELS: "labels",
        Basis.RUN_LABELS: "labels of the run",
        Basis.CALIBRATION: "calibration",
        Basis.CHECKS: "checks",
        Basis.RAW: "not corrected",
        Basis.NOTHING: "",
    }[figures.basis]


def population_text(estimate: Estimate) -> str:
    """Return what an interval speaks of."""
    return f"{round(100 * estimate.confidence)} % interval over {estimate.population}"


def these_text(figures: Figures) -> str | None:
    """Return how the same scenarios would come out if asked again; None without repeats."""
    these = figures.these
    if these is None or stated_raw(figures) is None:
        return None
    return (
        f"Asked again, these same scenarios would as graded give {interval_text(these.interval)} "
        f"({population_text(these)}, {these.method})."
    )


def bounds(figures: Figures) -> Interval | None:
    """Return how low and high the figure may lie whatever is undecided, with sampling error.

    None where all is decided. It joins the outer ends of both extremes, which is wider than need
    be (Imbens and Manski 2004, Econometrica 72, 1845-1857, give the narrower interval).
    """
    if figures.worst is None or figures.best is None or figures.undecided <= 0:
        return None
    return Interval(figures.worst.interval.low, figures.best.interval.high)


def bounds_text(figures: Figures, *, what: str) -> str | None:
    """Return the bounds in a sentence; None where all is decided."""
    found = bounds(figures)
    if found is None or figures.worst is None or figures.best is None:
        return None
    return (
        f"Whatever the undecided ones would turn out to be, {what} over all "
        f"{plural(figures.planned, 'scenario')} lies between {percent(figures.worst.value)} and "
        f"{percent(figures.best.value)} ({interval_text(found)} with sampling error)."
    )


def corrected_word(result: Result) -> str:
    """Return how corrected figures are called: those of an unfit judge are not calibrated."""
    return "Corrected, judge not fit" if result.uncalibrated else "Calibrated"


def target_text(target: float) -> str:
    """Return `at least 90 %`, with as many decimals as the target has."""
    return f"at least {100 * target:g} %"


def _how(estimate: Estimate) -> str:
    return f"{population_text(estimate)}, by {estimate.method}."
