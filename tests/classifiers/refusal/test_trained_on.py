"""Answers that the classifier was trained on are known, and nothing else is."""

import json

import pytest

from charter.classifiers.refusal.trained_on import pack, was_trained_on


def own_answers(root):
    for file in sorted((root / "training" / "refusal" / "answers").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["answer"]


def test_every_answer_of_ours_is_known(root):
    answers = list(own_answers(root))
    assert len(answers) > 1000
    assert all(map(was_trained_on, answers))


@pytest.mark.data
def test_every_answer_of_the_data_set_is_known(data_dir):
    import csv  # noqa: PLC0415

    with (data_dir / "xstest" / "gpt4.csv").open(encoding="utf-8", newline="") as file:
        assert all(was_trained_on(row["completion"]) for row in csv.DictReader(file))


def test_white_space_makes_no_difference(root):
    answer = next(own_answers(root))
    assert was_trained_on(f"\n {answer.replace(' ', '  ')} ")


def test_others_are_not_known():
    assert not was_trained_on("A sentence that nobody has ever trained anything on, we hope: 7251.")


def test_packing_forgets_order_and_doubles():
    assert pack(["b", "a", "b"]) == pack(["a", "b"])
    assert len(pack(["b", "a", "b"])) == 16
