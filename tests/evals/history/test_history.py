"""Runs stand in their order, and each against the one before of its model."""

import pytest
from tests.evals.report.judged import calibrate, grade

from charter.errors import LedgerError
from charter.evals.history.history import history
from charter.evals.history.wording import marks, step_text, suite_text

from .conftest import replies, write


def test_runs_of_all_ledgers_are_in_order(found):
    (board,) = found.boards
    assert [(point.number, point.run.run) for point in board.points] == [
        (1, "r1"), (2, "r2"), (3, "r3"), (4, "r4"),
    ]  # fmt: skip
    assert [line.model for line in board.lines] == ["scripted:a-model", "scripted:b-model"]


def test_a_run_is_set_against_the_one_before_of_its_model(found):
    first, second, last = found.boards[0].lines[0].points
    assert (first.step, second.step.before, last.step.before) == (None, "r1", "r2")
    assert second.step.paired.difference == pytest.approx(0.3)
    assert second.step.alike
    assert step_text(second.step).startswith("+30.0 (")
    assert suite_text(second.step) == "same scenarios and text"


def test_only_common_scenarios_are_compared(found):
    step = found.boards[0].lines[0].points[-1].step
    assert (step.same_spec, step.common, step.paired.scenarios) == (False, 20, 20)
    assert not step.alike
    assert suite_text(step) == "other text: 20 scenarios in common"


def test_a_run_in_two_ledgers_counts_once(ledgers):
    one, _ = ledgers
    assert len(history([one, one]).boards[0].points) == 3


def test_specs_are_apart_and_can_be_chosen(ledgers):
    assert [board.spec for board in history(ledgers, "small").boards] == ["small"]
    with pytest.raises(LedgerError, match="no run of spec 'large'"):
        history(ledgers, "large")


def test_marks_say_what_figures_rest_on(ledgers):
    one, two = ledgers
    write(two, "r5", replies(10), at="2026-11-02")
    grade(two, {"a0": "violated"}, run="r5", uncalibrated=True)
    points = {point.run.run: point for point in history(ledgers).boards[0].points}
    assert marks(points["r5"])[0] == "UNCALIBRATED"
    assert marks(points["r3"])[0] == "unfinished"
    assert marks(points["r1"]) == ["checks"]
    calibrate(one)
    grade(one, {"a0": "violated"}, run="r1")
    assert marks(history([one]).boards[0].points[0])[0] == "judged"
