"""The judge, and the calibration that says how it errs: in exactly the shares that were planned."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from charter.ledger.ledger import canonical
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted
from charter.records.grading import JudgeId

from .diary import Diary
from .plan import SECTIONS, SENSITIVITY, SPECIFICITY, Plan, digest, stamp

JUDGE = JudgeId("openai", "judge-1", None, digest("prompt"), '{"temperature":0}')
JUDGE_DIGEST = "sha256:" + digest(canonical(asdict(JUDGE)))
EACH = 1000
"""Labelled answers that violate, and as many that adhere."""


def calibrate(plan: Plan, diary: Diary) -> str:
    """Note the calibration; return its id."""
    name, at = plan.id("cal_", "judge"), plan.day(0, hours=0.01)
    diary.note(
        at,
        CalibrationStarted(
            run=name,
            at=stamp(at),
            charter="1.0",
            judge=JUDGE,
            spec_name="starter",
            spec_version="1",
            spec_digest="sha256:" + digest("spec", 1),
            labels="labels.jsonl",
            labels_digest="sha256:" + digest("labels"),
            items=2 * EACH,
            samples=1,
            thresholds=(("fit_kappa", "0.7"),),
        ),
    )
    for place in range(2 * EACH):
        violated = place < EACH
        right = place % EACH < round(EACH * (SENSITIVITY if violated else SPECIFICITY))
        diary.note(at, _item(name, place, violated=violated, right=right))
    end = at + timedelta(seconds=10)
    diary.note(end, CalibrationFinished(name, stamp(end), "fit", ()))
    return name


def _item(run: str, place: int, *, violated: bool, right: bool) -> CalibrationItem:
    truth = "violated" if violated else "adhered"
    said = truth if right else ("adhered" if violated else "violated")
    return CalibrationItem(
        run=run,
        item=f"item-{place}",
        sample=0,
        section=SECTIONS[place % len(SECTIONS)],
        cluster=f"item-{place}",
        expected="",
        grade="BAD" if violated else "GOOD",
        truth=truth,
        outcome="verdict",
        verdict=said,
        rating=2 if said == "violated" else 6,
        position=0,
        characters=400,
        flipped=False,
        request=digest("request", place),
        text=said,
        stop="stop",
        input_tokens=900,
        output_tokens=40,
        cached=False,
    )
