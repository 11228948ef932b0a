"""Which calibration speaks for a judge, and whether its figures may be published."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias

from charter.evals.calibration.fitness import Fitness
from charter.evals.calibration.kind import READ_NO_RULES
from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationFinished, CalibrationStarted
from charter.records.grading import JudgeId


@dataclass(frozen=True, slots=True)
class Found:
    """The newest finished calibration of exactly this judge, for this spec."""

    calibration: CalibrationStarted
    finished: CalibrationFinished
    others: tuple[CalibrationFinished, ...] = ()
    """How the newest calibration by each other set of labels ended: the same judge may be fit by
    one and not by another."""

    @property
    def fitness(self) -> Fitness:
        """What the judge is fit for."""
        return Fitness(self.finished.fitness)


@dataclass(frozen=True, slots=True)
class Missing:
    """There is none; `reason` is a sentence without a full stop."""

    reason: str


Calibration: TypeAlias = Found | Missing


def calibration_for(
    ledger: Ledger, judge: JudgeId, spec_digest: str, *, samples: int | None = None
) -> Calibration:
    """Return the newest finished calibration of exactly this judge for exactly this spec.

    Kind, name, weights, prompt and settings must be the same, and the spec's digest, but for
    graders, which read no spec. With `samples`, how many a grading asks for: a judge that was
    measured by the median of more is not known to do as well.
    """
    finished = {record.run: record for record in ledger.read(CalibrationFinished)}
    every = list(ledger.read(CalibrationStarted))
    named = [one for one in every if (one.judge.kind, one.judge.name) == (judge.kind, judge.name)]
    done = [one for one in named if one.run in finished]
    if not done:
        return Missing(_never(judge, named))
    fitting = [one for one in done if not _differences(one, judge, spec_digest, samples)]
    if fitting:
        newest = fitting[-1]
        by_labels = {one.labels_digest: finished[one.run] for one in fitting}
        del by_labels[newest.labels_digest]
        return Found(newest, finished[newest.run], tuple(by_labels.values()))
    # of several, the newest of those that come closest
    nearest = min(
        reversed(done), key=lambda one: len(_differences(one, judge, spec_digest, samples))
    )
    what = " and ".join(_differences(nearest, judge, spec_digest, samples))
    return Missing(f"{spoken(judge)} was calibrated {what} ({nearest.run}, {nearest.at[:10]})")


def publishable(found: Calibration) -> str | None:
    """Return why no figure may be published on the word of this judge; None where one may."""
    if isinstance(found, Missing):
        return found.reason
    judge = spoken(found.calibration.judge)
    reasons = "; ".join(found.finished.reasons)
    if found.fitness is Fitness.UNFIT:
        return f"{judge} is unfit by calibration {found.calibration.run}: {reasons}"
    if found.fitness is Fitness.SCREENING:
        return (
            f"{judge} is fit for screening only by calibration {found.calibration.run}: {reasons}"
        )
    return None


def spoken(judge: JudgeId) -> str:
    """Return a judge as people write it."""
    return f"{judge.kind}:{judge.name}" if judge.name else judge.kind


def _never(judge: JudgeId, begun: list[CalibrationStarted]) -> str:
    if begun:
        return (
            f"the calibration {begun[-1].run} of {spoken(judge)} was not finished: the same "
            "`charter calibrate` carries on"
        )
    return f"{spoken(judge)} was never calibrated in this ledger"


def _unlike(theirs: str, mine: str) -> str:
    """Say which settings were other ones; both are JSON objects where a judge is asked."""
    try:
        then, now = json.loads(theirs or "{}"), json.loads(mine or "{}")
    except ValueError:
        return theirs
    if not (isinstance(then, dict) and isinstance(now, dict)):
        return theirs
    keys = [key for key in sorted(then | now) if then.get(key) != now.get(key)]
    return ", ".join(
        f"{key} {then.get(key, 'not set')}, now {now.get(key, 'not set')}" for key in keys
    )


def _differences(
    one: CalibrationStarted, judge: JudgeId, spec_digest: str, samples: int | None
) -> list[str]:
    found = []
    if one.judge.digest != judge.digest:
        found.append("with other weights")
    if one.judge.prompt != judge.prompt:
        found.append("with another prompt")
    if one.judge.settings != judge.settings:
        found.append(f"with other settings ({_unlike(one.judge.settings, judge.settings)})")
    if one.spec_digest != spec_digest and judge.kind not in READ_NO_RULES:
        version = f" {one.spec_version}" if one.spec_version else ""
        found.append(f"for another spec, {one.spec_name}{version} at {one.spec_digest[:19]}")
    if samples is not None and samples < one.samples:
        found.append(f"by the median of {one.samples} samples, and {samples} are asked for")
    return found
