"""Outcomes of replies -> raw and corrected figures, bounds, and states: what a report shows.

Pure: nothing here knows of ledgers, records or specs. A row is any group of outcomes, such as those
of a section; `figures` finds its figures, `rows` those of many rows of one run and their states.

`correction` says which evidence a row is corrected by; without any the figure says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from charter.estimates.cluster import clustered_share, effective_number
from charter.estimates.estimate import Corrected, Estimate
from charter.estimates.repeats import repeats
from charter.estimates.rogan_gladen import Counts
from charter.estimates.state import (
    NO_EVIDENCE,
    Correction,
    State,
    Tails,
    states,
    tails,
)
from charter.estimates.stratified import constant, mixed
from charter.evals.correction import CHECKS, Answers, Basis, JudgeErrors, correct


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one planned reply."""

    scenario: str
    cluster: str
    """What the scenario was made from; its own id where it stands alone."""
    value: float | None
    """1 where it adhered (or refused, for a figure of refusals), 0 where not; None: undecided."""
    decider: str = CHECKS
    """`checks`, or the name of the judge or classifier that decided."""
    at_best: float = 1.0
    """What an undecided reply could still be: 0 where one of its checks failed already."""
    label: float | None = None
    """What a person found, only where the reply was drawn at random from the run."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one row, all of them of scenarios, each of which counts once."""

    planned: int
    """Scenarios of the row."""
    undecided: float
    """Share of replies without a verdict, each scenario counting once."""
    raw: Estimate | None
    """As graded; None where nothing was decided."""
    corrected: Corrected | None
    """With the judge's error taken out; None where there is no need or no way to."""
    basis: Basis
    note: str
    """Why there is no corrected figure; empty where there is one, or no need of one."""
    these: Estimate | None
    """As graded, if the same scenarios were asked again; None without repeats."""
    worst: Estimate | None
    """The headline if all that is undecided were violations; None without scenarios."""
    best: Estimate | None
    """The headline if all that is undecided adhered, as far as it still can."""

    @property
    def headline(self) -> Estimate | None:
        """The figure to show first: the corrected one where there is one."""
        return self.corrected or self.raw

    def tails(self, target: float) -> Tails:
        """Test it against a target; what is undecided counts against either finding."""
        if self.worst is None or self.best is None:
            return NO_EVIDENCE
        return tails(self.worst, self.best, target)


@dataclass(frozen=True, slots=True)
class Row:
    """Figures with what was asked for."""

    figures: Figures
    target: float | None
    tails: Tails | None
    """Against the target, not yet corrected over rows; None without a target."""
    state: State | None
    """Corrected over all rows with a target; None without one."""


def rows(  # noqa: PLR0913 - what a report of a run may say, all optional
    outcomes: Mapping[str, Sequence[Outcome]],
    *,
    run: Sequence[Outcome] = (),
    calibrations: Mapping[str, JudgeErrors] = MappingProxyType({}),
    targets: Mapping[str, float] = MappingProxyType({}),
    alpha: float = 0.05,
    correct: Correction = "holm",
) -> dict[str, Row]:
    """Return the figures of rows of one kind, such as all clauses, with their states.

    `run` holds all outcomes of the run: the source of error rates for rows with too few labels of
    their own. `calibrations` are by the name of the decider, `targets` by that of the row. States
    are corrected over the rows given here: pass all clauses at once, a headline alone.
    """
    known = errors_of(run)
    found = {
        name: figures(mine, run_errors=known, calibrations=calibrations)
        for name, mine in outcomes.items()
    }
    tested = {name: found[name].tails(targets[name]) for name in found if name in targets}
    decided = states(tested, alpha=alpha, correct=correct)
    return {
        name: Row(each, targets.get(name), tested.get(name), decided.get(name))
        for name, each in found.items()
    }


