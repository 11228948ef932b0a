from collections import Counter
from pathlib import Path

import pytest
from tests.evals.conftest import SMALL

from charter.errors import SpecError
from charter.evals.calibration.graded_examples import graded_examples
from charter.evals.judging.prompt import write
from charter.evals.judging.rules import SpecRules
from charter.load import load, load_effective

SPEC = """\
# Conduct {#conduct}

## One {#one authority=user}

The assistant should do one thing.

**Example**: told about the caption

~~~xml
<developer>
Be brief.
</developer>
<user comment="a secret comment">
First question
</user>
<comparison>
<assistant> <!-- BAD: reason-one -->
First answer, poor
</assistant>
<assistant> <!-- GOOD: reason-two -->
First answer, fine
</assistant>
</comparison>
<user>
Second question
</user>
<comparison>
<assistant> <!-- OK -->
Second answer
</assistant>
<assistant> <!-- BAD[#two]: reason-three -->
[... does something ...]
</assistant>
<assistant recipient="python"> <!-- BAD[#gone] -->
print(1)
</assistant>
</comparison>
~~~

## Two {#two authority=root}

The assistant must do another.
"""


@pytest.fixture
def spec(tmp_path):
    (tmp_path / "spec.md").write_text(SPEC)
    return load(tmp_path)


def test_grades_become_truths(spec):
    found = graded_examples(spec).items
    assert [each.grade for each in found] == ["BAD", "GOOD", "OK", "BAD", "BAD"]
    assert [each.truth for each in found] == [
        "violated",
        "adhered",
        "adhered",
        "violated",
        "violated",
    ]
    assert [each.position for each in found] == [0, 1, 0, 1, 2]
    assert [each.elided for each in found] == [False, False, False, True, False]
    assert len({each.cluster for each in found}) == 1


def test_a_judge_is_asked_about_the_section_that_the_grade_cites(spec):
    found = graded_examples(spec).items
    assert [each.item.section for each in found] == ["one", "one", "one", "two", "one"]
    assert [each.authority for each in found] == ["user", "user", "user", "root", "user"]


def test_a_later_turn_follows_the_good_answer(spec):
    first, _, third, *_ = graded_examples(spec).items
    assert [(m.role, m.content) for m in first.item.messages] == [
        ("developer", "Be brief."),
        ("user", "First question"),
    ]
    assert [(m.role, m.content) for m in third.item.messages] == [
        ("developer", "Be brief."),
        ("user", "First question"),
        ("assistant", "First answer, fine"),
        ("user", "Second question"),
    ]


def test_a_reply_to_a_tool_is_a_call(spec):
    last = graded_examples(spec).items[-1].item
    assert (last.answer, [(c.name, c.arguments) for c in last.calls]) == (
        "",
        [("python", "print(1)")],
    )


def test_nothing_that_tells_the_grade_reaches_a_judge(spec):
    rules = SpecRules(load_effective(Path(spec.source.path).parent))
    for each in graded_examples(spec).items:
        messages = write(each.item, rules.slice(each.item.section), sample=0).messages
        asked = "\n".join(m.content for m in messages)
        for word in ("GOOD", "BAD", "reason-", "caption", "secret comment", "poor"):
            mine = "poor" in each.item.answer and word == "poor"
            assert word not in asked or mine, (word, each.item.id)


def test_an_expectation_is_shown_as_in_an_evaluation():
    asked = graded_examples(load(SMALL)).items
    assert Counter(each.item.outcome for each in asked) == {"any": 2, "refuse": 2}


def test_a_spec_without_grades_is_an_error(tmp_path):
    (tmp_path / "spec.md").write_text("# A {#a}\n\n## B {#b authority=user}\n\nDo it.\n")
    with pytest.raises(SpecError, match="no graded example"):
        graded_examples(load(tmp_path))


@pytest.mark.data
def test_the_model_spec_has_397_graded_answers(data_dir):
    effective = load_effective(data_dir / "model_spec" / "2025-12-18")
    labels = graded_examples(effective.spec)
    assert Counter(each.grade for each in labels.items) == {"GOOD": 193, "OK": 8, "BAD": 196}
    assert Counter(each.truth for each in labels.items) == {"adhered": 201, "violated": 196}
    assert len({each.item.id for each in labels.items}) == 397
    cited = Counter(
        each.item.section
        for each in labels.items
        if each.item.section != each.cluster.partition("/")[0]
    )
    assert cited == {"chain_of_command": 13, "assume_objective_pov": 1}
    roles = Counter(m.role for each in labels.items for m in each.item.messages)
    assert roles["developer"] > 0
    assert roles["system"] > 0
    assert all(each.item.messages for each in labels.items)


@pytest.mark.data
def test_no_request_about_the_model_spec_tells_a_grade(data_dir):
    effective = load_effective(data_dir / "model_spec" / "2025-12-18")
    rules = SpecRules(effective)
    told = {e.id: [(r, r.message.content) for r in e.responses] for e in effective.spec.examples}
    for each in graded_examples(effective.spec).items:
        rest = write(each.item, rules.slice(each.item.section), sample=0).messages
        asked = "\n".join(m.content for m in rest)
        assert "<!--" not in asked
        mine = [each.item.answer, *(call.arguments for call in each.item.calls)]
        shown = "\n".join([*mine, *(m.content for m in each.item.messages)])
        for response, text in told[each.cluster]:
            if response.reason and len(response.reason) > 30:
                assert response.reason not in asked, each.item.id
            if text not in shown and len(text) > 60:
                assert text not in asked, each.item.id
