"""What a run asks, with a brief and without, and how its record says so."""

import asyncio
import json
from collections import Counter
from dataclasses import replace

import pytest
from rich.console import Console

from charter.errors import ConfigError
from charter.evals.plan import Plan, Settings, done, scored, unfinished
from charter.evals.report.compare import compare
from charter.evals.report.contrast import export_comparison
from charter.evals.report.export import export
from charter.evals.report.format import ReportJson
from charter.evals.report.format_comparison import ComparisonJson
from charter.evals.report.page import comparison_page, page
from charter.evals.report.terminal import print_result
from charter.evals.report.terminal_compared import print_comparison
from charter.evals.result import result_of
from charter.evals.run import carry_out, open_run
from charter.evals.suite import Suite
from charter.ledger.ledger import Ledger, canonical, digest_of_body
from charter.ledger.store import Entry
from charter.ledger.stores.sqlite import open_store
from charter.models.open import open_model
from charter.models.provider import ChatMessage, Identity
from charter.policy.briefs.brief import brief
from charter.policy.briefs.tokens import estimate_tokens
from charter.policy.compiled.compile import compile_policy
from charter.records.run import ReplyRecorded, RunStarted

MODEL = Identity("scripted", "m")


class Silent:
    def advance(self, verdict):
        """Nobody watches."""


@pytest.fixture
def written(suite):
    return brief(compile_policy(suite.spec))


def plan_of(suite, given=None, **settings):
    return Plan(suite, MODEL, Settings(**settings), given)


def test_without_a_brief_the_scenario_is_asked_as_it_is(suite):
    plan = plan_of(suite)
    for scenario, epoch in plan.steps():
        assert plan.request(scenario, epoch).messages == scenario.messages
    plan.must_fit(1)


def test_the_brief_comes_first_and_the_rest_stays(suite, written):
    plan = plan_of(suite, written)
    opened_by = Counter(scenario.messages[0].role for scenario in suite.scenarios)
    assert opened_by.keys() == {"user", "developer", "system"}
    for scenario, epoch in plan.steps():
        if scenario.messages[0].role != "system":
            first, *rest = plan.request(scenario, epoch).messages
            assert first == ChatMessage("system", written.text)
            assert tuple(rest) == scenario.messages


def test_a_system_message_of_the_scenario_is_joined_to_it(suite, written):
    scenario = suite.scenarios[0]
    own = replace(scenario, messages=(ChatMessage("system", "Be kind."), *scenario.messages))
    plan = plan_of(Suite(suite.spec, (own,), "sha256:x"), written)
    first, *rest = plan.request(own, 0).messages
    assert first == ChatMessage("system", f"{written.text}\n\nBe kind.")
    assert tuple(rest) == scenario.messages


def test_a_later_system_message_stays_where_it_is(suite, written):
    scenario = suite.scenarios[0]
    own = replace(scenario, messages=(*scenario.messages, ChatMessage("system", "Be kind.")))
    assert plan_of(suite, written).request(own, 0).messages[1:] == own.messages


def test_the_digest_of_a_plan_without_a_brief_is_what_it_was(suite):
    parts = [suite.spec.digest, suite.digest, None, [1, 256, "0.0"], 0]
    parts[2] = {"provider": "scripted", "name": "m", "digest": None, "sampling": None}
    expected = "sha256:" + digest_of_body(canonical(parts))
    assert plan_of(suite).digest == expected


def test_each_brief_is_a_plan_of_its_own(suite, written):
    policy = compile_policy(suite.spec)
    shorter = brief(policy, budget=written.tokens - 20)
    digests = {plan_of(suite, given).digest for given in (None, written, shorter)}
    assert len(digests) == 3
    assert plan_of(suite, brief(policy)).digest == plan_of(suite, written).digest


def test_an_unfinished_run_is_carried_on_with_its_own_brief_only(suite, written, ledger):
    with_brief, without = plan_of(suite, written), plan_of(suite)
    opened = open_run(ledger, with_brief)
    assert unfinished(ledger, without) is None
    assert unfinished(ledger, with_brief) == opened.run


def test_the_record_names_the_brief(suite, written, ledger):
    open_run(ledger, plan_of(suite, written))
    (started,) = ledger.read(RunStarted)
    assert (started.brief.digest, started.brief.tokens) == (written.digest, written.tokens)
    assert (started.brief.rules, started.brief.left_out) == (len(written.included), 0)
    assert started.brief.budget == written.budget


