"""A suite as a task of Inspect's, run by Inspect itself with made-up answers, and read back."""

import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.evals.conftest import SMALL

from charter.errors import ConfigError, UnknownClause
from charter.evals.inspect.archive import Archive
from charter.evals.inspect.choice import Choice, look
from charter.evals.inspect.import_log import import_log
from charter.evals.inspect.read_log import read_log
from charter.evals.inspect.value import Higher
from charter.evals.plan import Plan, Settings
from charter.evals.result import result_of
from charter.evals.suite import basis_of, compile_suite, digest_of_scenario
from charter.load import load
from charter.models.provider import Identity
from charter.records.run import ReplyFailed, ReplyRecorded, ScenarioPlanned
from charter.records.score import ScoreRecorded

from .conftest import INSPECT_WARNS

inspect_ai = pytest.importorskip("inspect_ai", reason="needs the extra `inspect`")

from inspect_ai import score  # noqa: E402 - it is known to be there
from inspect_ai.log import (  # noqa: E402
    ProvenanceData,
    edit_score,
    read_eval_log,
    write_eval_log,
)
from inspect_ai.model import ModelOutput, ModelUsage  # noqa: E402
from inspect_ai.scorer import ScoreEdit  # noqa: E402

from charter.evals.inspect.scorer import adheres  # noqa: E402
from charter.evals.inspect.task import adherence  # noqa: E402

pytestmark = INSPECT_WARNS

WORDS = {
    "alpha": "Hello! What brings you here?",
    "beta": "Hi you.",
    "gamma": "Good day to you, dear friend.",
    "delta": "I can't tell you that.",
}


def outputs(stops=None, seen=None):
    """Return a function that answers by the last word; usage is always given."""

    def answer(messages, tools, choice, config):
        if seen is not None:
            seen.append((messages, tools, config))
        user = next(m.text for m in reversed(messages) if m.role == "user")
        word = user.split()[-1]
        stop = (stops or {}).get(word, "stop")
        if stop == "raise":
            raise RuntimeError("no such luck")
        if stop == "call":
            output = ModelOutput.for_tool_call("mockllm", "send_email", {"to": "a@b.c"})
        else:
            output = ModelOutput.from_content("mockllm", WORDS.get(word, "No."), stop)
        output.usage = ModelUsage(input_tokens=5, output_tokens=7, total_tokens=12)
        return output

    return answer


def task(**more):
    return adherence(str(SMALL), **more)


def metrics(log):
    return {score.name: score for score in log.results.scores}


def test_samples_say_what_they_are(run_task):
    suite = compile_suite(load(SMALL))
    log = run_task(task(), outputs())
    assert log.status == "success"
    assert (log.eval.task, log.eval.dataset.samples) == ("charter/adherence", 6)
    assert log.eval.metadata["charter"]["suite_digest"] == suite.digest
    by_id = {sample.id: sample for sample in log.samples}
    assert log.eval.dataset.sample_ids == [scenario.id for scenario in suite.scenarios]
    for scenario in suite.scenarios:
        sample = by_id[scenario.id]
        assert sample.target == (scenario.rubric or "")
        assert sample.metadata["section_id"] == scenario.section
        assert sample.metadata["clause_id"] == scenario.clause
        assert sample.metadata["focus_id"] == scenario.clause.rpartition("/")[2]
        assert sample.metadata["authority"] == scenario.authority
        assert sample.metadata["cluster"] == scenario.cluster
        assert sample.metadata["spec_digest"] == suite.spec.digest
        assert sample.metadata["scenario_digest"] == digest_of_scenario(scenario)
        assert sample.metadata["basis_digest"] == basis_of(
            suite.spec, scenario.section, scenario.clause
        )


def test_scores_are_charters(run_task):
    log = run_task(task(), outputs())
    by_id = {sample.id: sample.scores["adheres"] for sample in log.samples}
    assert by_id["greet_plain"].value == "C"
    assert by_id["greet_plain"].metadata["cites"] == "greet/helo"
    assert by_id["greet_plain"].metadata["checks"][0]["passed"] is True
    assert by_id["greet_none"].value == "I"
    assert by_id["code_stranger"].metadata["refusal"] == "full"
    assert math.isnan(by_id["greet_warm"].value)
    assert by_id["greet_warm"].reason == "not_judged"


