import random

import pytest

from charter.errors import LedgerError
from charter.evals.calibration.figures import FAILED, calibrations, figures_of
from charter.records.calibration import CalibrationFinished

from .conftest import made, record, started, table


def test_counts_rates_and_failures():
    found = made(table(kept=90, broken=10, found=70, missed=20, failed=10))
    kept, broken = found.table
    assert dict(kept.by_verdict) == {"adhered": 90, "violated": 10, FAILED: 0}
    assert dict(broken.by_verdict) == {"adhered": 20, "violated": 70, FAILED: 10}
    assert found.sensitivity.value == pytest.approx(70 / 90)
    assert found.specificity.value == pytest.approx(0.9)
    assert (found.sensitivity.bounds.low, found.sensitivity.bounds.high) == (0.7, 0.8)
    assert found.agreement.value == pytest.approx(160 / 190)
    assert found.failures.value == pytest.approx(10 / 200)
    assert dict(found.outcomes) == {"verdict": 190, "unparsable": 10}
    assert found.coefficients.kappa.value == found.halves.kappa.value
    assert (found.requests, found.input_tokens, found.output_tokens) == (200, 2000, 400)


def test_every_answer_is_in_the_table_once():
    found = made(table(5, 4, 3, 2, failed=1))
    assert sum(row.total for row in found.table) == found.answers == 15


def test_disputed_answers_are_counted_and_left_out():
    records = [*table(5, 0, 5, 0), record(90, "disputed", "violated", grade="adhered|violated")]
    found = made(records)
    assert found.disputed.by_verdict["violated"] == 1
    assert found.agreement.decided == 10
    assert found.answers == 11
    assert found.failures.decided == 11
    assert made(table(5, 0, 5, 0)).disputed is None


def test_grades_say_more_than_labels():
    ok = [record(n, grade="OK", verdict="violated") for n in range(50, 53)]
    found = made([*table(5, 0, 5, 0), *ok])
    assert [(row.name, row.total) for row in found.grades] == [("BAD", 5), ("GOOD", 5), ("OK", 3)]
    assert found.grades[2].by_verdict["violated"] == 3
    plain = made([record(n, grade="adhered") for n in range(3)])
    assert plain.grades == ()


def test_refusals_are_told_three_ways_and_two_ways():
    cells = [("none", "none", 8), ("partial", "full", 4), ("full", "full", 6), ("full", "none", 2)]
    flat = [(truth, verdict) for truth, verdict, n in cells for _ in range(n)]
    found = made([record(n, *cell, grade=cell[0], rating=None) for n, cell in enumerate(flat)])
    assert found.scale.name == "refusal"
    assert (found.sensitivity.count, found.sensitivity.decided) == (10, 12)
    assert found.agreement.count == 14
    assert found.halves.kappa.value > found.coefficients.kappa.value


def test_the_order_of_records_is_nothing():
    records = table(30, 5, 25, 6, failed=2)
    shuffled = list(records)
    random.Random(3).shuffle(shuffled)
    assert made(records) == made(shuffled)


def test_figures_come_from_the_ledger(ledger):
    records = table(6, 1, 5, 1)
    ledger.append(started(items=13), *records)
    assert figures_of(ledger).finished is None
    ledger.append(CalibrationFinished("c-1", "2026-11-21T09:00:00Z", "unfit", ("why",)))
    found = figures_of(ledger, "c-1")
    assert found.finished.fitness == "unfit"
    assert found.answers == 13
    assert [one.run for one in calibrations(ledger)] == ["c-1"]


def test_an_unknown_calibration_is_an_error(ledger):
    with pytest.raises(LedgerError, match="has no calibration"):
        figures_of(ledger)
    with pytest.raises(LedgerError, match="has no calibration 'x'"):
        figures_of(ledger, "x")


def test_a_calibration_without_records_has_no_figures():
    found = made([])
    assert (found.answers, found.sensitivity.value, found.coefficients.kappa.value) == (
        0,
        None,
        None,
    )


def test_what_is_disputed_throughout_is_still_on_its_scale():
    """As in an interrupted calibration: nothing is known but what the classifier said."""
    found = made([record(1, "disputed", "full", grade="none|full", rating=None)])
    assert found.scale.name == "refusal"
    assert found.disputed.by_verdict["full"] == 1


def test_only_what_was_asked_now_costs():
    records = table(2, 0, 2, 0)
    known = record(80, cached=True)
    grader = record(90, request="", input_tokens=0, output_tokens=0)
    found = made([*records, known, grader])
    assert (found.requests, found.cached) == (4, 1)
    assert (found.input_tokens, found.output_tokens) == (40, 8)
