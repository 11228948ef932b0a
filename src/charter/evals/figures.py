"""Outcomes of replies -> raw and corrected figures, bounds, and states: what a report shows.

Pure: nothing here knows of ledgers, records or specs. A row is any group of outcomes, such as those
of a section; `figures` finds its figures, `rows` those of many rows of one run and their states.

Which correction: labels of the row drawn at random from the run, `prediction_powered.LEAST` at
least; else labels of the whole run, else a calibration of the judge, both by its error rates; else
none, and the figure says so. What checks decided is taken as right unless people labelled it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from charter.evals.estimates.cluster import clustered_share, effective_number
from charter.evals.estimates.estimate import Corrected, Estimate, Refused
from charter.evals.estimates.prediction_powered import LEAST, prediction_powered
from charter.evals.estimates.repeats import repeats
from charter.evals.estimates.rogan_gladen import Counts, rogan_gladen
from charter.evals.estimates.state import (
    NO_EVIDENCE,
    Correction,
    State,
    Tails,
    states,
    tails,
    tails_of_counts,
)
from charter.evals.estimates.stratified import constant, corrected, mixed

CHECKS = "checks"
"""Who decided what no judge had to: deterministic checks."""
UNLIKELY = 0.005
"""Chance below which labels are not taken as drawn from a whole row, one-sided."""


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
class JudgeErrors:
    """How a judge did on labelled answers; numbers may be effective ones."""

    sensitivity: Counts
    """Of the answers that people gave value 1: those that the judge did too, and all."""
    specificity: Counts
    """Of the answers that people gave value 0: those that the judge did too, and all."""


class Basis(StrEnum):
    """What a headline figure rests on."""

    LABELS = "labels of these replies"
    RUN_LABELS = "labels of the whole run"
    CALIBRATION = "calibration of the judge"
    CHECKS = "checks alone"
    RAW = "not corrected"
    NOTHING = "nothing decided"


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
    found = _correct(decided, run_errors, calibrations, confidence)
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


@dataclass(frozen=True, slots=True)
class _Scenario:
    """A scenario with all its replies."""

    id: str
    cluster: str
    decider: str
    values: list[float] = field(default_factory=list)
    """Of the decided replies."""
    best: list[float] = field(default_factory=list)
    """Of the undecided ones, at best."""
    pairs: list[tuple[float, float]] = field(default_factory=list)
    """(label, value) of the labelled ones."""

    @property
    def mean(self) -> float:
        return math.fsum(self.values) / len(self.values)

    @property
    def decided(self) -> float:
        return len(self.values) / (len(self.values) + len(self.best))

    @property
    def pair(self) -> tuple[float, float]:
        """Means of people and of the judge over its labelled replies."""
        number = len(self.pairs)
        return (
            math.fsum(label for label, _ in self.pairs) / number,
            math.fsum(value for _, value in self.pairs) / number,
        )


def _scenarios(outcomes: Iterable[Outcome]) -> list[_Scenario]:
    """Gather replies by scenario; one that a judge had to decide in part is a judge's."""
    found: dict[str, list[Outcome]] = {}
    for each in outcomes:
        found.setdefault(each.scenario, []).append(each)
    scenarios = []
    for name, replies in found.items():
        decided = [each for each in replies if each.value is not None]
        judges = [each.decider for each in decided if each.decider != CHECKS]
        scenario = _Scenario(name, replies[0].cluster, judges[0] if judges else CHECKS)
        for each in replies:
            if each.value is None:
                scenario.best.append(each.at_best)
                continue
            scenario.values.append(each.value)
            if each.label is not None:
                scenario.pairs.append((each.label, each.value))
        scenarios.append(scenario)
    return scenarios


@dataclass(frozen=True, slots=True)
class _Found:
    estimate: Corrected | None
    basis: Basis
    note: str = ""


def _correct(
    decided: Sequence[_Scenario],
    run_errors: Mapping[str, JudgeErrors],
    calibrations: Mapping[str, JudgeErrors],
    confidence: float,
) -> _Found:
    """Correct a row by the best evidence there is."""
    by_checks = [each for each in decided if each.decider == CHECKS]
    checks_alone = len(by_checks) == len(decided)
    if checks_alone or _of_the_whole(decided, by_checks):
        whole = _powered(decided, confidence)
        if isinstance(whole, Corrected):
            return _Found(whole, Basis.LABELS)
        if checks_alone:
            return _Found(None, Basis.CHECKS)
    reasons = []
    for basis, errors in (
        (Basis.LABELS, None),
        (Basis.RUN_LABELS, run_errors),
        (Basis.CALIBRATION, calibrations),
    ):
        found = _by_part(decided, errors, confidence)
        if isinstance(found, Corrected):
            return _Found(found, basis)
        if found.labelled or basis is Basis.CALIBRATION:
            reasons.append(found.reason)
    return _Found(None, Basis.RAW, "; ".join(dict.fromkeys(reasons)))


