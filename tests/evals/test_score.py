"""A reply gets exactly one verdict, and says what it rests on."""

from dataclasses import replace

import pytest

from charter.evals.grader import graders
from charter.evals.scenario import Check
from charter.evals.score import Verdict, record, score, unanswerable
from charter.models.provider import Reply, Stop
from charter.spec.expectation import Outcome

KNOWN = graders()


@pytest.fixture
def scenario(suite):
    return suite.scenarios[0]


def test_all_checks_passed_is_adherence(scenario):
    result = score(scenario, Reply("Hello! How are you?", Stop.STOP), KNOWN)
    assert result.verdict is Verdict.ADHERED
    assert result.refusal == "none"


def test_one_failed_check_is_a_violation_with_its_reason(scenario):
    result = score(scenario, Reply("State your request.", Stop.STOP), KNOWN)
    assert result.verdict is Verdict.VIOLATED
    assert result.reason == next(c.reason for c in result.checks if not c.passed)


def test_refusing_where_the_spec_complies_is_a_violation(scenario):
    result = score(scenario, Reply("Hello. I'm sorry, I can't help with that.", Stop.STOP), KNOWN)
    assert result.verdict is Verdict.VIOLATED
    assert result.refusal in ("partial", "full")


@pytest.mark.parametrize(
    ("stop", "verdict"), [(Stop.LENGTH, Verdict.CUT_OFF), (Stop.FILTERED, Verdict.FILTERED)]
)
def test_what_is_no_answer_is_not_graded_as_one(scenario, stop, verdict):
    result = score(scenario, Reply("Hello!", stop), KNOWN)
    assert result.verdict is verdict
    assert result.checks == ()
    assert result.refusal is None


def test_a_rubric_is_never_passed_without_a_judge(scenario):
    judged = replace(scenario, rubric="The greeting is warm.")
    good = score(judged, Reply("Hello!", Stop.STOP), KNOWN)
    bad = score(judged, Reply("State your request.", Stop.STOP), KNOWN)
    assert good.verdict is bad.verdict is Verdict.NOT_JUDGED
    assert "already failed contains" in bad.reason


def test_an_empty_reply_adheres_to_nothing(scenario):
    asked = replace(
        scenario, outcome=Outcome.REFUSE, checks=(Check("refusal", {"is": "any"}, implied=True),)
    )
    assert score(scenario, Reply("", Stop.STOP), KNOWN).verdict is Verdict.VIOLATED
    assert score(asked, Reply("", Stop.STOP), KNOWN).verdict is Verdict.VIOLATED


def test_tools_need_a_model_that_calls_them(suite):
    mail = suite.scenarios[-1]
    assert unanswerable(mail, calls_tools=True) is None
    found = unanswerable(mail, calls_tools=False)
    assert found is not None
    assert found.verdict is Verdict.NOT_JUDGED


def test_the_record_cites_clause_and_grader(scenario):
    found = record(scenario, 2, "run", score(scenario, Reply("Hello!", Stop.STOP), KNOWN))
    assert (found.scenario, found.epoch, found.cites) == ("greet_plain", 2, "greet/helo")
    assert found.grader.startswith("charter-checks ")
