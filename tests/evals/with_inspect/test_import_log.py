"""Logs become runs: which verdict each sample gets, what is noted, and that nothing is doubled."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evals.conftest import SMALL

from charter.errors import ConfigError, ParseError, UnknownClause
from charter.evals.figures import Basis
from charter.evals.inspect import import_log as module
from charter.evals.inspect import survey
from charter.evals.inspect.archive import Archive
from charter.evals.inspect.choice import Choice, look
from charter.evals.inspect.import_log import import_log
from charter.evals.inspect.read_log import read_log
from charter.evals.inspect.value import Higher
from charter.evals.judging.task import tasks_of
from charter.evals.reply import reply_of
from charter.evals.report.caution import UNFINISHED, cautions
from charter.evals.report.summary import limits, summarise
from charter.evals.result import result_of
from charter.evals.suite import basis_of, compile_suite
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load
from charter.records.log import LogAttached
from charter.records.run import ReplyFailed, ReplyRecorded, RunFinished, RunStarted, ScenarioPlanned
from charter.records.score import ScoreRecorded

from .conftest import HEADER, sample, write


def taken(ledger, log, choice=None):
    return import_log(ledger, look(log, choice or Choice()))


def scores(ledger):
    return {(s.scenario, s.epoch): s for s in ledger.read(ScoreRecorded)}


def test_a_run_as_others(ledger, logged):
    done = taken(ledger, logged([sample("a"), sample("b", value="I")]))
    assert (done.verdicts, done.notes) == ({"adhered": 1, "violated": 1}, ())
    (run,) = ledger.read(RunStarted)
    assert run.run == done.run
    assert run.run.startswith("20260102-030405-")
    assert (run.spec_name, run.spec_title, run.spec_version) == (
        "inspect:group/task",
        "group/task",
        "3",
    )
    assert (run.model.provider, run.model.name) == ("inspect", "openai/m")
    assert run.model.sampling == "inspect_ai 0.3.285"
    assert (run.max_tokens, run.temperature, run.seed, run.repeat) == (99, "0.5", 7, 1)
    assert run.scenarios == ("a", "b")
    result = result_of(ledger)
    assert result.finished_at == "2026-01-02T03:04:05Z"
    assert [row.id for row in result.sections] == ["group/task"]
    (attached,) = ledger.read(LogAttached)
    assert (attached.taken, attached.packages) == (True, (("inspect_ai", "0.3.285"),))


def test_replies_can_be_graded_again(ledger, logged):
    taken(ledger, logged([sample("a")]))
    (planned,) = ledger.read(ScenarioPlanned)
    assert (planned.messages[0].content, planned.rubric) == ("What?", "A rubric.")
    assert planned.source == "a"
    assert planned.digest.startswith("sha256:")
    (reply,) = ledger.read(ReplyRecorded)
    assert reply_of(reply).text == "Yes."


def test_importing_again_adds_nothing(ledger, logged):
    log = logged([sample("a"), sample("b", error={"message": "x"})])
    first = taken(ledger, log)
    again = taken(ledger, log)
    assert (first.already, again.already) == (False, True)
    assert (again.run, again.notes) == (first.run, first.notes)
    assert +again.verdicts == +first.verdicts
    assert len(list(ledger.read(ReplyFailed))) == 1


def test_a_later_grading_is_not_counted_with_the_log(ledger, logged):
    log = logged([sample("a")])
    first = taken(ledger, log)
    (score,) = ledger.read(ScoreRecorded)
    ledger.append(replace(score, verdict="violated", grading="g-1"))
    assert taken(ledger, log).verdicts == first.verdicts == {"adhered": 1}


def test_another_way_of_reading_is_another_run(ledger, logged):
    log = logged([sample("a", value=0.25), sample("b", value=0.75)])
    low = taken(ledger, log, Choice(higher=Higher.COMPLIANT, threshold=0.2))
    high = taken(ledger, log, Choice(higher=Higher.COMPLIANT, threshold=0.5))
    assert low.run != high.run
    assert (low.verdicts["adhered"], high.verdicts["adhered"]) == (2, 1)


def test_an_interrupted_import_carries_on(ledger, logged, monkeypatch):
    made = [sample(str(n), value="C" if n % 2 else "I") for n in range(40)]
    made[3]["error"] = made[30]["error"] = {"message": "x"}
    log = logged(made)
    monkeypatch.setattr(module, "BATCH", 7)
    append, left = ledger.append, iter(range(5))

    def some(*records):
        if next(left, None) is None:
            raise KeyboardInterrupt
        append(*records)

    monkeypatch.setattr(ledger, "append", some)
    with pytest.raises(KeyboardInterrupt):
        taken(ledger, log)
    monkeypatch.setattr(ledger, "append", append)
    assert list(ledger.read(LogAttached)) == []
    done = taken(ledger, log)
    assert done.verdicts == {"adhered": 19, "violated": 19, "error": 2}
    assert len(scores(ledger)) == 38
    assert len(list(ledger.read(ReplyFailed))) == 2
    assert len(list(ledger.read(ScenarioPlanned))) == 40


@pytest.mark.parametrize(
    ("made", "verdict", "reason"),
    [
        ({}, "adhered", "s is 1: because"),
        ({"value": "I"}, "violated", "s is 0: because"),
        ({"value": True}, "adhered", "s is 1"),
        ({"value": float("nan")}, "not_judged", "unscored in the log: because"),
        ({"value": float("inf")}, "not_judged", "unscored"),
        ({"value": "N"}, "not_judged", "unscored"),
        ({"scores": {}}, "not_judged", "the log has no s of it"),
        ({"scores": None}, "not_judged", "the log has no s of it"),
        ({"stop": "content_filter"}, "filtered", "content filter"),
        ({"stop": "max_tokens"}, "cut_off", "cut off after 4 tokens"),
        ({"stop": "model_length"}, "cut_off", "cut off"),
        ({"stop": "length"}, "cut_off", "cut off"),
        ({"stop": "unknown"}, "adhered", "s is 1"),
        ({"limit": {"type": "message"}}, "cut_off", "halted by a limit: message"),
        ({"invalidation": {"author": "Ann"}}, "not_judged", "declared invalid: Ann"),
        ({"error": {"message": "boom"}}, "error", "SampleError: boom"),
    ],
)
def test_verdicts(ledger, logged, made, verdict, reason):
    taken(ledger, logged([sample("z"), sample("a", **made)]))
    case = next(case for case in result_of(ledger).cases if case.scenario.scenario == "a")
    assert case.verdict == verdict
    assert reason in case.reason


def test_what_was_scored_all_the_same_is_noted(ledger, logged):
    made = [sample("a", stop="max_tokens"), sample("b"), sample("c", stop="unknown")]
    done = taken(ledger, logged(made))
    assert any("1 reply cut off" in note for note in done.notes)
    assert any("1 reply without a word on why" in note for note in done.notes)


def test_epochs_and_those_that_are_missing(ledger, logged):
    made = [sample("a", 1), sample("a", 2, "I"), sample("b", 1)]
    done = taken(ledger, logged(made))
    result = result_of(ledger)
    assert (result.run.repeat, result.whole.planned) == (2, 4)
    assert +done.verdicts == {"adhered": 2, "violated": 1, "error": 1}
    assert result.finished_at is None
    (failed,) = ledger.read(ReplyFailed)
    assert (failed.scenario, failed.epoch, failed.error) == ("b", 1, "NotInLog")


def test_members_of_one_name_are_noted_and_the_last_counts(ledger, logged):
    again = ("samples/a_epoch_1.json", json.dumps(sample("a", value="I")))
    with pytest.warns(UserWarning, match="Duplicate name"):
        log = logged([sample("a"), sample("b")], more=[again])
    done = taken(ledger, log)
    assert done.verdicts == {"adhered": 1, "violated": 1}
    assert any("1 sample more than once in the log" in note for note in done.notes)


def test_half_a_surrogate_pair_is_no_defect(ledger, logged):
    half = ("samples/half.json", json.dumps(sample("a\ud800")))
    done = taken(ledger, logged([sample("b", value="I")], more=[half]))
    assert done.verdicts == {"adhered": 1, "violated": 1}
    assert {planned.scenario for planned in ledger.read(ScenarioPlanned)} == {"a?", "b"}


def test_a_report_says_whose_verdicts_they_are(ledger, logged):
    names = [f"s{number}" for number in range(5)]
    taken(ledger, logged([sample(name) for name in names]))
    result = result_of(ledger)
    assert result.scorer == "inspect:s"
    assert result.whole.figures.basis is Basis.RAW
    said = summarise(result)
    assert said.headline.startswith("Of 5 scenarios, 5 could be decided by the log's scorer:")
    assert "nothing is known about the errors of inspect:s" in said.basis
    assert "verdicts from its scorer, read as inspect:s" in said.cautions[0].text
    assert "checks" not in " ".join((said.headline, said.basis, *limits(result)[:1]))


def test_what_is_missing_cannot_be_asked_for_again(ledger, logged):
    taken(ledger, logged([sample("a", 1), sample("a", 2, "I"), sample("b", 1)]))
    (unfinished,) = (c for c in cautions(result_of(ledger)) if c.title == UNFINISHED)
    assert "asks again" not in unfinished.text
    assert "importing it again changes nothing" in unfinished.text


def test_a_judge_may_decide_anew_what_the_scorer_of_a_log_did(ledger, logged):
    taken(ledger, logged([sample("a"), sample("b", value="I"), sample("c", value=math.nan)]))
    (run,) = ledger.read(RunStarted)
    tasks = {task.scenario.scenario: task for task in tasks_of(ledger, run.run, {})}
    assert {"a", "b"} <= set(tasks)


def test_duplicates_are_noted_and_the_last_counts(ledger, logged):
    again = ("samples/another_epoch_1.json", json.dumps(sample("a", value="I")))
    done = taken(ledger, logged([sample("a"), sample("b")], more=[again]))
    assert any("1 sample more than once in the log" in note for note in done.notes)
    assert scores(ledger)["a", 0].verdict == "violated"


def test_unfinished_and_failed_logs(ledger, logged):
    done = taken(ledger, logged([sample("a")], None))
    assert any("no header" in note for note in done.notes)
    assert any("about 2 samples; 1 is in it" in note for note in done.notes)
    failed = HEADER | {"status": "error", "error": {"message": "no key"}}
    done = taken(ledger, logged([sample("a"), sample("b")], failed))
    assert done.notes == ("the log ended with status error: no key",)
    assert [a.status for a in ledger.read(LogAttached)] == ["started", "error"]


def test_a_score_is_never_guessed(ledger, logged):
    two = {"s": {"value": {"x": 1, "y": 0.5}}, "t": {"value": "C"}}
    log = logged([sample("a", scores=two)])
    with pytest.raises(ConfigError, match=r"more than one score.*s\.x, s\.y, t"):
        taken(ledger, log)
    with pytest.raises(ConfigError, match="no score 's'"):
        taken(ledger, log, Choice(score="s"))
    with pytest.raises(ConfigError, match="what a high one means"):
        taken(ledger, log, Choice(score="s.x"))
    with pytest.raises(ConfigError, match="--threshold"):
        taken(ledger, log, Choice(score="s.y", higher=Higher.COMPLIANT))
    with pytest.raises(ConfigError, match="is a number"):
        taken(ledger, logged([sample("a", value=float("nan"))]), Choice(score="s"))
    with pytest.raises(ConfigError, match="no score that is a number"):
        taken(ledger, logged([sample("a", scores={})]))
    assert list(ledger.read(RunStarted)) == []


def test_a_log_without_samples(ledger, logged):
    with pytest.raises(ParseError, match="no sample that can be read"):
        taken(ledger, logged([]))


def test_few_samples_with_very_many_epochs(ledger, logged, monkeypatch):
    monkeypatch.setattr(survey, "MAX_PLANNED", 100)
    with pytest.raises(ParseError, match="the limit is 100"):
        taken(ledger, logged([sample("a", 1000)]))


def test_a_broken_sample_writes_nothing(ledger, logged):
    log = logged([sample("a")], more=[("samples/b_epoch_1.json", "{")])
    with pytest.raises(ParseError):
        taken(ledger, log)
    assert list(ledger.read(RunStarted)) == []


def test_sections_by_a_field(ledger, logged):
    made = [sample("a", metadata={"kind": "x"}), sample("b", metadata={"kind": 7})]
    taken(ledger, logged(made), Choice(section_field="kind"))
    assert [row.id for row in result_of(ledger).sections] == ["x", "7"]
    with pytest.raises(ConfigError, match=r"'none'.*kind"):
        taken(ledger, logged(made), Choice(section_field="none"))


def test_sections_of_a_spec(ledger, logged):
    spec = load(SMALL)
    made = [
        sample("a", metadata={"section_id": "greet", "clause_id": "helo"}),
        sample("b", metadata={"section_id": "keep_code", "clause_id": "keep_code/code"}),
        sample("c", metadata={"section_id": "keep_code"}),
    ]
    taken(ledger, logged(made), Choice(spec=spec))
    result = result_of(ledger)
    assert (result.run.spec_name, result.run.spec_digest) == ("small", spec.digest)
    assert [(row.id, row.authority) for row in result.sections] == [
        ("greet", "user"),
        ("keep_code", "root"),
    ]
    by_id = {p.scenario: p for p in ledger.read(ScenarioPlanned)}
    assert by_id["a"].clause == "greet/helo"
    assert by_id["a"].clause_text == spec.clause("greet/helo").text
    assert by_id["b"].basis != by_id["c"].basis
    assert scores(ledger)["b", 0].cites == "keep_code/code"


def test_a_basis_is_that_of_the_suite(ledger, logged):
    spec = load(SMALL)
    suite = compile_suite(spec)
    tested = next(s for s in suite.scenarios if s.clause == "greet/helo")
    made = sample("a", metadata={"section_id": "greet", "clause_id": "helo"})
    taken(ledger, logged([made]), Choice(spec=spec))
    (planned,) = ledger.read(ScenarioPlanned)
    assert planned.basis == basis_of(spec, tested.section, tested.clause)


def test_places_that_a_spec_lacks(ledger, logged):
    spec = load(SMALL)
    with pytest.raises(UnknownClause):
        taken(ledger, logged([sample()]), Choice(spec=spec, section="nope"))
    with pytest.raises(ConfigError, match="--spec"):
        taken(ledger, logged([sample()]), Choice(section="greet"))
    with pytest.raises(ConfigError, match="'nope', which the spec lacks"):
        taken(ledger, logged([sample(metadata={"section_id": "nope"})]), Choice(spec=spec))
    made = sample(metadata={"clause_id": "nope"})
    with pytest.raises(ConfigError, match="--clause-field"):
        taken(ledger, logged([made]), Choice(spec=spec, section="greet"))
    choice = Choice(spec=spec, section="greet", clause_field="")
    assert taken(ledger, logged([made]), choice).verdicts["adhered"] == 1


OWN = {
    "spec_name": "small",
    "spec_title": "A small spec",
    "spec_version": None,
    "spec_digest": "sha256:1",
    "suite_digest": "sha256:2",
    "version": "9.9",
}
TESTED = {
    "section_id": "greet",
    "section_title": "Greet people",
    "family": "freedom",
    "caption": "a greeting",
    "outcome": "comply",
}


def own(made, **more):
    """Return the header of a log that says it is of Charter's own task, and its sample."""
    said = {"adheres": {"value": "C", "explanation": "ok", "metadata": {"verdict": "adhered"}}}
    spec = HEADER["eval"] | {"metadata": {"charter": OWN | more}}
    return [sample("a", **({"scores": said, "metadata": TESTED} | made))], HEADER | {"eval": spec}