def _of_the_whole(decided: Sequence[_Scenario], by_checks: Sequence[_Scenario]) -> bool:
    """Whether the labels look drawn from the whole row, and not part by part.

    With enough labels of what checks decided, or none of them, the parts are better taken apart.
    """
    labelled = sum(bool(each.pairs) for each in decided)
    of_checks = sum(bool(each.pairs) for each in by_checks)
    fewest = min(of_checks, labelled - of_checks)
    if not of_checks or labelled < LEAST or fewest >= LEAST:
        return False
    found = tails_of_counts(of_checks, labelled, len(by_checks) / len(decided))
    return min(found.met, found.not_met) > UNLIKELY


def _by_part(
    decided: Sequence[_Scenario], errors: Mapping[str, JudgeErrors] | None, confidence: float
) -> Corrected | Refused:
    """Correct what each judge decided, and put the parts together."""
    parts: list[tuple[list[_Scenario], Estimate]] = []
    for decider in sorted({each.decider for each in decided}, key=lambda name: name != CHECKS):
        mine = [each for each in decided if each.decider == decider]
        found = _part(mine, decider, errors, confidence)
        if isinstance(found, Refused):
            return found
        parts.append((mine, found))
    done, estimate = parts[0]
    for mine, part in parts[1:]:
        estimate = _mix(done, estimate, mine, part)
        done = done + mine
    if not isinstance(estimate, Corrected):
        return Refused("no judge decided any reply")
    return replace(estimate, clusters=len({each.cluster for each in decided}))


def _part(
    mine: Sequence[_Scenario],
    decider: str,
    errors: Mapping[str, JudgeErrors] | None,
    confidence: float,
) -> Estimate | Refused:
    """Estimate what one decider decided."""
    if errors is None or decider == CHECKS:
        powered = _powered(mine, confidence)
        if isinstance(powered, Corrected) or decider != CHECKS:
            return powered
    plain = clustered_share(
        [each.mean for each in mine], [each.cluster for each in mine], confidence=confidence
    )
    if decider == CHECKS:
        return plain
    known = (errors or {}).get(decider)
    if known is None:
        return Refused(f"nothing is known about the errors of {decider}")
    found = rogan_gladen(
        min(plain.effective, plain.value * plain.effective),
        plain.effective,
        specificity=known.specificity,
        sensitivity=known.sensitivity,
        confidence=confidence,
    )
    if isinstance(found, Refused):
        return found
    return replace(found, n=plain.n, clusters=plain.clusters)


def _powered(mine: Sequence[_Scenario], confidence: float) -> Corrected | Refused:
    labelled = [each for each in mine if each.pairs]
    others = [each for each in mine if not each.pairs]
    if len(labelled) >= LEAST and not others:
        people = clustered_share(
            [each.pair[0] for each in labelled],
            [each.cluster for each in labelled],
            confidence=confidence,
        )
        raw = math.fsum(each.mean for each in mine) / len(mine)
        people = replace(people, method=f"people, {people.method}")
        return corrected(people, raw=raw, labelled=len(labelled))
    return prediction_powered(
        [each.pair for each in labelled],
        [each.mean for each in others],
        labelled_clusters=[each.cluster for each in labelled],
        unlabelled_clusters=[each.cluster for each in others],
        confidence=confidence,
    )


def _mix(
    done: Sequence[_Scenario], first: Estimate, mine: Sequence[_Scenario], second: Estimate
) -> Estimate:
    both = [*done, *mine]
    kinds = [1.0] * len(done) + [0.0] * len(mine)
    share = clustered_share(kinds, [each.cluster for each in both], confidence=first.confidence)
    return mixed(first, second, share, correlation=_correlation(done, mine))


def _correlation(one: Sequence[_Scenario], other: Sequence[_Scenario]) -> float:
    """Return how far the clusters that both parts share move them together, at least 0."""
    ours, theirs = _cluster_sums(one), _cluster_sums(other)
    crossed = math.fsum(total * theirs.get(name, 0.0) for name, total in ours.items())
    size = math.sqrt(
        math.fsum(t * t for t in ours.values()) * math.fsum(t * t for t in theirs.values())
    )
    return min(1.0, max(0.0, crossed / size)) if size > 0 else 0.0


def _cluster_sums(scenarios: Sequence[_Scenario]) -> dict[str, float]:
    mean = math.fsum(each.mean for each in scenarios) / len(scenarios)
    sums: dict[str, float] = {}
    for each in scenarios:
        sums[each.cluster] = sums.get(each.cluster, 0.0) + each.mean - mean
    return sums


def _bounds(
    scenarios: Sequence[_Scenario], headline: Corrected | None, confidence: float
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


def _imputed(scenarios: Sequence[_Scenario], *, best: bool, confidence: float) -> Estimate | None:
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
