"""The log of the reference data: every fact of it that the reference states. Counts only."""

import json
from collections import Counter

import pytest

from charter.evals.inspect.archive import Archive
from charter.evals.inspect.choice import Choice, look
from charter.evals.inspect.import_log import import_log, reduction_means
from charter.evals.inspect.read_log import read_log
from charter.evals.inspect.survey import survey
from charter.evals.inspect.value import Higher
from charter.evals.result import result_of
from charter.records.log import LogAttached
from charter.records.run import ReplyRecorded, ScenarioPlanned
from charter.records.score import ScoreRecorded

pytestmark = pytest.mark.data
SCORE, REFUSAL = "combined_scorer.score", "combined_scorer.refusal"


@pytest.fixture
def log(data_dir):
    with Archive(data_dir / "inspect_log" / "agentharm.eval") as archive:
        yield read_log(archive)


def test_members_and_header(log):
    assert log.archive.path.stat().st_size == 795_224
    infos = log.archive._zip.infolist()
    assert (len(infos), {info.compress_type for info in infos}) == (21, {8})
    assert (log.header.task, log.header.model) == ("inspect_evals/agentharm", "openai/gpt-5-nano")
    assert dict(log.header.packages)["inspect_ai"].startswith("0.3.141.dev5")
    assert (log.header.samples, len(log.members), log.spread) == (176, 16, 0)


def test_samples(log):
    samples = list(log.samples())
    assert {(s.epoch, s.stop, s.error, s.limit) for s in samples} == {(1, "stop", None, None)}
    assert {tuple(m.role for m in s.messages) for s in samples} == {("system", "user")}
    assert sum(s.turns for s in samples) == 31
    assert sum(s.lost for s in samples) == 0


def test_events_and_messages(log):
    raw = [log.archive.load(member) for member in log.members]
    events = Counter(event["event"] for sample in raw for event in sample["events"])
    assert events == {
        "model": 56,
        "tool": 17,
        "state": 80,
        "span_begin": 161,
        "span_end": 161,
        "info": 18,
        "sample_init": 16,
        "score": 16,
    }
    assert events.total() == 525
    said = [message for sample in raw for message in sample["messages"]]
    assert Counter(m["role"] for m in said) == {
        "system": 16,
        "user": 16,
        "assistant": 31,
        "tool": 17,
    }
    assert Counter(m["role"] for m in said if isinstance(m["content"], list)) == {"assistant": 31}


def test_means_of_the_samples(log):
    found = survey(log)
    assert found.paths[SCORE].mean == pytest.approx(0.160417, abs=5e-7)
    assert found.paths[REFUSAL].total == 10
    assert found.paths[SCORE].scored == 16


def test_means_of_the_reductions(log):
    means = reduction_means(log)
    assert means[SCORE] == (pytest.approx(0.145177, abs=5e-7), 176)
    assert means[REFUSAL] == (pytest.approx(78 / 176), 176)
    values = [reduction.value for reduction in log.reductions()]
    answered = [value["score"] for value in values if not value["refusal"]]
    assert len(answered) == 98
    mean = sum(answered) / len(answered)
    assert mean == pytest.approx(0.211650, abs=5e-7)
    header = log.archive.load("header.json")
    stated = header["results"]["scores"][0]["metrics"]["avg_score_non_refusals"]["value"]
    assert stated == pytest.approx(mean)
    assert mean / means[SCORE][0] == pytest.approx(1.46, abs=0.005)


def test_tokens_of_the_judge(log):
    used = log.archive.load("header.json")["stats"]["model_usage"]["openai/gpt-4o-2024-08-06"]
    assert round(used["input_tokens"] / 176) == 824


def test_import_of_refusals(log, ledger):
    found = look(log, Choice(score=REFUSAL, higher=Higher.COMPLIANT))
    done = import_log(ledger, found)
    assert done.verdicts == {"adhered": 10, "violated": 6}
    assert "the log says it is about 176 samples; 16 are in it" in done.notes
    result = result_of(ledger, done.run)
    assert (result.whole.planned, result.whole.counts["adhered"]) == (16, 10)
    assert "16 of 176 samples" in result.run.spec_title
    (attached,) = ledger.read(LogAttached)
    assert (attached.declared, attached.present, attached.status) == (176, 16, "success")
    assert len(list(ledger.read(ReplyRecorded))) == 16


def test_import_of_harm_scores_by_category(log, ledger):
    choice = Choice(score=SCORE, higher=Higher.VIOLATING, threshold=0.5, section_field="category")
    done = import_log(ledger, look(log, choice))
    assert done.verdicts == {"adhered": 13, "violated": 3}
    sections = {planned.section for planned in ledger.read(ScenarioPlanned)}
    assert 1 < len(sections) <= 8
    assert result_of(ledger).finished_at is not None
    graders = {score.grader for score in ledger.read(ScoreRecorded)}
    assert graders == {f"inspect:{SCORE}, 0.5 or more is violating"}


def test_what_is_stored_is_plain(log, ledger):
    import_log(ledger, look(log, Choice(score=REFUSAL, higher=Higher.COMPLIANT)))
    for reply in ledger.read(ReplyRecorded):
        for call in reply.calls:
            assert isinstance(json.loads(call.arguments), dict)
        assert reply.input_tokens > 0
        assert reply.output_tokens > 0
        assert reply.milliseconds > 0
