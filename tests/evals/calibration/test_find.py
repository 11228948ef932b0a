from dataclasses import replace

import pytest

from charter.evals.calibration.find import Found, Missing, calibration_for, publishable, spoken
from charter.records.calibration import CalibrationFinished

from .conftest import JUDGE, started

SPEC = "sha256:spec"


def keep(ledger, run="c-1", fitness="fit", reasons=("kappa is low",), **changes):
    ledger.append(started(run=run, **changes))
    if fitness is not None:
        ledger.append(CalibrationFinished(run, "2026-11-21T09:00:00Z", fitness, reasons))


def test_the_newest_of_exactly_this_judge(ledger):
    keep(ledger, "c-1", "unfit")
    keep(ledger, "c-2")
    keep(ledger, "c-3", fitness=None)
    keep(ledger, "c-4", "unfit", judge=replace(JUDGE, prompt="sha256:other"))
    found = calibration_for(ledger, JUDGE, SPEC)
    assert isinstance(found, Found)
    assert found.calibration.run == "c-2"
    assert publishable(found) is None


def test_other_labels_may_have_told_another_story(ledger):
    keep(ledger, "c-1", "screening", labels_digest="sha256:hard")
    keep(ledger, "c-2")
    assert [end.fitness for end in calibration_for(ledger, JUDGE, SPEC).others] == ["screening"]


@pytest.mark.parametrize(
    ("fitness", "words"),
    [
        ("unfit", "openai:m is unfit by calibration c-1: kappa is low"),
        ("screening", "openai:m is fit for screening only by calibration c-1: kappa is low"),
    ],
)
def test_what_is_not_fit_is_not_published(ledger, fitness, words):
    keep(ledger, fitness=fitness)
    assert publishable(calibration_for(ledger, JUDGE, SPEC)) == words


@pytest.mark.parametrize(
    ("judge", "spec", "words"),
    [
        (replace(JUDGE, prompt="sha256:new"), SPEC, "openai:m was calibrated with another prompt"),
        (replace(JUDGE, settings='{"a":1}'), SPEC, "with other settings (a not set, now 1)"),
        (replace(JUDGE, digest="sha256:w"), SPEC, "with other weights"),
        (JUDGE, "sha256:else", "for another spec, small 1.0 at sha256:spec"),
        (replace(JUDGE, prompt="p"), "s", "with another prompt and for another spec"),
        (replace(JUDGE, name="n"), SPEC, "openai:n was never calibrated in"),
        (replace(JUDGE, kind="embedded"), SPEC, "embedded:m was never calibrated in"),
    ],
)
def test_why_there_is_none(ledger, judge, spec, words):
    keep(ledger)
    found = calibration_for(ledger, judge, spec)
    assert isinstance(found, Missing)
    assert words in found.reason
    assert publishable(found) == found.reason


def test_the_nearest_is_named(ledger):
    keep(ledger, "c-1", judge=replace(JUDGE, prompt="p", settings="s"))
    keep(ledger, "c-2", judge=replace(JUDGE, prompt="p"))
    keep(ledger, "c-3", judge=replace(JUDGE, prompt="p", digest="d"))
    assert "(c-2, 2026-11-21)" in calibration_for(ledger, JUDGE, SPEC).reason


def test_an_unfinished_one_is_named(ledger):
    keep(ledger, fitness=None)
    reason = calibration_for(ledger, JUDGE, SPEC).reason
    assert reason.startswith("the calibration c-1 of openai:m was not finished")


def test_graders_read_no_spec(ledger):
    grader = replace(JUDGE, kind="grader", name="refusal")
    keep(ledger, judge=grader, spec_digest="", spec_name="")
    assert isinstance(calibration_for(ledger, grader, "sha256:any"), Found)


def test_fewer_samples_than_were_measured_are_another_judge(ledger):
    keep(ledger, samples=3)
    assert isinstance(calibration_for(ledger, JUDGE, SPEC), Found)
    assert isinstance(calibration_for(ledger, JUDGE, SPEC, samples=5), Found)
    found = calibration_for(ledger, JUDGE, SPEC, samples=1)
    assert "by the median of 3 samples, and 1 are asked for" in found.reason


def test_a_judge_as_people_write_it():
    assert spoken(replace(JUDGE, kind="embedded", name="")) == "embedded"
