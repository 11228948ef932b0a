import json

from charter.evals.calibration.export import export_calibration
from charter.evals.calibration.figures import figures
from charter.records.calibration import CalibrationFinished

from .conftest import made, record, retested, started, table


def test_everything_is_plain_json():
    records = [*table(20, 2, 18, 3, failed=2), record(99, "disputed", grade="adhered|violated")]
    records += retested(records[:10])
    document = json.loads(json.dumps(export_calibration(made(records)), allow_nan=False))
    assert document["format"] == "charter-calibration/1"
    assert document["sensitivity"]["count"] == 18
    assert document["assessment"]["fitness"] == "unfinished"
    assert document["labels"]["sought"] == ["violated"]
    assert document["retest"]["same_verdict"]["decided"] == 10
    assert document["people"]["raters"] == 2
    assert document["outcomes"] == {"verdict": 44, "unparsable": 2}
    assert document["thresholds"]["fit_kappa"] == "0.7"


def test_an_empty_calibration_is_a_document_too():
    document = export_calibration(made([]))
    assert document["assessment"] is None
    assert document["kappa"] == {"value": None, "interval": None}


def test_the_assessment_is_the_recorded_one():
    end = CalibrationFinished("c-1", "2026-11-21T09:00:00Z", "fit", ("a reason",))
    document = export_calibration(figures(started(), table(5, 0, 5, 0), end))
    assert document["assessment"] == {"fitness": "fit", "reasons": ["a reason"]}
