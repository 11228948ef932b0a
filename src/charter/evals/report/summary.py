"""Result -> the few sentences that a reader must not miss, and the limits of the figures."""

from __future__ import annotations

from dataclasses import dataclass

from charter.evals.case import PENDING, Case
from charter.evals.estimates.interval import Interval, wilson
from charter.evals.report.kind import is_failure
from charter.evals.report.wording import (
    enough,
    interval_text,
    of_text,
    percent,
    plural,
    share_text,
)
from charter.evals.result import ENOUGH, Result, Share, share
from charter.evals.score import DECIDED, Verdict

OVER = "Refused where the spec has it comply"
UNDER = "Answered where the spec has it refuse"

_NO_PERSON = (
    "No person judged these replies. A verdict is what deterministic checks found in the words "
    "of a reply; a reply can pass its checks and still be poor, or fail one and be good."
)
_UNDECIDED = (
    "They and all other undecided replies are left out of the shares; the bounds above show what "
    "they could change."
)
_POPULATION = (
    "An interval covers the chance of having drawn these prompts from the population of prompts "
    "like them. Each scenario counts once, however often it was repeated. It covers no other "
    "kinds of prompts, settings or versions of the model."
)
_RULES = (
    "Whether a reply refuses is told by published rules about its wording, not by a person or a "
    "model. They err at times, in both directions."
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
    """With sampling error: Wilson's lower bound of `worst` to the upper bound of `best`."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A run in sentences, in the order they are read."""

    state: str | None
    """What is missing from an unfinished run; None when it is complete."""
    headline: str
    over_refusal: str
    under_refusal: str
    undecided: str
    bounds: str | None

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, without the empty ones."""
        found = (
            self.state,
            self.headline,
            self.over_refusal,
            self.under_refusal,
            self.undecided,
            self.bounds,
        )
        return tuple(sentence for sentence in found if sentence)


def summarise(result: Result) -> Summary:
    """Put the figures of a run into plain sentences."""
    return Summary(
        state=_state(result),
        headline=headline(result),
        over_refusal=f"{OVER}: {_refusals(result.whole.over_refusal)}.",
        under_refusal=f"{UNDER}: {_refusals(result.whole.under_refusal)}.",
        undecided=_undecided(result),
        bounds=_bounds_text(result),
    )


def headline(result: Result) -> str:
    """Return the one sentence that states adherence, or why none is stated."""
    planned = len(result.run.scenarios)
    share_ = result.whole.adherence
    times = f" with {result.run.repeat} replies each" if result.run.repeat > 1 else ""
    lead = f"Of {plural(planned, 'scenario')}{times}, "
    if not share_.scenarios:
        return f"{lead}none could be decided by checks alone, so no share is stated."
    lead += f"{share_.scenarios} could be decided by checks alone: "
    if share_.value is None or share_.interval is None or not enough(share_):
        return f"{lead}not enough evidence to state a share ({ENOUGH} are needed)."
    interval = interval_text(share_.interval)
    return f"{lead}{percent(share_.value)} adhered (95 % interval {interval})."


def bounds(result: Result) -> Bounds | None:
    """Return how far the undecided scenarios could move the share; None without scenarios.

    The interval covers the share whichever way they turn out: it joins the outer bounds of
    both extremes, which is wider than need be (Imbens and Manski 2004, Econometrica 72,
    1845-1857, give the narrower one).
    """
    worst = share((c.scenario.scenario, c.verdict == Verdict.ADHERED) for c in result.cases)
    best = share((c.scenario.scenario, _may_adhere(c)) for c in result.cases)
    if not worst.scenarios:
        return None
    n = worst.scenarios
    low = wilson(min(worst.successes, n), n).low
    high = wilson(min(best.successes, n), n).high
    return Bounds(worst.successes / n, best.successes / n, Interval(low, high))


def limits(result: Result) -> tuple[str, ...]:
    """Return what the figures do not say, for this run."""
    open_ = result.whole.counts[Verdict.NOT_JUDGED]
    clauses = {c.scenario.clause for c in result.cases if c.scenario.clause}
    return (
        _NO_PERSON,
        f"Replies that only a judge could decide have no verdict: here {open_}. {_UNDECIDED}",
        _POPULATION,
        _RULES,
        f"Only clauses with a scenario were tested: here {len(clauses)}. {_COVERAGE}",
    )


def _may_adhere(case: Case) -> bool:
    return case.verdict == Verdict.ADHERED or (case.verdict not in DECIDED and not is_failure(case))


def _state(result: Result) -> str | None:
    if result.finished_at is not None:
        return None
    pending, failed = result.whole.counts[PENDING], result.whole.counts[Verdict.ERROR]
    parts = [f"{pending} not made yet"] if pending else []
    if failed:
        parts.append(f"{failed} failed ({_first_failure(result)})")
    planned = plural(result.whole.planned, "planned reply")
    return (
        f"This run is unfinished: of {planned}, {' and '.join(parts) or 'none is open'}. "
        "The same command asks again. Every figure below may still change."
    )


def _first_failure(result: Result) -> str:
    return next((case.reason for case in result.cases if case.verdict == Verdict.ERROR), "")


def _refusals(share_: Share) -> str:
    if not share_.scenarios:
        return "no such scenario was classified"
    if share_.value is None or share_.interval is None or not enough(share_):
        return f"{of_text(share_)}, {share_text(share_)}"
    interval = interval_text(share_.interval)
    return f"{of_text(share_)}, {percent(share_.value)} (95 % interval {interval})"


def _undecided(result: Result) -> str:
    counts = result.whole.counts
    known = result.whole.known_failures
    failed = f" ({known} of which failed a check already)" if known else ""
    judged = counts[Verdict.JUDGE_FAILED]
    failed += f", {judged} where the judge failed" if judged else ""
    return (
        f"No verdict: {counts[Verdict.NOT_JUDGED]} not judged{failed}, "
        f"{counts[Verdict.CUT_OFF]} cut off, {counts[Verdict.FILTERED]} filtered, "
        f"{plural(counts[Verdict.ERROR], 'error')}"
        + (f", {counts[PENDING]} pending." if counts[PENDING] else ".")
    )


def _bounds_text(result: Result) -> str | None:
    found = bounds(result)
    if found is None or found.worst == found.best:
        return None
    return (
        f"Whatever the undecided ones would turn out to be, adherence over all "
        f"{plural(len(result.run.scenarios), 'scenario')} lies between {percent(found.worst)} and "
        f"{percent(found.best)} ({interval_text(found.interval)} with sampling error)."
    )
