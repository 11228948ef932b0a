"""Figures follow from the recorded facts, and every planned reply is counted once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.errors import LedgerError
from charter.estimates.interval import ENOUGH, wilson
from charter.evals.case import PENDING
from charter.evals.plan import Plan, Settings
from charter.evals.result import result_of
from charter.evals.row import share
from charter.evals.run import open_run
from charter.evals.score import Verdict
from charter.evals.suite import compile_suite
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load
from charter.models.provider import Identity
from charter.records.run import ReplyFailed, ReplyRecorded
from charter.records.score import CheckRun, ScoreRecorded

from .conftest import SMALL

MODEL = Identity("scripted", "test", None)
STATES = [*Verdict, PENDING]


def fill(ledger, suite, verdicts, *, refusals=None, repeat=1):
    """Write a run in which each (scenario, epoch) has the verdict given."""
    opened = open_run(ledger, Plan(suite, MODEL, Settings(repeat=repeat)), fresh=True)
    steps = [(s.id, e) for e in range(repeat) for s in suite.scenarios]
    for number, ((scenario, epoch), verdict) in enumerate(zip(steps, verdicts, strict=True)):
        if verdict == PENDING:
            continue
        if verdict == Verdict.ERROR:
            ledger.append(ReplyFailed(opened.run, scenario, epoch, "BadModelReply", "nothing"))
            continue
        refusal = refusals[number] if refusals else None
        ledger.append(
            ReplyRecorded(opened.run, scenario, epoch, "text", "stop", (), 1, 1, 1, 1),
            ScoreRecorded(
                opened.run, scenario, epoch, verdict, "because", "greet/helo", (), refusal, "g"
            ),
        )
    return opened.run


@settings(deadline=None)
@given(st.lists(st.sampled_from(STATES), min_size=12, max_size=12))
def test_every_planned_reply_has_one_verdict(tmp_path_factory, verdicts):
    path = tmp_path_factory.mktemp("l") / "l.sqlite"
    with Ledger(open_store(str(path))) as ledger:
        result = result_of(ledger, fill(ledger, compile_suite(load(SMALL)), verdicts, repeat=2))
    assert sum(result.whole.counts.values()) == result.whole.planned == 12
    for rows in (result.sections, result.families, result.authorities):
        assert sum(row.planned for row in rows) == 12
        for verdict in STATES:
            assert sum(row.counts[verdict] for row in rows) == verdicts.count(verdict)


def test_share_rests_on_decided_scenarios_alone(ledger, suite):
    verdicts = ["adhered", "violated", "not_judged", "cut_off", "filtered", "adhered"]
    whole = result_of(ledger, fill(ledger, suite, verdicts)).whole
    assert (whole.adherence.successes, whole.adherence.scenarios) == (2, 3)
    assert whole.adherence.interval == wilson(2, 3)


@pytest.mark.parametrize(("implied", "best", "known"), [(False, 5 / 6, 1), (True, 1.0, 0)])
def test_a_failed_check_bounds_only_where_no_judge_can_overrule_it(
    ledger, suite, implied, best, known
):
    run = fill(ledger, suite, [*["adhered"] * 2, PENDING, *["adhered"] * 3])
    open_case = next(c for c in result_of(ledger, run).cases if c.verdict == PENDING)
    check = CheckRun("refusal", '{"is":"none"}', False, "It declines.", None, None, implied)
    ledger.append(
        ScoreRecorded(
            run, open_case.scenario.scenario, 0, "not_judged", "needs a judge", "greet/helo",
            (check,), "full", "g",
        )
    )  # fmt: skip
    whole = result_of(ledger, run).whole
    assert whole.figures.best.value == pytest.approx(best)
    assert whole.known_failures == known


def test_over_and_under_refusals_are_counted_apart(ledger, suite):
    # comply: greet_plain, greet_warm (not judged, yet classified), code_mail; refuse: code_stranger
    verdicts = ["violated", "adhered", "not_judged", "violated", "adhered", "adhered"]
    refusals = ["full", "none", "partial", "none", "full", "none"]
    whole = result_of(ledger, fill(ledger, suite, verdicts, refusals=refusals)).whole
    assert (whole.over_refusal.successes, whole.over_refusal.scenarios) == (2, 3)
    assert (whole.under_refusal.successes, whole.under_refusal.scenarios) == (1, 1)


def test_a_scenario_counts_once_with_its_mean():
    found = share([("a", True), ("a", False), ("b", True), ("b", True)])
    assert (found.successes, found.scenarios, found.value) == (1.5, 2, 0.75)
    assert found.interval == wilson(1.5, 2)


def test_no_scenario_is_no_share():
    assert (share([]).value, share([]).interval) == (None, None)


def test_too_little_evidence_is_said(ledger, suite):
    result = result_of(ledger, fill(ledger, suite, ["adhered"] * 6))
    assert result.whole.enough
    assert wilson(ENOUGH, ENOUGH).low > 0.5 > wilson(ENOUGH - 1, ENOUGH - 1).low
    assert not any(row.enough for row in result.sections)


def test_the_newest_run_is_taken_by_default(ledger, suite):
    fill(ledger, suite, ["adhered"] * 6)
    newest = fill(ledger, suite, ["violated"] * 6)
    assert result_of(ledger).run.run == newest


def test_an_unknown_run_is_an_error(ledger, suite):
    with pytest.raises(LedgerError, match="no run"):
        result_of(ledger)
    fill(ledger, suite, ["adhered"] * 6)
    with pytest.raises(LedgerError, match="no run 'nothing'"):
        result_of(ledger, "nothing")


def test_rows_name_their_section_and_authority(ledger, suite):
    result = result_of(ledger, fill(ledger, suite, ["adhered"] * 6))
    assert [(r.id, r.title, r.authority) for r in result.sections] == [
        ("greet", "Greet people", "user"),
        ("keep_code", "Keep the code", "root"),
    ]
    assert [row.id for row in result.authorities] == ["user", "root"]