def test_a_record_from_before_briefs_is_read(suite, tmp_path):
    place = str(tmp_path / "old.sqlite")
    fields = json.loads(canonical(_fields(plan_of(suite).started("r1", "2026-01-01T00:00:00Z"))))
    del fields["brief"]
    body = canonical(fields)
    store = open_store(place)
    store.append([Entry("RunStarted", "r1", "RunStarted/r1", body, digest_of_body(body))])
    with Ledger(store) as old:
        (started,) = old.read(RunStarted)
    assert started.brief is None


def _fields(record):
    return {name: getattr(record, name) for name in record.__slots__} | {
        "model": {"provider": "scripted", "name": "m", "digest": None, "sampling": None}
    }


def test_a_brief_that_may_not_fit_is_refused_with_what_would(suite, written):
    plan = plan_of(suite, written, max_tokens=100)
    plan.must_fit(None)
    plan.must_fit(4096)
    context = written.tokens + 120
    with pytest.raises(ConfigError) as caught:
        plan.must_fit(context)
    said = str(caught.value)
    for word in (f"brief of {written.tokens}", f"the {context} tokens", "option `context`"):
        assert word in said
    with pytest.raises(ConfigError) as caught:
        plan.must_fit(110)
    assert "at most" not in str(caught.value)


def test_what_is_refused_fits_when_lowered_as_the_error_says(suite, written):
    plan = plan_of(suite, written, max_tokens=100)
    with pytest.raises(ConfigError, match="at most") as caught:
        plan.must_fit(written.tokens + 140)
    most = int(str(caught.value).partition("at most ")[2].split()[0])
    for tokens, fits in ((most, True), (most + 1, False)):
        other = replace(plan, brief=replace(written, tokens=tokens))
        if fits:
            other.must_fit(written.tokens + 140)
        else:
            with pytest.raises(ConfigError):
                other.must_fit(written.tokens + 140)


@pytest.fixture
def two_runs(suite, written, ledger, tmp_path):
    """Results of the same answers without a brief and with one."""
    script = tmp_path / "s.yaml"
    script.write_text("default: Hello!\n")
    model = open_model(f"scripted:{script}", {})

    def run(given):
        plan = Plan(suite, model.identity, Settings(), given)
        opened = open_run(ledger, plan)
        asyncio.run(carry_out(opened, plan, model, ledger=ledger, concurrency=2, progress=Silent()))
        return result_of(ledger, opened.run)

    return run(None), run(written)


def test_runs_with_and_without_a_brief_are_compared_on_all_scenarios(two_runs, written):
    comparison = compare(*two_runs)
    assert (comparison.common, comparison.altered) == (6, 0)
    (caution,) = comparison.cautions
    assert caution.startswith("The first run was given no brief; the second a brief of ")
    assert str(written.tokens) in caution
    assert not compare(two_runs[1], two_runs[1]).cautions
    ComparisonJson.model_validate(export_comparison(comparison))


def test_reports_show_the_brief(two_runs, written):
    without, with_brief = two_runs
    words = f"a brief of {len(written.included)} of {len(written.included)} rules"
    assert words in page(with_brief)
    assert "Given first" not in page(without)
    assert words in comparison_page(compare(without, with_brief))
    for result, shown in ((without, False), (with_brief, True)):
        screen = Console(width=400, color_system=None)
        with screen.capture() as captured:
            print_result(result, screen)
        assert (words in captured.get()) == shown
    with screen.capture() as captured:
        print_comparison(compare(without, with_brief), screen)
    assert words in captured.get()


def test_the_report_as_data_has_the_brief(two_runs, written):
    without, with_brief = (export(result)["settings"]["brief"] for result in two_runs)
    assert without is None
    assert with_brief["digest"] == written.digest
    for result in two_runs:
        ReportJson.model_validate(export(result))


def test_estimates_of_scenarios_cover_their_words(suite, written):
    longest = max(sum(estimate_tokens(m.content) for m in s.messages) for s in suite.scenarios)
    plan = plan_of(suite, written, max_tokens=1)
    with pytest.raises(ConfigError):
        plan.must_fit(written.tokens + longest)


def test_of_what_is_scored_the_place_alone_is_kept(ledger, suite, tmp_path):
    script = tmp_path / "s.yaml"
    script.write_text("default: Hello\n")
    model = open_model(f"scripted:{script}", {})
    plan = Plan(suite, model.identity, Settings())
    opened = open_run(ledger, plan)
    asyncio.run(carry_out(opened, plan, model, ledger=ledger, concurrency=2, progress=Silent()))
    unscored = replace(next(ledger.read(ReplyRecorded)), epoch=7)
    ledger.append(unscored)
    found = done(ledger, opened.run)
    assert found.scored == scored(ledger, opened.run)
    assert len(found.scored) == len(suite.scenarios)
    assert found.unscored == {(unscored.scenario, 7): unscored}
