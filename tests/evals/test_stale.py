"""Which past scores and calibrations a new version of a spec makes stale."""

import asyncio
import shutil

from charter.evals.plan import Plan, Settings
from charter.evals.run import carry_out, open_run
from charter.evals.stale import stale_records
from charter.evals.suite import compile_suite
from charter.load import load
from charter.models.open import open_model
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted
from charter.records.grading import JudgeId
from charter.spec.changes.diff import diff
from charter.spec.changes.stale import Rests, stale

from .conftest import SMALL
from .test_run import SCRIPT, Silent


def changed(tmp_path):
    """Return the small spec, and the same with its first tested rule turned into another."""
    folder = tmp_path / "new"
    shutil.copytree(SMALL, folder)
    old = load(SMALL)
    clause = next(s.clause_text for s in compile_suite(old).scenarios if s.clause_text)
    file = next(folder.glob("*.md"))
    text = file.read_text()
    words = " ".join(clause.split()[:4])
    assert words in text
    file.write_text(text.replace(words, f"Whenever it rains, {words}", 1))
    return old, load(folder)


def run(ledger, spec, tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT)
    model = open_model(f"scripted:{script}", {})
    plan = Plan(compile_suite(spec), model.identity, Settings())
    opened = open_run(ledger, plan)
    asyncio.run(carry_out(opened, plan, model, ledger=ledger, concurrency=2, progress=Silent()))
    return opened.run


def calibrate(ledger, spec, section):
    judge = JudgeId("openai", "judge-1", None, "sha256:0", "{}")
    ledger.append(
        CalibrationStarted(
            "c1", "2026-01-01T00:00:00Z", "0", judge, spec.name, spec.version, spec.digest,
            "examples", "sha256:1", 1, 1, (),
        ),
        CalibrationItem(
            "c1", "i1", 0, section, "k", "comply", "GOOD", "adhered", "verdict", "adhered", 7, 0,
            10, False, "r", "t", "stop", 1, 1, False,
        ),
        CalibrationFinished("c1", "2026-01-01T00:00:01Z", "fit", ()),
    )  # fmt: skip


def test_scores_and_calibrations_of_the_old_version_are_stale(ledger, tmp_path):
    old, new = changed(tmp_path)
    done = run(ledger, old, tmp_path)
    difference = diff(old, new)
    rests = stale(difference)
    calibrate(ledger, old, next(iter(rests.sections)))
    items = list(stale_records(ledger, difference, rests))
    assert [item.kind for item in items] == [Rests.SCORE, Rests.CALIBRATION]
    assert items[0].id == done
    assert f"{len(rests.scenarios)} of its" in items[0].why
    assert "1 of the 1 answers" in items[1].why


def test_runs_of_other_versions_are_left_alone(ledger, tmp_path):
    old, new = changed(tmp_path)
    run(ledger, new, tmp_path)
    calibrate(ledger, new, new.sections[0].id)
    difference = diff(old, new)
    assert not list(stale_records(ledger, difference, stale(difference)))


def test_wording_makes_no_score_stale(ledger, tmp_path):
    old = load(SMALL)
    run(ledger, old, tmp_path)
    difference = diff(old, old)
    assert not list(stale_records(ledger, difference, stale(difference)))
