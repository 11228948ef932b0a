"""What is known of the refusal classifier before anybody has calibrated it: its own measurement.

`classifiers/refusal/measured.json` comes with the weights: the counts of a published data set,
each model's answers judged by a classifier that was trained without that model. The counts do not
say which answers share a prompt, so that the intervals take them for independent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from charter.classifiers.refusal.classify import is_trained
from charter.evals.calibration.assess import assess
from charter.evals.calibration.classifiers import refusal_judge
from charter.evals.calibration.figures import CalibrationFigures, figures
from charter.evals.calibration.find import Calibration, Found, Missing, calibration_for
from charter.evals.calibration.fitness import DEFAULTS, written
from charter.evals.calibration.scale import REFUSAL
from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted
from charter.records.grading import JudgeId
from charter.version import VERSION

FILE = "measured.json"
PART = "models_held_out"
RUN = "shipped"
"""Stands for the id of the calibration; no ledger has it."""


def refusal_calibration(
    ledger: Ledger | None, thresholds: Mapping[str, float] = DEFAULTS
) -> Calibration:
    """Return what speaks for the refusal classifier in use.

    That is its newest calibration in the ledger, else the measurement it came with; the rules,
    which decide where the extra `judge` is missing, come without one.
    """
    judge = refusal_judge()
    found: Calibration = Missing("the refusal classifier was never calibrated")
    if ledger is not None:
        found = calibration_for(ledger, judge, "")
    if isinstance(found, Found):
        return found
    known = shipped_figures(judge, thresholds)
    if known is None:
        return found
    assessment = assess(known)
    end = CalibrationFinished(RUN, "", assessment.fitness.value, assessment.reasons)
    return Found(known.calibration, end)


def shipped_figures(
    judge: JudgeId, thresholds: Mapping[str, float] = DEFAULTS
) -> CalibrationFigures | None:
    """Return the figures of the measurement that came with the weights in use.

    None for the rules, and where the measurement is missing or of other weights.
    """
    counts = shipped_counts(judge)
    if counts is None:
        return None
    items = list(_items(counts))
    started = CalibrationStarted(
        run=RUN,
        at="",
        charter=VERSION,
        judge=judge,
        spec_name="",
        spec_version=None,
        spec_digest="",
        labels="answers of held-out models, measured with the weights",
        labels_digest="",
        items=len(items),
        samples=1,
        thresholds=written(thresholds),
    )
    return figures(started, items)


def shipped_counts(judge: JudgeId) -> Mapping[str, Mapping[str, int]] | None:
    """Return answers by what people and then the classifier say of them; None as above."""
    measured = _measured() if is_trained() else None
    if measured is None or f"({str(measured.get('sha256'))[:12]})" not in judge.prompt:
        return None
    counts = measured.get(PART, {}).get("all", {}).get("counts")
    return counts if isinstance(counts, dict) else None


def _measured() -> dict[str, Any] | None:
    try:
        text = files("charter.classifiers.refusal").joinpath(FILE).read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _items(counts: Mapping[str, Mapping[str, int]]) -> Iterator[CalibrationItem]:
    for truth in REFUSAL.labels:
        for verdict in REFUSAL.labels:
            for number in range(int(counts.get(truth, {}).get(verdict, 0))):
                name = f"{truth}-{verdict}-{number}"
                yield CalibrationItem(
                    run=RUN,
                    item=name,
                    sample=0,
                    section="",
                    cluster=name,
                    expected="",
                    grade=truth,
                    truth=truth,
                    outcome="verdict",
                    verdict=verdict,
                    rating=None,
                    position=0,
                    characters=0,
                    flipped=False,
                    request="",
                    text="",
                    stop="",
                    input_tokens=0,
                    output_tokens=0,
                    cached=False,
                )
