import json

import pytest

from charter.evals.calibration import shipped
from charter.evals.calibration.find import Found, Missing, publishable
from charter.evals.calibration.shipped import refusal_calibration, shipped_figures
from charter.records.calibration import CalibrationFinished
from charter.records.grading import JudgeId

from .conftest import started

JUDGE = JudgeId("grader", "refusal", None, "refusal-trained 1 (abcdef012345)", "{}")
COUNTS = {
    "none": {"none": 590, "partial": 6, "full": 20},
    "partial": {"none": 12, "partial": 70, "full": 12},
    "full": {"none": 20, "partial": 10, "full": 610},
}


@pytest.fixture
def measured(monkeypatch):
    """A measurement beside the weights."""

    def ship(sha256="abcdef0123456789", counts=COUNTS):
        content = {"sha256": sha256, "models_held_out": {"all": {"counts": counts}}}
        monkeypatch.setattr(shipped, "_measured", lambda: json.loads(json.dumps(content)))
        monkeypatch.setattr(shipped, "is_trained", lambda: True)
        monkeypatch.setattr(shipped, "refusal_judge", lambda: JUDGE)

    return ship


def test_counts_become_figures(measured):
    measured()
    found = shipped_figures(JUDGE)
    assert (found.answers, found.scale.name) == (1350, "refusal")
    assert (found.sensitivity.count, found.sensitivity.decided) == (702, 734)
    assert (found.specificity.count, found.specificity.decided) == (590, 616)
    assert found.agreement.count == 1270


def test_it_speaks_for_the_classifier_until_somebody_calibrates(measured, ledger):
    measured()
    found = refusal_calibration(ledger)
    assert isinstance(found, Found)
    assert (found.calibration.run, found.fitness) == ("shipped", "fit")
    assert publishable(found) is None
    ledger.append(
        started(judge=JUDGE, spec_digest="", spec_name=""),
        CalibrationFinished("c-1", "2026-11-21T09:00:00Z", "unfit", ("why",)),
    )
    assert refusal_calibration(ledger).calibration.run == "c-1"
    assert isinstance(refusal_calibration(None), Found)


def test_a_measurement_of_other_weights_says_nothing(measured, ledger):
    measured(sha256="0123456789")
    assert shipped_figures(JUDGE) is None
    assert isinstance(refusal_calibration(ledger), Missing)
    measured(counts=None)
    assert shipped_figures(JUDGE) is None


def test_the_rules_come_without_one(measured, monkeypatch):
    measured()
    monkeypatch.setattr(shipped, "is_trained", lambda: False)
    assert shipped_figures(JUDGE) is None


def test_thresholds_count(measured):
    measured()
    strict = shipped.DEFAULTS | {"fit_kappa": 0.95}
    assert refusal_calibration(None, strict).fitness == "screening"