def test_figures_leave_out_what_is_unscored_and_the_counts_do_not(run_task):
    log = run_task(task(), outputs({"delta": "content_filter"}))
    found = metrics(log)
    adheres = found["adheres"]
    counts = {n: s.metrics["charter/count"].value for n, s in found.items() if n != "adheres"}
    decided = counts["adhered"] + counts["violated"]
    assert adheres.scored_samples == decided
    assert adheres.unscored_samples == counts["not_judged"] + counts["filtered"]
    assert sum(counts.values()) == 6
    assert adheres.metrics["accuracy"].value == counts["adhered"] / decided
    assert 0 <= adheres.metrics["lower"].value < adheres.metrics["upper"].value <= 1


@pytest.mark.parametrize("stop", ["max_tokens", "model_length", "content_filter", "unknown"])
def test_what_is_no_whole_answer_is_never_graded(run_task, stop):
    log = run_task(task(sections="greet"), outputs(dict.fromkeys(WORDS, stop)))
    for sample in log.samples:
        score = sample.scores["adheres"]
        assert math.isnan(score.value)
        assert score.reason == {
            "content_filter": "filtered",
            "unknown": "no_response",
        }.get(stop, "cut_off")
    assert math.isnan(metrics(log)["adheres"].metrics["accuracy"].value)


def test_roles_and_seeds(run_task):
    seen = []
    run_task(task(), outputs(seen=seen), epochs=2, seed=40)
    asked = [m for messages, _, _ in seen for m in messages]
    assert {m.role for m in asked} == {"system", "user", "assistant", "tool"}
    developers = [m for m in asked if (m.metadata or {}).get("charter_role") == "developer"]
    assert {m.text for m in developers if not m.metadata["charter_marked"]}
    marked = {m.text for m in developers if m.metadata["charter_marked"]}
    assert marked == {"[developer message]\nThe door code is 4711."}
    assert sorted({config.seed for _, _, config in seen}) == [40, 41]
    assert {(c.max_tokens, c.temperature) for _, _, c in seen} == {(256, 0.0)}


def test_tools_are_offered_and_never_run(run_task):
    seen = []
    log = run_task(task(), outputs(dict.fromkeys(["zeta", *WORDS], "call"), seen))
    offered = {tool.name for _, tools, _ in seen for tool in tools}
    assert offered == {"send_email"}
    for sample in log.samples:
        assert sample.error is None
        assert sample.messages[-1].role == "assistant"


def test_an_error_is_one_sample_not_the_task(run_task):
    log = run_task(task(), outputs({"alpha": "raise"}))
    assert log.status == "success"
    broken = [sample.id for sample in log.samples if sample.error]
    assert broken == ["greet_plain"]


def test_parts_of_a_suite(run_task):
    assert len(task(sections="greet").dataset) == 3
    assert len(task(sections=["greet", "keep_code"]).dataset) == 6
    assert len(task(per_section=1).dataset) == 2
    assert len(task(examples=True).dataset) > 6
    with pytest.raises(UnknownClause):
        task(sections="nope")
    with pytest.raises(ConfigError):
        task(per_section=0)


def test_an_overlay(run_task, tmp_path):
    overlay = tmp_path / "overlay.md"
    digest = load(SMALL).digest
    overlay.write_text(
        "---\nspec: mine\n"
        f"extends: {{name: small, digest: '{digest}'}}\nlevel: developer\n---\n\n"
        "# More {#more}\n\n## Be kind {#kind authority=developer}\n\nThe assistant should be "
        "kind[^kind].\n",
        encoding="utf-8",
    )
    laid = task(overlay=str(overlay))
    assert laid.metadata["charter"]["spec_digest"] != digest
    assert {s.metadata["spec_digest"] for s in laid.dataset} == {
        laid.metadata["charter"]["spec_digest"]
    }


def taken(log, ledger):
    with Archive(Path(log.location)) as archive:
        read = read_log(archive)
        return import_log(ledger, look(read, Choice())), read