def figures(
    outcomes: Sequence[Outcome],
    *,
    run_errors: Mapping[str, JudgeErrors] = MappingProxyType({}),
    calibrations: Mapping[str, JudgeErrors] = MappingProxyType({}),
    confidence: float = 0.95,
) -> Figures:
    """Return the figures of one row. See the module for which correction is taken."""
    scenarios = _scenarios(outcomes)
    decided = [each for each in scenarios if each.values]
    undecided = math.fsum(1 - each.decided for each in scenarios) / max(1, len(scenarios))
    if not decided:
        return Figures(
            planned=len(scenarios),
            undecided=undecided,
            raw=None,
            corrected=None,
            basis=Basis.NOTHING,
            note="no reply was decided",
            these=None,
            worst=_imputed(scenarios, best=False, confidence=confidence),
            best=_imputed(scenarios, best=True, confidence=confidence),
        )
    both = repeats(
        [each.values for each in decided], [each.cluster for each in decided], confidence=confidence
    )
    found = correct(decided, run_errors, calibrations, confidence)
    headline = found.estimate
    worst, best = _bounds(scenarios, headline, confidence)
    return Figures(
        planned=len(scenarios),
        undecided=undecided,
        raw=both.like_these,
        corrected=headline,
        basis=found.basis,
        note=found.note,
        these=both.these,
        worst=worst,
        best=best,
    )


def errors_of(outcomes: Iterable[Outcome]) -> dict[str, JudgeErrors]:
    """Return how each judge did on the replies that people labelled, by its name.

    Labels of replies that checks decided are left out. The numbers are effective ones where
    labelled replies share a cluster. Values and labels count as 1 from one half on.
    """
    found: dict[str, list[Outcome]] = {}
    for each in outcomes:
        if each.label is not None and each.value is not None and each.decider != CHECKS:
            found.setdefault(each.decider, []).append(each)
    return {
        decider: JudgeErrors(
            sensitivity=_right([each for each in mine if (each.label or 0) >= 0.5]),
            specificity=_right([each for each in mine if (each.label or 0) < 0.5]),
        )
        for decider, mine in found.items()
    }


def _right(outcomes: Sequence[Outcome]) -> Counts:
    if not outcomes:
        return (0.0, 0.0)
    right = [float(((o.value or 0) >= 0.5) == ((o.label or 0) >= 0.5)) for o in outcomes]
    number = effective_number(right, [each.cluster for each in outcomes])
    return (min(number, math.fsum(right) / len(right) * number), number)


def _scenarios(outcomes: Iterable[Outcome]) -> list[Answers]:
    """Gather replies by scenario; one that a judge had to decide in part is a judge's."""
    found: dict[str, list[Outcome]] = {}
    for each in outcomes:
        found.setdefault(each.scenario, []).append(each)
    scenarios = []
    for name, replies in found.items():
        decided = [each for each in replies if each.value is not None]
        judges = [each.decider for each in decided if each.decider != CHECKS]
        scenario = Answers(name, replies[0].cluster, judges[0] if judges else CHECKS)
        for each in replies:
            if each.value is None:
                scenario.best.append(each.at_best)
                continue
            scenario.values.append(each.value)
            if each.label is not None:
                scenario.pairs.append((each.label, each.value))
        scenarios.append(scenario)
    return scenarios


def _bounds(
    scenarios: Sequence[Answers], headline: Corrected | None, confidence: float
) -> tuple[Estimate | None, Estimate | None]:
    """Return the headline with what is undecided as violations, and as adherence."""
    if headline is None:
        return tuple(  # type: ignore[return-value]  # of two
            _imputed(scenarios, best=best, confidence=confidence) for best in (False, True)
        )
    open_ = math.fsum(1 - each.decided for each in scenarios)
    if open_ <= 0:
        return headline, headline
    share = clustered_share(
        [each.decided for each in scenarios],
        [each.cluster for each in scenarios],
        confidence=confidence,
    )
    at_best = math.fsum(
        (1 - each.decided) * math.fsum(each.best) / len(each.best)
        for each in scenarios
        if each.best
    )
    number = len(scenarios) - len([each for each in scenarios if each.values])
    worst, best = (
        replace(
            mixed(headline, constant(value, headline, n=number, method=said), share),
            n=len(scenarios),
        )
        for value, said in (
            (0.0, "undecided as violations"),
            (at_best / open_, "undecided as adherence"),
        )
    )
    return worst, best


def _imputed(scenarios: Sequence[Answers], *, best: bool, confidence: float) -> Estimate | None:
    if not scenarios:
        return None
    means = [
        math.fsum([*each.values, *(each.best if best else ())])
        / (len(each.values) + len(each.best))
        for each in scenarios
    ]
    return clustered_share(
        [min(1.0, mean) for mean in means],
        [each.cluster for each in scenarios],
        confidence=confidence,
    )
