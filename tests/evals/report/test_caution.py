"""What has to be said before any figure is said in every output."""

import io
import json

import pytest
from rich.console import Console

from charter.evals.report.caution import UNCALIBRATED, WITHHELD, cautions
from charter.evals.report.compare import compare
from charter.evals.report.contrast import export_comparison
from charter.evals.report.export import export
from charter.evals.report.page import comparison_page, page
from charter.evals.report.terminal import print_result
from charter.evals.report.terminal_compared import print_comparison


def printed(action, value):
    stream = io.StringIO()
    action(value, Console(file=stream, width=110))
    return stream.getvalue()


@pytest.mark.parametrize("fitness", ["unfit", "screening"])
def test_uncalibrated_figures_say_so_everywhere(judged, fitness):
    result = judged(fitness, uncalibrated=True)
    (first, *_) = cautions(result)
    assert (first.title, first.grave) == (UNCALIBRATED, True)
    document = export(result)
    assert document["run"]["uncalibrated"] is True
    assert document["summary"]["cautions"][0]["title"] == UNCALIBRATED
    assert document["summary"]["sentences"][0].startswith(UNCALIBRATED)
    assert printed(print_result, result).startswith(UNCALIBRATED)
    text = page(result)
    assert '<p class="notice grave" role="note"><strong>UNCALIBRATED:' in text
    assert text.count("UNCALIBRATED") >= 3
    assert "Calibrated:" not in text
    both = compare(result, result)
    assert UNCALIBRATED in printed(print_comparison, both)
    assert UNCALIBRATED in comparison_page(both)
    assert export_comparison(both)["first"]["uncalibrated"] is True


def test_a_judge_without_a_calibration_is_not_known_to_be_fit(judged):
    result = judged(calibrated=False, uncalibrated=True)
    assert "was never calibrated" in cautions(result)[0].text


def test_withheld_verdicts_give_no_figure_and_a_reason(judged):
    result = judged("unfit")
    (caution,) = cautions(result)
    assert (caution.title, caution.grave) == (WITHHELD, False)
    assert "openai:a-judge judged replies of this run, and no figure below rests" in caution.text
    assert "unfit by calibration c-1: kappa is what it is" in caution.text
    document = export(result)
    assert document["run"]["withheld"] == list(result.withheld) != []
    assert document["judging"]["published"] is False
    assert document["summary"]["whole"]["counts"]["not_judged"] == 20
    assert "20 could be decided by checks alone" in document["summary"]["sentences"][1]
    text = page(result)
    assert "What these judges said is part of no figure" in text
    assert "UNCALIBRATED" not in text


def test_a_fit_judge_needs_no_caution(judged):
    result = judged()
    assert cautions(result) == ()
    assert "UNCALIBRATED" not in page(result) + json.dumps(export(result))
