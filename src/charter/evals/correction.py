"""Verdicts of judges on one row -> its share with their error taken out, by the best evidence.

Pure. Labels of the row drawn at random from the run, `prediction_powered.LEAST` at least; else
labels of the whole run, else a calibration of the judge, both by its error rates. What checks
decided is taken as right unless people labelled it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from charter.estimates.cluster import clustered_share
from charter.estimates.estimate import Corrected, Estimate, Refused
from charter.estimates.prediction_powered import LEAST, prediction_powered
from charter.estimates.rogan_gladen import Counts, rogan_gladen
from charter.estimates.state import tails_of_counts
from charter.estimates.stratified import corrected, mixed

CHECKS = "checks"
"""Who decided what no judge had to: deterministic checks."""
UNLIKELY = 0.005
"""Chance below which labels are not taken as drawn from a whole row, one-sided."""


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
class Answers:
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


@dataclass(frozen=True, slots=True)
class Found:
    """What a correction came to."""

    estimate: Corrected | None
    basis: Basis
    note: str = ""


def correct(
    decided: Sequence[Answers],
    run_errors: Mapping[str, JudgeErrors],
    calibrations: Mapping[str, JudgeErrors],
    confidence: float,
) -> Found:
    """Correct a row by the best evidence there is; each scenario of it was decided."""
    by_checks = [each for each in decided if each.decider == CHECKS]
    checks_alone = len(by_checks) == len(decided)
    if checks_alone or _of_the_whole(decided, by_checks):
        whole = _powered(decided, confidence)
        if isinstance(whole, Corrected):
            return Found(whole, Basis.LABELS)
        if checks_alone:
            return Found(None, Basis.CHECKS)
    reasons = []
    for basis, errors in (
        (Basis.LABELS, None),
        (Basis.RUN_LABELS, run_errors),
        (Basis.CALIBRATION, calibrations),
    ):
        found = _by_part(decided, errors, confidence)
        if isinstance(found, Corrected):
            return Found(found, basis)
        if found.labelled or basis is Basis.CALIBRATION:
            reasons.append(found.reason)
    return Found(None, Basis.RAW, "; ".join(dict.fromkeys(reasons)))


def _of_the_whole(decided: Sequence[Answers], by_checks: Sequence[Answers]) -> bool:
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
    decided: Sequence[Answers], errors: Mapping[str, JudgeErrors] | None, confidence: float
) -> Corrected | Refused:
    """Correct what each judge decided, and put the parts together."""
    parts: list[tuple[list[Answers], Estimate]] = []
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
    mine: Sequence[Answers],
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


def _powered(mine: Sequence[Answers], confidence: float) -> Corrected | Refused:
    labelled = [each for each in mine if each.pairs]
    others = [each for each in mine if not each.pairs]
    if len(labelled) >= LEAST and len(others) < 2:  # one left over tells nothing of its own
        people = clustered_share(
            [each.pair[0] for each in labelled],
            [each.cluster for each in labelled],
            confidence=confidence,
        )
        raw = math.fsum(each.mean for each in mine) / len(mine)
        people = replace(people, method=f"people, {people.method}", n=len(mine))
        return corrected(people, raw=raw, labelled=len(labelled))
    return prediction_powered(
        [each.pair for each in labelled],
        [each.mean for each in others],
        labelled_clusters=[each.cluster for each in labelled],
        unlabelled_clusters=[each.cluster for each in others],
        confidence=confidence,
    )


def _mix(
    done: Sequence[Answers], first: Estimate, mine: Sequence[Answers], second: Estimate
) -> Estimate:
    both = [*done, *mine]
    kinds = [1.0] * len(done) + [0.0] * len(mine)
    share = clustered_share(kinds, [each.cluster for each in both], confidence=first.confidence)
    return mixed(first, second, share, correlation=_correlation(done, mine))


def _correlation(one: Sequence[Answers], other: Sequence[Answers]) -> float:
    """Return how far the clusters that both parts share move them together, at least 0."""
    ours, theirs = _cluster_sums(one), _cluster_sums(other)
    crossed = math.fsum(total * theirs.get(name, 0.0) for name, total in ours.items())
    size = math.sqrt(
        math.fsum(t * t for t in ours.values()) * math.fsum(t * t for t in theirs.values())
    )
    return min(1.0, max(0.0, crossed / size)) if size > 0 else 0.0


def _cluster_sums(scenarios: Sequence[Answers]) -> dict[str, float]:
    mean = math.fsum(each.mean for each in scenarios) / len(scenarios)
    sums: dict[str, float] = {}
    for each in scenarios:
        sums[each.cluster] = sums.get(each.cluster, 0.0) + each.mean - mean
    return sums
