import csv
import json
import random

import pytest
from tests.evals.conftest import SMALL

from charter.errors import ConfigError
from charter.evals.calibration.label_columns import mapped
from charter.evals.calibration.label_file import label_files
from charter.load import load

AS_IS = mapped([], [])


@pytest.fixture(scope="module")
def spec():
    return load(SMALL)


@pytest.fixture
def write(tmp_path):
    def make(rows, name="l.csv"):
        path = tmp_path / name
        if name.endswith(".jsonl"):
            path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        else:
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        return path

    return make


def row(**changes):
    return {
        "id": "1",
        "request": "Hello",
        "answer": "Good day",
        "label": "GOOD",
        "section": "greet",
    } | changes


def failure(path, *words, spec=None, how=AS_IS):
    with pytest.raises(ConfigError) as caught:
        label_files([path], how, spec)
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_a_row_becomes_a_labelled_answer(write, spec):
    (found,) = label_files([write([row(outcome="comply", rubric="Greet.")])], AS_IS, spec).items
    item = found.item
    assert (item.id, item.section, item.clause, item.outcome) == ("1", "greet", None, "comply")
    assert [(m.role, m.content) for m in item.messages] == [("user", "Hello")]
    assert (item.answer, item.rubric) == ("Good day", "Greet.")
    assert (found.grade, found.truth, found.authority) == ("GOOD", "adhered", "user")
    assert found.line == 2


