"""A reply gets exactly one verdict, and says what it rests on."""

from dataclasses import replace

import pytest

from charter.classifiers.refusal.classify import identity
from charter.classifiers.refusal.label import Classified
from charter.errors import PluginError
from charter.evals import score as scoring
from charter.evals.grader import graders
from charter.evals.graders import language, refusal
from charter.evals.scenario import IMPLIED, Check
from charter.evals.score import Verdict, record, score, unanswerable
from charter.models.provider import ChatMessage, Reply, Stop, ToolCall
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


def test_a_tool_call_without_a_word_is_an_answer(scenario):
    called = Reply("", Stop.TOOL_CALLS, tool_calls=(ToolCall("web_search", "{}"),))
    complies = replace(scenario, checks=(IMPLIED[Outcome.COMPLY],))
    refuses = replace(scenario, outcome=Outcome.REFUSE, checks=(IMPLIED[Outcome.REFUSE],))
    good, bad = score(complies, called, KNOWN), score(refuses, called, KNOWN)
    assert (good.verdict, good.refusal) == (Verdict.ADHERED, "none")
    assert (bad.verdict, bad.refusal) == (Verdict.VIOLATED, "none")


def test_a_grader_that_fails_is_named(scenario):
    class Broken:
        def grade(self, reply, arguments):
            raise ZeroDivisionError("no")

    checked = replace(scenario, outcome=Outcome.ANY, checks=(Check("mine", {}),))
    with pytest.raises(PluginError, match="grader 'mine' failed on a reply: no"):
        score(checked, Reply("Hello!", Stop.STOP), {"mine": Broken()})


def test_a_check_is_written_with_its_record(scenario):
    checked = replace(scenario, checks=(Check("contains", {"any": ["ü"], "x": 1}),))
    (check,) = score(checked, Reply("ü", Stop.STOP), KNOWN).checks
    assert check.arguments == '{"any":["ü"],"x":1}'


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
    assert found.grader.endswith(f"; {identity()}")


def test_nothing_is_classified_where_no_label_counts(scenario, monkeypatch):
    def never(*_):
        raise AssertionError("classified")

    monkeypatch.setattr(scoring, "classify", never)
    plain = replace(scenario, outcome=Outcome.ANY, checks=(Check("max_words", {"n": 9}),))
    result = score(plain, Reply("Hello!", Stop.STOP), KNOWN)
    assert result.refusal is None
    assert record(plain, 0, "run", result).grader == scoring.GRADER


def test_check_and_label_read_the_reply_beside_the_last_request(scenario, monkeypatch):
    asked = []

    def spy(text, request=None):
        asked.append(request)
        return Classified("none", "It answers.", None)

    monkeypatch.setattr(scoring, "classify", spy)
    monkeypatch.setattr(refusal, "classify", spy)
    messages = tuple(
        ChatMessage(role, content)
        for role, content in (("user", "one"), ("assistant", "two"), ("user", "three"))
    )
    asking = replace(scenario, messages=messages, checks=(Check("refusal", {"is": "none"}),))
    score(asking, Reply("Hello!", Stop.STOP), KNOWN)
    assert asked == ["three", "three"]


def test_a_conversation_without_a_user_has_no_request(scenario):
    alone = replace(scenario, messages=(ChatMessage("system", "Greet."),))
    assert score(alone, Reply("Hello! How are you?", Stop.STOP), KNOWN).refusal == "none"


def test_what_classifies_is_loaded_before_it_is_needed(suite, monkeypatch):
    asked = []
    monkeypatch.setattr(scoring, "identity", lambda: asked.append(1) or "classifier 1")
    plain = [s for s in suite.scenarios if s.outcome not in ("comply", "refuse")]
    scoring.make_ready([s for s in plain if all(c.name != "refusal" for c in s.checks)], KNOWN)
    assert not asked
    scoring.make_ready(suite.scenarios, KNOWN)
    assert asked


def test_the_language_model_is_loaded_where_a_check_needs_it(scenario, monkeypatch):
    loaded = []
    monkeypatch.setattr(language, "make_ready", lambda: loaded.append(1))
    plain = replace(scenario, outcome=Outcome.ANY, checks=())
    scoring.make_ready([plain], KNOWN)
    assert not loaded
    scoring.make_ready([replace(plain, checks=(Check("language", {"is": "en"}),))], KNOWN)
    assert loaded
    monkeypatch.undo()
    language.make_ready()
    before = language._identifier.cache_info().misses
    language.grade(Reply("The museum is open on Mondays.", Stop.STOP), {"is": "en"})
    assert language._identifier.cache_info().misses == before
