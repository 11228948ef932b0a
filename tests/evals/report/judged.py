"""Invented gradings, calibrations and labels, added to an invented run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from charter.evals.calibration.fitness import DEFAULTS, written
from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted
from charter.records.grading import (
    GradingFinished,
    GradingStarted,
    JudgeId,
    JudgementRecorded,
    Quote,
)
from charter.records.label import LabelRecorded
from charter.records.run import RunStarted
from charter.records.score import ScoreRecorded

JUDGE = JudgeId("openai", "a-judge", None, "sha256:prompt", "{}")
OTHER = replace(JUDGE, name="b-judge")
RIGHT, WRONG = (58, 2), (56, 4)
"""Adhered answers judged rightly and wrongly; violated ones likewise."""


def calibrate(ledger: Ledger, judge: JudgeId = JUDGE, *, fitness: str = "fit", run: str = "c-1"):
    """Write a finished calibration of a judge that errs now and then."""
    cells = [
        ("adhered", "adhered", RIGHT[0]),
        ("adhered", "violated", RIGHT[1]),
        ("violated", "violated", WRONG[0]),
        ("violated", "adhered", WRONG[1]),
    ]
    flat = [(truth, verdict) for truth, verdict, count in cells for _ in range(count)]
    spec = next(iter(ledger.read(RunStarted)))
    ledger.append(
        CalibrationStarted(
            run=run,
            at="2026-11-20T08:00:00Z",
            charter="0.1.0",
            judge=judge,
            spec_name=spec.spec_name,
            spec_version=spec.spec_version,
            spec_digest=spec.spec_digest,
            labels="examples",
            labels_digest="sha256:labels",
            items=len(flat),
            samples=1,
            thresholds=written(DEFAULTS),
        ),
        *(_item(run, number, *cell) for number, cell in enumerate(flat)),
        CalibrationFinished(run, "2026-11-20T09:00:00Z", fitness, ("kappa is what it is",)),
    )


def _item(run: str, number: int, truth: str, verdict: str) -> CalibrationItem:
    return CalibrationItem(
        run=run,
        item=f"i{number:03}",
        sample=0,
        section="greet",
        cluster=f"c{number:03}",
        expected="any",
        grade="GOOD" if truth == "adhered" else "BAD",
        truth=truth,
        outcome="verdict",
        verdict=verdict,
        rating=7 if verdict == "adhered" else 2,
        position=0,
        characters=100,
        flipped=False,
        request=f"r{number}",
        text="said",
        stop="stop",
        input_tokens=10,
        output_tokens=2,
        cached=False,
    )


def grade(
    ledger: Ledger,
    verdicts: Mapping[str, str],
    *,
    judges: Sequence[JudgeId] = (JUDGE,),
    run: str = "run-1",
    uncalibrated: bool = False,
    samples: int = 1,
):
    """Write a grading: each scenario's verdict, which every judge says in every sample.

    `judge_failed` stands for judges that gave replies nobody could read.
    """
    spec = next(each.spec_digest for each in ledger.read(RunStarted) if each.run == run)
    name = f"g-{run}"
    ledger.append(
        GradingStarted(
            run=run,
            grading=name,
            at="2026-11-21T10:00:00Z",
            charter="0.1.0",
            spec_digest=spec,
            judges=tuple(judges),
            samples=samples,
            rule="median",
            calibrations=tuple("" for _ in judges),
            uncalibrated=uncalibrated,
        )
    )
    for scenario, verdict in verdicts.items():
        for judge in range(len(judges)):
            for sample in range(samples):
                ledger.append(_said(run, name, scenario, verdict, judge, sample))
        ledger.append(
            ScoreRecorded(run, scenario, 0, verdict, "so it is", "c", (), "none", "judges", name)
        )
    ledger.append(GradingFinished(run, name, "2026-11-21T11:00:00Z"))


def _said(  # noqa: PLR0917 - the parts of a record
    run: str, grading: str, scenario: str, verdict: str, judge: int, sample: int
) -> JudgementRecorded:
    failed = verdict == "judge_failed"
    return JudgementRecorded(
        run=run,
        grading=grading,
        scenario=scenario,
        epoch=0,
        judge=judge,
        sample=sample,
        outcome="unparsable" if failed else "verdict",
        verdict=None if failed else verdict,
        rating=None if failed else 7 if verdict == "adhered" else 2,
        cites=(),
        quotes=(Quote("A plain", 0, 7),),
        reason="It reads well.",
        request=f"q{scenario}{judge}{sample}",
        text="{}",
        stop="stop",
        input_tokens=900,
        output_tokens=50,
        cached=sample > 0,
    )


def label(ledger: Ledger, labels: Mapping[str, str], *, run: str = "run-1", drawn: str = "random"):
    """Write what a person said about replies."""
    for scenario, said in labels.items():
        ledger.append(
            LabelRecorded(run, scenario, 0, said, "none", "ana", "2026-11-21T12:00:00Z", drawn)
        )