def test_what_the_own_task_says_is_checked(ledger, logged):
    assert taken(ledger, logged(*own({}))).verdicts["adhered"] == 1
    (run,) = ledger.read(RunStarted)
    assert (run.spec_title, run.spec_version, run.suite_digest) == (
        "A small spec",
        None,
        "sha256:2",
    )
    for broken, words in (
        ({"metadata": {}}, "no 'section_id'"),
        ({"metadata": TESTED | {"outcome": "win"}}, "unknown outcome"),
        (
            {
                "scores": {
                    "adheres": {"value": "C", "metadata": {"verdict": "adhered", "checks": [1]}}
                }
            },
            "checks that cannot be read",
        ),
    ):
        with pytest.raises(ParseError, match=words):
            taken(ledger, logged(*own(broken)))


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        ({"stop": "content_filter"}, "filtered"),
        ({"stop": "model_length"}, "cut_off"),
        ({"scores": {}}, "not_judged"),
        ({"scores": {"adheres": {"value": "C", "metadata": {"verdict": "violated"}}}}, "adhered"),
        ({"scores": {"adheres": {"value": "C", "metadata": {"verdict": "made up"}}}}, "not_judged"),
        ({"scores": {"adheres": {"value": float("nan"), "metadata": {"error": "X"}}}}, "error"),
    ],
)
def test_verdicts_of_the_own_task_are_not_believed_against_the_reply(ledger, logged, made, verdict):
    assert +taken(ledger, logged(*own(made))).verdicts == {verdict: 1}


