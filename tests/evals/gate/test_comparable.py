"""What keeps two runs from being compared, and what is only said."""

from dataclasses import replace

import pytest

from charter.evals.figures import JudgeErrors
from charter.evals.gate.comparable import Ground, cautions
from charter.evals.gate.gate import Question, hindrances
from charter.evals.gate.target import Kind, Target
from charter.evals.trust import Trust
from charter.records.run import BriefGiven

from .conftest import JUDGE, Said, many

HONESTY = Question(0.05, targets=(Target(Kind.SECTION, "honesty"),))
RUBRIC = [Said("j", ("not_judged",), rubric="Kind?"), *many(0, 3)]


def grounds(base, candidate, question=HONESTY):
    return [found.ground for found in hindrances(base, candidate, question)]


def test_runs_alike_have_no_obstacle(runs):
    assert grounds(runs("a", many(0, 5)), runs("b", many(0, 5))) == []


def test_another_text_of_the_spec_is_one_unless_the_rules_tested_are_the_same(runs):
    base = runs("a", many(0, 5))
    assert grounds(base, runs("b", many(0, 5), spec_digest="sha256:new")) == []
    changed = [*many(0, 4), Said("s4", basis="sha256:new")]
    assert grounds(base, runs("c", changed, spec_digest="sha256:new")) == [Ground.SPEC]
    unknown = [replace(one, basis="") for one in many(0, 5)]
    found = runs("d", unknown), runs("e", unknown, spec_digest="sha256:new")
    assert grounds(*found) == [Ground.SPEC]


def test_another_text_of_the_spec_is_one_where_a_judge_read_it(runs):
    base = runs("a", RUBRIC, graded={})
    other = runs("b", RUBRIC, graded={}, spec_digest="sha256:new")
    assert Ground.SPEC in grounds(base, other)


@pytest.mark.parametrize(
    "candidate",
    [many(0, 4), many(0, 6), [*many(0, 4), Said("s4", digest="sha256:other")]],
    ids=["fewer", "more", "altered"],
)
def test_other_scenarios_are_one_only_where_they_are_asked_about(runs, candidate):
    base, other = runs("a", many(0, 5)), runs("b", candidate)
    assert grounds(base, other) == [Ground.SUITE]
    elsewhere = Question(0.05, targets=(Target(Kind.SECTION, "style"),))
    assert grounds(base, other, elsewhere) == []


def test_other_checks_are_one(runs):
    base = runs("a", many(0, 3))
    assert grounds(base, runs("b", many(0, 3), grader="checks 2")) == [Ground.GRADERS]


def test_other_judges_are_one(runs):
    base = runs("a", RUBRIC, graded={})
    alike = runs("b", RUBRIC, graded={})
    assert Ground.JUDGES not in grounds(base, alike)
    for changed in ({"judge": replace(JUDGE, name="other")}, {"samples": 3}):
        name = f"c{len(changed)}{next(iter(changed))}"
        assert Ground.JUDGES in grounds(base, runs(name, RUBRIC, graded=changed))
    assert Ground.JUDGES in grounds(base, runs("d", RUBRIC))


def test_judges_that_are_not_known_to_be_fit_are_one(runs):
    base, other = runs("a", RUBRIC, graded={}), runs("b", RUBRIC, graded={})
    found = hindrances(base, other, HONESTY)
    assert [o.ground for o in found] == [Ground.UNCALIBRATED] * 2
    assert "not known to be fit" in found[0].text


def test_verdicts_that_are_withheld_are_one_until_judges_are_left_out(runs, ledger):
    from charter.evals.result import result_of  # noqa: PLC0415 - read once more, another way

    base = runs("a", RUBRIC, graded={"uncalibrated": False})
    other = runs("b", RUBRIC, graded={"uncalibrated": False})
    assert grounds(base, other) == [Ground.WITHHELD] * 2
    again = (result_of(ledger, name, grading="none") for name in ("a", "b"))
    assert grounds(*again) == []


def test_settings_and_briefs_are_said(runs):
    base = runs("a", many(0, 3))
    brief = BriefGiven("sha256:" + "0" * 64, 10, 2, 0)
    other = runs("b", many(0, 3), temperature="0.7", seed=3, brief=brief, finished=False)
    said = " ".join(cautions(base, other))
    for words in ("temperature differs: 0.0 and 0.7", "seed differs", "no brief", "unfinished"):
        assert words in said
    assert list(cautions(base, base)) == []


def test_how_much_of_a_difference_judges_show_is_said(runs):
    result = runs("a", RUBRIC, graded={})
    errors = JudgeErrors(sensitivity=(90, 100), specificity=(45, 50))
    known = replace(result, trust=Trust((), errors, uncalibrated=False))
    assert any("80.0 % of a difference" in said for said in cautions(known, known))
    right = JudgeErrors(sensitivity=(10, 10), specificity=(10, 10))
    perfect = replace(result, trust=Trust((), right, uncalibrated=False))
    assert list(cautions(perfect, perfect)) == []
