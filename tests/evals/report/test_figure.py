"""Every figure is written with its interval, how it was found, and what it speaks of."""

import pytest

from charter.evals.figures import Basis
from charter.evals.report.figure import (
    basis_text,
    basis_word,
    bounds,
    bounds_text,
    corrected_word,
    figure_text,
    population_text,
    raw_text,
    stated,
    stated_correction,
    stated_raw,
    these_text,
)

from .conftest import Answer
from .judged import label


def test_a_calibrated_figure_stands_beside_the_raw_one(judged):
    figures = judged().whole.figures
    assert figures.basis is Basis.CALIBRATION
    assert figure_text(figures) != raw_text(figures)
    assert stated(figures) is stated_correction(figures)
    said = "errors on the labelled answers of a calibration, worth 120 independent ones"
    assert said in basis_text(figures)
    assert "over scenarios like these" in basis_text(figures)
    assert "Rogan-Gladen" in basis_text(figures)


def test_labels_of_the_run_go_before_a_calibration(judged, ledger, result_from):
    judged()
    label(ledger, {f"j{i}": "adhered" if i % 4 != 1 else "violated" for i in range(20)})
    label(ledger, {f"d{i}": "adhered" if i % 5 else "violated" for i in range(20)})
    from charter.evals.result import result_of  # noqa: PLC0415 - read again

    assert result_of(ledger, "run-1").whole.figures.basis is Basis.LABELS


def test_no_correction_is_said_plainly(judged):
    figures = judged(calibrated=False, uncalibrated=True).whole.figures
    assert figures.corrected is None
    assert basis_text(figures).startswith("Not corrected: nothing is known about the errors of")
    assert basis_word(figures) == "not corrected"


def test_checks_have_nothing_to_correct(mixed):
    assert basis_text(mixed.whole.figures).startswith("Decided by checks alone: there is no judge")


def test_too_little_evidence_states_nothing(result_from):
    figures = result_from([Answer("a"), Answer("b")]).whole.figures
    assert (stated(figures), stated_raw(figures), basis_text(figures)) == (None, None, "")
    assert figure_text(figures) == raw_text(figures) == "not enough evidence (n=2)"


def test_judge_failures_bound_the_figure_from_both_sides(judged):
    figures = judged().whole.figures
    found = bounds(figures)
    assert found.low < stated(figures).interval.low
    assert figures.worst.value < stated(figures).value < figures.best.value
    assert "over all 40 scenarios lies between" in bounds_text(figures, what="adherence")


def test_nothing_undecided_has_no_bounds(result_from):
    figures = result_from([Answer(f"a{i}") for i in range(5)]).whole.figures
    assert (bounds(figures), bounds_text(figures, what="adherence")) == (None, None)


def test_repeats_tell_both_populations_apart(result_from):
    answers = [Answer(f"a{i}", ("adhered", "adhered", "violated")) for i in range(6)]
    figures = result_from(answers, repeat=3).whole.figures
    assert population_text(figures.raw) == "95 % interval over scenarios like these"
    assert "over these scenarios" in these_text(figures)
    assert these_text(result_from([Answer("a")], run="two").whole.figures) is None


@pytest.mark.parametrize(("fitness", "word"), [("fit", "Calibrated"), ("unfit", "judge not fit")])
def test_figures_of_an_unfit_judge_are_not_called_calibrated(judged, fitness, word):
    assert word in corrected_word(judged(fitness, uncalibrated=True))