def test_a_log_that_only_looks_like_our_own(ledger, logged):
    made, header = own({"scores": {"s": {"value": "C"}}}, suite_digest=5)
    taken(ledger, logged(made, header))
    (run,) = ledger.read(RunStarted)
    assert run.spec_name == "inspect:group/task"


def test_an_unknown_moment_is_no_hindrance(ledger, logged):
    header = HEADER | {"eval": HEADER["eval"] | {"created": "some day"}}
    assert taken(ledger, logged([sample()], header)).run.startswith("19700101-")


VALUES = st.sampled_from(["C", "I", "P", "N", 0, 1, 0.5, float("nan"), None, {"x": 1}, "?"])
STOPS = st.sampled_from(["stop", "max_tokens", "model_length", "content_filter", "unknown", None])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 3), VALUES, STOPS, st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_every_planned_reply_has_one_outcome(tmp_path_factory, given_samples):
    folder = tmp_path_factory.mktemp("log")
    made = []
    for name, epoch, value, stop, broken in given_samples:
        one = sample(str(name), epoch, value, stop=stop)
        one["error"] = {"message": "x"} if broken else None
        made.append(one)
    made.append(sample("sure", 1))
    unique = list({(one["id"], one["epoch"]): one for one in made}.values())
    write(folder / "l.eval", unique)
    choice = Choice(score="s", higher=Higher.COMPLIANT, threshold=0.5)
    with (
        Archive(folder / "l.eval") as archive,
        Ledger(open_store(str(folder / "ledger.sqlite"))) as ledger,
    ):
        done = import_log(ledger, look(read_log(archive), choice))
        result = result_of(ledger)
        finished = bool(list(ledger.read(RunFinished)))
    assert sum(result.whole.counts.values()) == result.whole.planned == done.verdicts.total()
    assert {k: v for k, v in result.whole.counts.items() if v} == +done.verdicts
    assert finished == (done.verdicts["error"] == 0)
    assert result.whole.counts["pending"] == 0
