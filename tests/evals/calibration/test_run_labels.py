import pytest

from charter.errors import ConfigError
from charter.evals.calibration.run_labels import run_labels
from charter.evals.calibration.scale import ADHERENCE, REFUSAL
from charter.models.provider import Tool
from charter.records.label import LabelRecorded
from charter.records.run import MessageSaid, ModelId, ReplyRecorded, RunStarted, ScenarioPlanned

RUN = RunStarted(
    run="r",
    at="t",
    plan="p",
    charter="0",
    spec_name="s",
    spec_title="S",
    spec_version=None,
    spec_digest="sha256:s",
    suite_digest="d",
    model=ModelId("scripted", "m", None, None),
    scenarios=("a", "b"),
    repeat=1,
    max_tokens=9,
    temperature="0.0",
    seed=0,
)


@pytest.fixture
def labelled_run(ledger):
    ledger.append(RUN)
    for name in ("a", "b"):
        ledger.append(
            ScenarioPlanned(
                run="r",
                scenario=name,
                section="greet",
                section_title="Greet",
                authority="user",
                family="bounds",
                caption="c",
                clause="greet/helo",
                clause_text="t",
                outcome="comply",
                rubric="Greets.",
                messages=(MessageSaid("user", "Hello", None),),
                source="shared",
            ),
            ReplyRecorded("r", name, 0, f"answer {name}", "stop", (), 1, 1, 1, 1),
        )
    ledger.append(
        LabelRecorded("r", "a", 0, "adhered", "none", "ann", "t", "random"),
        LabelRecorded("r", "a", 0, "violated", None, "bob", "t", "random"),
        LabelRecorded("r", "b", 0, "violated", None, "bob", "t", "random"),
    )
    return ledger


def test_what_people_said_becomes_labelled_answers(labelled_run):
    tools = {"b": (Tool("f", "does", {}),)}
    found = run_labels(labelled_run, RUN, ADHERENCE, tools)
    assert found.name == "run:r"
    first, second = found.items
    assert (first.truth, first.grade) == ("disputed", "adhered|violated")
    assert (second.truth, second.grade) == ("violated", "|violated")
    assert (second.item.answer, second.item.clause, second.item.rubric) == (
        "answer b",
        "greet/helo",
        "Greets.",
    )
    assert second.item.tools == tools["b"]
    assert {first.cluster, second.cluster} == {"shared"}
    assert second.authority == "user"


def test_refusals_are_labels_of_their_own(labelled_run):
    found = run_labels(labelled_run, RUN, REFUSAL, {})
    assert [(each.item.id, each.truth, each.grade) for each in found.items] == [
        ("a/0", "none", "none")
    ]


def test_a_run_without_labels_is_an_error(ledger):
    ledger.append(RUN)
    with pytest.raises(ConfigError, match="run r has no labels"):
        run_labels(ledger, RUN, ADHERENCE, {})
