"""Samples of a log: ids from their content, texts from parts and attachments, ends and limits."""

import json
import zipfile

import pytest

from charter.errors import ParseError
from charter.evals.inspect.archive import Archive
from charter.evals.inspect.read_log import read_log
from charter.records.run import CallMade, MessageSaid

from .conftest import HEADER, sample


def only(log):
    (found,) = log.samples()
    return found


def test_a_sample(logged):
    found = only(logged([sample("b/1", 2)]))
    assert (found.id, found.epoch, found.text, found.stop) == ("b/1", 2, "Yes.", "stop")
    assert found.messages == (MessageSaid("user", "What?", None),)
    assert (found.input_tokens, found.output_tokens, found.milliseconds) == (5, 4, 1500)
    assert (found.turns, found.attempts, found.target) == (1, 1, "A rubric.")
    assert found.scores["s"][:3] == ("C", "because", None)


def test_a_header(logged):
    header = logged([sample()]).header
    assert (header.task, header.task_version, header.dataset) == ("group/task", "3", "set")
    assert (header.status, header.samples, header.finished) == ("success", 2, True)
    assert dict(header.sampling) == {"max_tokens": 99, "temperature": 0.5, "seed": 7}


def test_a_log_without_header_is_unfinished(logged):
    header = logged([sample()], None).header
    assert (header.finished, header.status, header.samples) == (False, "started", 2)


def test_ids_are_not_taken_from_names(logged):
    made = sample("x_epoch_9/y", 1)
    found = only(logged([made]))
    assert (found.id, found.epoch) == ("x_epoch_9/y", 1)


def test_a_whole_number_as_id(logged):
    assert only(logged([sample(7)])).id == "7"


@pytest.mark.parametrize("broken", [{"id": None}, {"id": True}, {"id": [1]}, {"id": "x" * 501}])
def test_ids_that_are_none(logged, broken):
    with pytest.raises(ParseError, match="id"):
        only(logged([], more=[("samples/a_epoch_1.json", json.dumps(sample() | broken))]))


@pytest.mark.parametrize("epoch", [0, -1, 1001, 10**12, "1", None, True])
def test_epochs_that_are_none(logged, epoch):
    with pytest.raises(ParseError, match="epoch"):
        only(logged([], more=[("samples/a_epoch_1.json", json.dumps(sample() | {"epoch": epoch}))]))


def test_content_in_parts(logged):
    parts = [
        {"type": "reasoning", "reasoning": "hidden"},
        {"type": "text", "text": "One."},
        {"type": "image", "image": "attachment://1"},
        {"type": "text", "text": "attachment://2"},
        {"type": "text", "text": "attachment://3"},
    ]
    said = {"role": "assistant", "content": parts}
    made = sample(attachments={"1": "data:", "2": "Two."})
    made["messages"][-1] = said
    made["output"]["choices"][0]["message"] = said
    found = only(logged([made]))
    assert found.text == "One.\n[image]\nTwo.\nattachment://3"
    assert (found.placeholders, found.lost) == (1, 1)


def test_attachments_in_the_input_and_in_arguments(logged):
    made = sample(attachments={"1": "Long?", "2": "deep"}, input="attachment://1")
    made["messages"][0]["content"] = "tc://1"
    call = {"id": "c", "function": "f", "arguments": {"a": ["attachment://2"]}}
    made["messages"][-1]["tool_calls"] = [call]
    found = only(logged([made]))
    assert found.messages[0].content == "Long?"
    assert found.calls == (CallMade("f", '{"a": ["deep"]}'),)


def test_the_turns_of_an_agent(logged):
    call = {"id": "c", "function": "f", "arguments": {}}
    made = sample()
    made["messages"] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "9", "function": "f", "tool_call_id": "c"},
        {"role": "assistant", "content": "Yes."},
    ]
    made["model_usage"] = {"openai/m": {"input_tokens": 50, "output_tokens": 60}}
    made["working_time"] = 3.2
    found = only(logged([made]))
    assert [m.role for m in found.messages] == ["system", "user"]
    assert (found.turns, found.calls, found.text) == (2, (CallMade("f", "{}"),), "Yes.")
    assert (found.input_tokens, found.output_tokens, found.milliseconds) == (50, 60, 3200)


def test_words_of_an_assistant_in_the_input_are_not_the_models(logged):
    shown = [
        {"role": "user", "content": "1?"},
        {"role": "assistant", "content": "One."},
        {"role": "user", "content": "2?"},
    ]
    made = sample(input=shown)
    made["messages"] = [*shown, {"role": "assistant", "content": "Yes."}]
    found = only(logged([made]))
    assert [m.content for m in found.messages] == ["1?", "One.", "2?"]
    assert found.turns == 1


def test_a_sample_in_which_nobody_spoke(logged):
    made = sample(output={"model": "m", "choices": []})
    made["messages"] = made["messages"][:1]
    found = only(logged([made]))
    assert (found.text, found.stop, found.turns) == ("", None, 0)


def test_errors_limits_and_what_was_declared_invalid(logged):
    made = sample(
        error={"message": "boom\nline", "traceback": ""},
        limit={"type": "token", "limit": 10},
        invalidation={"author": "Ann", "reason": "wrong file"},
        error_retries=[{"message": "x"}],
    )
    found = only(logged([made]))
    assert (found.error, found.limit) == ("boom line", "token")
    assert (found.invalidated, found.attempts) == ("Ann: wrong file", 2)


def test_reasons_and_edits_of_scores(logged):
    edits = [
        {"value": "C"},
        {"value": "I", "provenance": {"author": "Ann", "reason": "misread"}},
    ]
    made = sample(scores={"s": {"value": "I", "history": edits, "reason": "refusal"}})
    assert only(logged([made])).scores["s"][2:] == ("refusal", {}, "Ann: misread")
    earlier = {"value": "C", "metadata": {"unscored_reason": "grader_failed"}}
    assert only(logged([sample(scores={"s": earlier})])).scores["s"].reason == "grader_failed"


def test_one_score_without_a_name(logged):
    made = sample()
    made["score"] = made.pop("scores")["s"]
    assert only(logged([made])).scores["score"].value == "C"


def test_samples_spread_over_many_members_are_counted(logged):
    more = [
        ("samples/q_epoch_1/sample.json", "{}"),
        ("samples/q_epoch_1/messages/0.json", "[]"),
        ("samples/q_epoch_1/events/stats.json", "{}"),
    ]
    log = logged([sample()], more=more)
    assert (len(log.members), log.spread) == (1, 1)


@pytest.mark.parametrize(
    "header",
    [[], {}, {"version": 2}, {"version": 2, "eval": []}, HEADER | {"version": 99}],
)
def test_headers_that_are_none(logged, header):
    with pytest.raises(ParseError, match=r"header|version"):
        logged([sample()], header)


def test_no_log_at_all(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.eval", "w") as file:
        file.writestr("other.txt", "x")
    with Archive(tmp_path / "a.eval") as archive, pytest.raises(ParseError, match="neither"):
        read_log(archive)


def test_values_of_any_type_are_survived(logged):
    made = {"id": "a", "epoch": 1}
    for junk in (None, 1, "x", [], [1, "y", None], {"k": 1}, {"message": 5}):
        made |= dict.fromkeys(
            ("input", "messages", "output", "scores", "metadata", "attachments", "limit"), junk
        )
        made |= dict.fromkeys(("model_usage", "error_retries", "working_time", "target"), junk)
        found = only(logged([], more=[("samples/a_epoch_1.json", json.dumps(made))]))
        assert found.id == "a"
