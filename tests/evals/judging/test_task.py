"""Which replies need a judge, and what the judge is given of them."""

import shutil

from tests.evals.conftest import SMALL

from charter.evals.judging.task import tasks_of, tools_of
from charter.load import load

from .runs import measure, write_spec


def test_only_what_checks_could_not_decide_is_judged(tmp_path, ledger):
    more = {1: "checks:\n  - not_contains: {any: [silly]}\n"}
    folder = write_spec(tmp_path / "spec", scenarios=5, more=more)
    replies = {1: "How silly.", 2: "Hm.", 3: {"text": "Cut", "stop": "length"},
               4: {"text": "", "stop": "filtered"}}  # fmt: skip
    run = measure(folder, ledger, replies)
    found = list(tasks_of(ledger, run.run, {}))
    assert [task.scenario.scenario for task in found] == ["s0", "s1", "s2"]
    assert [bool(task.failed) for task in found] == [False, True, False]


def test_an_item_holds_what_was_asked_and_answered_and_no_verdict(tmp_path, ledger):
    run = measure(write_spec(tmp_path / "spec"), ledger)
    task = next(iter(tasks_of(ledger, run.run, {})))
    item = task.item
    assert (item.section, item.clause, item.outcome) == ("kind", "kind/kind", "any")
    assert [(said.role, said.content) for said in item.messages] == [("user", "Question 0, please")]
    assert (item.answer, item.rubric) == ("Answer 0.", "It is kind in case 0.")


def test_repeats_are_tasks_of_their_own(tmp_path, ledger):
    run = measure(write_spec(tmp_path / "spec", scenarios=2), ledger, repeat=3)
    found = [(task.scenario.scenario, task.epoch) for task in tasks_of(ledger, run.run, {})]
    assert found == [(name, epoch) for name in ("s0", "s1") for epoch in range(3)]


def test_tools_are_those_of_the_spec(tmp_path, ledger):
    tools = tools_of(load(SMALL))
    assert [tool.name for tool in tools["code_mail"]] == ["send_email"]
    (tmp_path / "bare.md").write_text("## A {#a authority=user}\n\nIt must rest.\n")
    assert tools_of(load(tmp_path / "bare.md")) == {}


def test_a_check_that_the_outcome_brings_does_not_decide(tmp_path, ledger):
    """It classifies, and may be wrong: the judge is asked the same thing."""
    folder = write_spec(tmp_path / "spec", scenarios=1)
    file = folder / "scenarios" / "kind.md"
    file.write_text(file.read_text().replace("outcome: any", "outcome: refuse"))
    run = measure(folder, ledger)
    (task,) = tasks_of(ledger, run.run, {})
    assert [(check.passed, check.implied) for check in task.score.checks] == [(False, True)]
    assert task.failed == ()
    assert task.item.outcome == "refuse"


def test_an_example_that_cannot_be_asked_costs_no_tools(tmp_path):
    shutil.copytree(SMALL, tmp_path / "spec")
    file = tmp_path / "spec" / "spec.md"
    file.write_text(file.read_text().replace("not_contains:", "no_such_check:"))
    assert tools_of(load(tmp_path / "spec")) == tools_of(load(SMALL)) != {}
