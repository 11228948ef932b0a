"""Result -> the few sentences that a reader must not miss, and the limits of the figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from charter.estimates.interval import ENOUGH, Interval
from charter.evals.case import PENDING
from charter.evals.figures import Figures
from charter.evals.report import figure
from charter.evals.report.caution import Caution, cautions
from charter.evals.report.figure import (
    LIKE_THESE,
    basis_text,
    bounds_text,
    decided,
    estimate_text,
    stated,
    stated_correction,
    stated_raw,
    target_text,
)
from charter.evals.report.freedom import Freedom, freedom
from charter.evals.report.wording import interval_text, percent, plural
from charter.evals.result import Result
from charter.evals.score import Verdict

OVER = "Refused where the spec has it comply"
UNDER = "Answered where the spec has it refuse"

_NO_PERSON = (
    "No person judged these replies. A verdict is what deterministic checks found in the words "
    "of a reply; a reply can pass its checks and still be poor, or fail one and be good."
)
_SCORER = (
    "Verdicts are those that the scorer of the log gave. Charter did not check the replies itself."
)
_UNDECIDED = (
    "They and all other undecided replies are left out of the shares; the bounds above show what "
    "they could change."
)
_LEFT_OUT = (
    "Replies without a verdict are left out of the shares; the bounds above show what they could "
    "change."
)
_RULES = (
    "Whether a reply refuses is told by a classifier, not by a person. It errs at times, in both "
    "directions."
)
_COVERAGE = "A section's share speaks for those and not for the rest of its text."


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where adherence over all planned scenarios lies, however the undecided ones turn out."""

    worst: float
    """Every undecided reply counted as a violation."""
    best: float
    """Every undecided reply counted as adhered, unless a check failed already."""
    interval: Interval
    """With sampling error."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in sentences, in the order they are read."""

    cautions: tuple[Caution, ...]
    """To be said before any figure."""
    headline: str
    raw: str | None
    """The figure as graded, where the headline is corrected."""
    basis: str
    """What the headline rests on; empty where none is stated."""
    these: str | None
    """How these very scenarios would come out again; None without repeats."""
    target: str | None
    over_refusal: str
    under_refusal: str
    balanced: str
    """Both errors in one figure, or why there is none."""
    undecided: str
    bounds: str | None

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, without the empty ones."""
        found = (
            *(caution.sentence for caution in self.cautions),
            self.headline,
            self.raw,
            self.basis,
            self.these,
            self.target,
            self.over_refusal,
            self.under_refusal,
            self.balanced,
            self.undecided,
            self.bounds,
        )
        return tuple(sentence for sentence in found if sentence)


def summarise(result: Result) -> Summary:
    """Put the figures of a run into plain sentences."""
    figures = result.whole.figures
    both = freedom(result)
    return Summary(
        cautions=cautions(result),
        headline=headline(result),
        raw=_raw(figures),
        basis=basis_text(figures),
        these=figure.these_text(figures),
        target=_target(result),
        over_refusal=f"{OVER}: {_refusals(both.over)}.",
        under_refusal=f"{UNDER}: {_refusals(both.under)}.",
        balanced=balanced_text(both),
        undecided=_undecided(result),
        bounds=bounds_text(figures, what="adherence"),
    )


def headline(result: Result) -> str:
    """Return the one sentence that states adherence, or why none is stated."""
    planned, figures = len(result.run.scenarios), result.whole.figures
    times = f" with {result.run.repeat} replies each" if result.run.repeat > 1 else ""
    lead = f"Of {plural(planned, 'scenario')}{times}, "
    by = "checks and judges" if result.judged else "checks alone"
    if result.log is not None and result.judged:
        by = "judges" if result.scorer is None else "the log's scorer and judges"
    elif result.scorer is not None:
        by = "the log's scorer"
    if not decided(figures):
        return f"{lead}none could be decided by {by}, so no share is stated."
    lead += f"{decided(figures)} could be decided by {by}: "
    found = stated(figures)
    if found is None:
        return f"{lead}not enough evidence to state a share ({ENOUGH} are needed)."
    corrected = ", the error of the verdicts taken out" if stated_correction(figures) else ""
    interval = interval_text(found.interval)
    return f"{lead}{percent(found.value)} adhered{corrected} (95 % interval {interval})."


def bounds(result: Result) -> Bounds | None:
    """Return how far the undecided scenarios could move the share; None without scenarios."""
    worst, best = result.whole.figures.worst, result.whole.figures.best
    if worst is None or best is None:
        return None
    return Bounds(worst.value, best.value, Interval(worst.interval.low, best.interval.high))


def balanced_text(both: Freedom) -> str:
    """Return both errors in one figure, so that refusing more cannot look like doing better."""
    if both.balanced is None:
        return f"No balanced error is stated: {both.lacks}."
    most = f", at most {percent(both.worst)} with what was not classified" if both.worst else ""
    return (
        f"Balanced error, the mean of both: {estimate_text(both.balanced)}{most}. Refusing "
        "everything or nothing gives 50 %."
    )


def limits(result: Result) -> tuple[str, ...]:
    """Return what the figures do not say, for this run."""
    return tuple(_limits(result))


def _limits(result: Result) -> Iterator[str]:
    open_ = result.whole.counts[Verdict.NOT_JUDGED]
    clauses = {c.scenario.clause for c in result.cases if c.scenario.clause}
    yield _people(result)
    if open_:
        yield f"Replies that only a judge could decide have no verdict: here {open_}. {_UNDECIDED}"
    elif result.whole.figures.undecided > 0:
        yield _LEFT_OUT
    failed = result.whole.counts[Verdict.JUDGE_FAILED]
    if failed:
        yield (
            f"Where judges came to no verdict, here {failed} times, the instrument failed and not "
            "the model: such replies bound the figure from both sides."
        )
    yield LIKE_THESE
    yield _RULES
    yield f"Only clauses with a scenario were tested: here {len(clauses)}. {_COVERAGE}"


def _people(result: Result) -> str:
    labelled = sum(bool(case.labels) for case in result.cases)
    if result.scorer is not None and not result.judged:
        return _SCORER if not labelled else f"{_SCORER} People labelled {labelled} of the replies."
    if result.judged:
        judged = sum(case.judged for case in result.cases)
        said = f"{plural(judged, 'reply')} {'was' if judged == 1 else 'were'} judged by a model"
        said += f" and {labelled} by people" if labelled else ", none by a person"
        return (
            f"{said}; the others by deterministic checks. A judge errs: the part on judges says "
            "how often."
        )
    if labelled:
        return (
            f"{plural(labelled, 'reply')} {'was' if labelled == 1 else 'were'} labelled by people, "
            "the others decided by deterministic checks alone."
        )
    return _NO_PERSON


def _raw(figures: Figures) -> str | None:
    raw = stated_raw(figures)
    if raw is None or stated_correction(figures) is None:
        return None
    return f"As graded, nothing taken out: {estimate_text(raw)}."


def _target(result: Result) -> str | None:
    row = result.whole
    if row.target is None or row.state is None:
        return None
    return f"Asked for: {target_text(row.target)}. {figure.STATE_WORDS[row.state].capitalize()}."


def _refusals(figures: Figures) -> str:
    if not decided(figures):
        return "no such scenario was classified"
    of = plural(decided(figures), "scenario")
    found = stated(figures)
    if found is None:
        return f"not enough evidence (n={decided(figures)})"
    text = f"{percent(found.value)} of {of} (95 % interval {interval_text(found.interval)}"
    corrected = stated_correction(figures)
    if corrected is None:
        return f"{text}; not corrected)"
    raw = stated_raw(figures)
    return f"{text}; as classified {estimate_text(raw)})" if raw else f"{text})"


def _undecided(result: Result) -> str:
    counts = result.whole.counts
    known = result.whole.known_failures
    failed = f" ({known} of which failed a check already)" if known else ""
    judged = counts[Verdict.JUDGE_FAILED]
    failed += f", {judged} where judges failed" if judged else ""
    return (
        f"No verdict: {counts[Verdict.NOT_JUDGED]} not judged{failed}, "
        f"{counts[Verdict.CUT_OFF]} cut off, {counts[Verdict.FILTERED]} filtered, "
        f"{plural(counts[Verdict.ERROR], 'error')}"
        + (f", {counts[PENDING]} pending." if counts[PENDING] else ".")
    )