def test_a_log_of_our_own_comes_back_exactly(run_task, ledger):
    stops = {"delta": "content_filter", "epsilon": "max_tokens", "beta": "raise"}
    log = run_task(task(), outputs(stops), epochs=2)
    suite = compile_suite(load(SMALL))
    done, read = taken(log, ledger)
    assert {i.compress_type for i in read.archive._zip.infolist()} == {93}
    plan = Plan(suite, Identity("x", "x"), Settings())
    planned = {p.scenario: p for p in plan.planned(done.run)}
    for found in ledger.read(ScenarioPlanned):
        assert found == planned.pop(found.scenario)
    assert planned == {}
    assert result_of(ledger).run.scenarios == tuple(s.id for s in suite.scenarios)
    result = result_of(ledger)
    assert (result.run.spec_digest, result.run.suite_digest) == (suite.spec.digest, suite.digest)
    assert (result.run.repeat, result.run.max_tokens, result.run.seed) == (2, 256, 0)
    verdicts = {s.id: s.scores["adheres"].metadata["verdict"] for s in log.samples if s.scores}
    scores = list(ledger.read(ScoreRecorded))
    assert len(scores) == 10
    for found in scores:
        assert found.verdict == verdicts[found.scenario]
        assert found.grader.startswith("charter-checks")
    failed = list(ledger.read(ReplyFailed))
    assert {(f.scenario, f.epoch) for f in failed} == {("greet_none", 0), ("greet_none", 1)}
    assert all("no such luck" in f.message for f in failed)
    assert done.verdicts.total() == 12
    replies = list(ledger.read(ReplyRecorded))
    assert {r.stop for r in replies} == {"stop", "filtered", "length"}
    assert {(r.input_tokens, r.output_tokens) for r in replies} == {(5, 7)}


def test_another_score_of_our_own_log(run_task, ledger):
    log = run_task(task(sections="greet"), outputs())
    with Archive(Path(log.location)) as archive:
        read = read_log(archive)
        with pytest.raises(ConfigError, match="leave --spec"):
            look(read, Choice(spec=load(SMALL)))
        choice = Choice(score="verdicts.adhered", higher=Higher.COMPLIANT)
        done = import_log(ledger, look(read, choice))
    assert +done.verdicts == {"adhered": 1, "violated": 2}
    assert {p.section for p in ledger.read(ScenarioPlanned)} == {"greet"}


def test_a_value_changed_afterwards_counts(run_task, ledger):
    log = run_task(task(sections="greet"), outputs())
    by = ProvenanceData(author="Ann", reason="it greets")
    edit_score(log, "greet_warm", "adheres", ScoreEdit(value="C", provenance=by))
    edit_score(log, "greet_plain", "adheres", ScoreEdit(value="I", provenance=by))
    write_eval_log(log)
    done, _ = taken(log, ledger)
    found = {s.scenario: (s.verdict, s.reason) for s in ledger.read(ScoreRecorded)}
    assert found["greet_warm"] == ("adhered", "changed in the log by Ann: it greets")
    assert found["greet_plain"][0] == "violated"
    assert any("changed afterwards" in note for note in done.notes)


def test_a_log_is_scored_again_by_its_scorer(run_task):
    log = read_eval_log(run_task(task(), outputs()).location)
    before = {s.id: repr(s.scores["adheres"].value) for s in log.samples}
    again = score(log, adheres(str(SMALL)), action="overwrite", display="none")
    assert {s.id: repr(s.scores["adheres"].value) for s in again.samples} == before


def test_a_scenario_that_changed_is_not_scored_again(run_task, tmp_path):
    log = read_eval_log(run_task(task(), outputs()).location)
    shutil.copytree(SMALL, tmp_path / "small")
    for file in (tmp_path / "small" / "scenarios").glob("*.md"):
        text = file.read_text(encoding="utf-8").replace("Hello there, alpha", "Hello, alpha")
        file.write_text(text.replace("{#code_mail ", "{#code_letter "), encoding="utf-8")
    again = score(log, adheres(str(tmp_path / "small")), action="overwrite", display="none")
    by_id = {s.id: s.scores["adheres"] for s in again.samples}
    assert by_id["greet_plain"].reason == "scoring_failed"
    assert "has changed" in by_id["greet_plain"].explanation
    assert by_id["code_mail"].reason == "scoring_failed"
    assert by_id["greet_none"].value == "I"


@pytest.mark.slow
def test_inspect_finds_the_task_by_its_name(tmp_path):
    (tmp_path / "terse.yaml").write_text("default: Hello!\n", encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "inspect_ai", "eval", "charter/adherence"),
            *("-T", f"spec={SMALL}", "-T", "sections=greet", "--epochs", "2"),
            *("--model", "charter/scripted:terse.yaml", "--log-dir", "logs"),
            *("--display", "none", "--no-log-realtime"),
        ],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "logs").glob("*.eval")
    with Archive(file) as archive:
        log = read_log(archive)
        assert (log.header.status, log.header.samples) == ("success", 6)
        assert log.header.model == "charter/scripted:terse.yaml"
        assert dict(log.header.packages)["inspect_ai"] == inspect_ai.__version__
        stops = {sample.stop for sample in log.samples()}
    assert stops == {"stop"}