def test_json_lines_hold_conversations_and_calls(write, spec):
    talk = [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    rows = [
        row(clause="greet/helo", conversation=talk, calls=[{"name": "f", "arguments": "{}"}]),
        row(id=2, label="violated", conversation=json.dumps(talk)),
    ]
    found = label_files([write(rows, "l.jsonl")], AS_IS, spec).items
    assert [m.role for m in found[0].item.messages] == ["developer", "user"]
    assert found[0].item.clause == "greet/helo"
    assert found[0].item.calls[0].name == "f"
    assert found[1].item.id == "2"
    assert found[0].cluster == found[1].cluster


def test_a_grader_needs_neither_request_nor_section(write):
    rows = [{"answer": "Yes.", "label": "none"}, {"answer": "No.", "label": "full"}]
    labels = label_files([write(rows)], AS_IS, None)
    assert labels.scale.name == "refusal"
    assert [(i.item.id, i.truth, i.cluster) for i in labels.items] == [
        ("line-2", "none", "line-2"),
        ("line-3", "full", "line-3"),
    ]


def test_rows_without_a_label_are_counted(write):
    labels = label_files([write([row(), row(id="2", label=" ")])], AS_IS, None)
    assert (len(labels.items), labels.left_out) == (1, 1)
    failure(write([row(label="")]), "no row has a label")


def test_several_raters_of_one_answer_are_one_item(write):
    rows = [
        row(by="cy", label="GOOD"),
        row(by="al", label="BAD"),
        row(by="bo", label="BAD"),
        row(id="2", by="bo", label="OK"),
        row(id="3", by="al", label="OK"),
        row(id="3", by="bo", label="BAD"),
    ]
    found = {each.item.id: each for each in label_files([write(rows)], AS_IS, None).items}
    assert (found["1"].grade, found["1"].truth) == ("violated|violated|adhered", "violated")
    assert (found["2"].grade, found["2"].truth) == ("|adhered|", "adhered")
    assert found["3"].truth == "disputed"


def test_files_are_told_apart_and_share_conversations(write, spec):
    paths = [write([row()], "a.csv"), write([row(label="BAD", answer="No")], "b.csv")]
    labels = label_files(paths, AS_IS, spec)
    assert [each.item.id for each in labels.items] == ["a/1", "b/1"]
    assert labels.name == "a.csv, b.csv"
    assert len({each.cluster for each in labels.items}) == 1


def test_files_of_one_name_must_not_share_ids(write, tmp_path):
    (tmp_path / "x").mkdir()
    paths = [write([row()]), write([row()], "x/l.csv")]
    with pytest.raises(ConfigError, match=r"id 'l/1' occurs in .*l.csv:2 as well"):
        label_files(paths, AS_IS, None)


def test_files_must_be_on_one_scale(write):
    paths = [write([row()], "a.csv"), write([row(label="full")], "b.csv")]
    with pytest.raises(ConfigError, match=r"labels of adherence, .*labels of refusal"):
        label_files(paths, AS_IS, None)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(), row(label="GOOD ")], ["l.csv:3", "id '1' is labelled twice, first in line 2"]),
        ([row(), row(id="2", label="great")], ["l.csv:3", "unknown label 'great'", "--map great="]),
        ([row(), row(id="2", label="full")], ["l.csv:3", "unknown label 'full'", "good, ok, bad"]),
        ([row(id="")], ["l.csv:2", "the id is empty"]),
        ([row(outcome="win")], ["l.csv:2", "unknown outcome 'win'", "comply"]),
        ([row(conversation="[1")], ["l.csv:2", "'conversation' is no JSON"]),
        ([row(conversation='{"a": 1}')], ["l.csv:2", "conversation is no list of messages"]),
        ([row(conversation="[1]")], ["l.csv:2", "a message is no JSON object"]),
        ([row(conversation='[{"role": "boss", "content": ""}]')], ["l.csv:2", "without role"]),
        ([row(calls="{}")], ["l.csv:2", "calls is no list"]),
        ([row(calls='[{"name": "f"}]')], ["l.csv:2", "a call without name and arguments"]),
        ([row(clause="keep_code/code")], ["l.csv:2", "is not of section 'greet'"]),
        (
            [row(by="a"), row(by="b", answer="other")],
            ["l.csv:3", "id '1' has another answer in line 2"],
        ),
        ([row(by="a"), row(by="a")], ["l.csv:3", "is labelled twice by 'a'"]),
    ],
)
def test_one_clear_line_for_each_defect(write, rows, words):
    failure(write(rows), *words)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(section="gone")], ["l.csv:2", "the spec has no section 'gone'"]),
        ([row(section="", clause="greet/gone")], ["l.csv:2", "the spec has no clause"]),
        ([row(section="")], ["l.csv:2", "neither a section nor a clause"]),
        ([row(request=" ")], ["l.csv:2", "neither a request nor a conversation"]),
        ([{"answer": "a", "label": "OK", "section": "greet"}], ["l.csv:1", "no column 'request'"]),
        ([{"answer": "a", "label": "OK", "request": "r"}], ["l.csv:1", "no column 'section'"]),
        ([{"answer": "a"}], ["l.csv:1", "no column 'label'", "--column label=COLUMN"]),
    ],
)
def test_a_judge_needs_more(write, spec, rows, words):
    failure(write(rows), *words, spec=spec)


@pytest.mark.parametrize("value", [True, 1.5, ["x"], {"a": "b"}])
def test_text_must_be_text(write, value):
    failure(write([row(answer=value)], "l.jsonl"), "l.jsonl:1", "'answer' is no text")


def test_a_column_that_was_named_must_be_there(write):
    how = mapped(["answer=completion"], [])
    failure(write([row()]), "no column 'completion'", "there are id, request", how=how)


def test_the_order_of_rows_is_nothing(write):
    rows = [
        row(id=str(n), request=f"q{n % 4}", label="GOOD" if n % 3 else "BAD") for n in range(20)
    ]
    before = label_files([write(rows)], AS_IS, None)
    random.Random(1).shuffle(rows)
    after = label_files([write(rows)], AS_IS, None)
    assert after.digest == before.digest
    key = lambda each: each.item.id  # noqa: E731
    for one, other in zip(sorted(before.items, key=key), sorted(after.items, key=key), strict=True):
        assert (one.item, one.cluster, one.truth) == (other.item, other.cluster, other.truth)
