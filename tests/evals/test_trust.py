"""Which errors are taken out of the verdicts of judges."""

from __future__ import annotations

import pytest

from charter.evals.case import Grading
from charter.evals.trust import trust_of
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.calibration import CalibrationFinished
from charter.records.grading import GradingStarted

from .calibration.conftest import JUDGE, started, table


@pytest.fixture
def ledger(tmp_path):
    """A ledger with a judge that was measured once on each of 120 answers."""
    with Ledger(open_store(str(tmp_path / "ledger.sqlite"))) as opened:
        opened.append(started(), *table(57, 3, 54, 6))
        opened.append(CalibrationFinished("c-1", "2026-11-21T09:00:00Z", "fit", ()))
        yield opened


def trust(ledger, samples):
    begun = GradingStarted(
        run="r",
        grading="g",
        at="2026-11-21T10:00:00Z",
        charter="0.1.0",
        spec_digest="sha256:spec",
        judges=(JUDGE,),
        samples=samples,
        rule="median",
        calibrations=("c-1",),
        uncalibrated=False,
    )
    return trust_of(ledger, Grading(begun, finished=True))


def test_the_errors_of_the_calibration_are_those_of_the_grading(ledger):
    found = trust(ledger, 1)
    assert found.published
    assert found.errors.sensitivity == pytest.approx((57, 60))
    assert found.errors.specificity == pytest.approx((54, 60))


def test_errors_of_one_sample_are_not_those_of_several(ledger):
    found = trust(ledger, 3)
    assert found.published
    assert found.errors is None
