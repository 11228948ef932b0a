"""Runs are recorded as they go, resumed without loss, and stopped cleanly."""

import asyncio
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from charter.errors import BadModelReply, ModelRefusedRequest, ModelUnavailable, PluginError
from charter.evals import score as scoring
from charter.evals.plan import Plan, Settings, done, unfinished
from charter.evals.result import result_of
from charter.evals.run import carry_out, open_run
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.models.open import open_model
from charter.models.provider import Identity, Reply, Stop
from charter.records.run import ReplyFailed, ReplyRecorded, RunFinished, RunStarted
from charter.records.score import ScoreRecorded

from .conftest import SMALL

SCRIPT = """\
replies:
  - match: alpha
    text: Hello! What brings you here?
  - match: beta
    text: Hi you.
  - match: gamma
    text: Good day to you, dear friend.
  - match: delta
    text: I can't tell you that.
  - match: epsilon
    text: We open at 9.
default: I do not know.
"""


class Silent:
    """Counts the verdicts it is told."""

    def __init__(self):
        self.verdicts = Counter()

    def advance(self, verdict):
        self.verdicts[str(verdict)] += 1


class Wrapped:
    """A model whose replies pass through a function."""

    def __init__(self, model, change):
        self.identity, self.calls_tools, self.model = model.identity, model.calls_tools, model
        self.change = change
        self.asked = 0

    async def reply(self, request):
        self.asked += 1
        return await self.change(self.asked, await self.model.reply(request))

    async def close(self):
        await self.model.close()


@pytest.fixture
def model(tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT)
    return open_model(f"scripted:{script}", {})


def go(suite, model, ledger, *, settings=None, progress=None, fresh=False):
    plan = Plan(suite, model.identity, settings or Settings())
    opened = open_run(ledger, plan, fresh=fresh)
    progress = progress or Silent()
    asyncio.run(carry_out(opened, plan, model, ledger=ledger, concurrency=3, progress=progress))
    return opened


def test_every_scenario_gets_its_verdict(suite, model, ledger):
    progress = Silent()
    opened = go(suite, model, ledger, progress=progress)
    verdicts = {c.scenario.scenario: c.verdict for c in result_of(ledger, opened.run).cases}
    assert verdicts == {
        "greet_plain": "adhered",
        "greet_none": "violated",
        "greet_warm": "not_judged",
        "code_stranger": "adhered",
        "code_page": "adhered",
        "code_mail": "violated",
    }
    assert sum(progress.verdicts.values()) == 6
    assert [r.run for r in ledger.read(RunFinished)] == [opened.run]


def test_evidence_points_into_the_reply(suite, model, ledger):
    opened = go(suite, model, ledger)
    case = next(
        c for c in result_of(ledger, opened.run).cases if c.scenario.scenario == "greet_none"
    )
    failed = next(check for check in case.score.checks if not check.passed)
    assert case.reply.text[failed.start : failed.end] == "Hi"
    assert case.score.cites == "greet/nogr"


def test_a_finished_run_is_not_resumed(suite, model, ledger):
    first = go(suite, model, ledger)
    second = go(suite, model, ledger)
    assert first.run != second.run
    assert second.resumed == 0


def test_other_settings_are_another_run(suite, model, ledger):
    plan = Plan(suite, model.identity, Settings())
    open_run(ledger, plan)
    assert unfinished(ledger, plan) is not None
    assert unfinished(ledger, Plan(suite, model.identity, Settings(seed=1))) is None
    other = Identity("scripted", "elsewhere", None)
    assert unfinished(ledger, Plan(suite, other, Settings())) is None


def test_fresh_starts_anew(suite, model, ledger):
    plan = Plan(suite, model.identity, Settings())
    first = open_run(ledger, plan)
    assert open_run(ledger, plan).run == first.run
    assert open_run(ledger, plan, fresh=True).run != first.run


def test_repeats_are_asked_with_seeds_of_their_own(suite, model, ledger):
    settings = Settings(repeat=3, seed=7)
    plan = Plan(suite, model.identity, settings)
    assert [plan.request(suite.scenarios[0], epoch).seed for epoch in range(3)] == [7, 8, 9]
    opened = go(suite, model, ledger, settings=settings)
    result = result_of(ledger, opened.run)
    assert result.whole.planned == 18
    assert result.whole.adherence.scenarios == 5, "a scenario counts once, however often asked"


def test_an_unusable_reply_is_recorded_and_does_not_stop_the_run(suite, ledger, tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text(
        "replies:\n  - match: alpha\n    error: {kind: bad_reply}\n"
        "  - match: beta\n    stop: filtered\n  - match: gamma\n    text: cut\n    stop: length\n"
        "default: fine\n"
    )
    opened = go(suite, open_model(f"scripted:{script}", {}), ledger)
    verdicts = {c.scenario.scenario: c.verdict for c in result_of(ledger, opened.run).cases}
    assert verdicts["greet_plain"] == "error"
    assert verdicts["greet_none"] == "filtered"
    assert verdicts["greet_warm"] == "cut_off"
    assert len(list(ledger.read(ReplyFailed))) == 1
    assert not list(ledger.read(RunFinished)), "a failed reply leaves the run open"


def test_a_reply_is_kept_where_a_grader_fails(suite, model, ledger, monkeypatch):
    def fail(*_):
        raise PluginError("grader 'mine' failed on a reply: no")

    async def same(_count, reply):
        return reply

    with monkeypatch.context() as broken:
        broken.setattr(scoring, "score", fail)
        with pytest.raises(PluginError, match="mine"):
            go(suite, model, ledger)
    kept = len(list(ledger.read(ReplyRecorded)))
    assert kept > 0
    counting = Wrapped(model, same)
    go(suite, counting, ledger)
    assert counting.asked == 6 - kept
    assert result_of(ledger).whole.planned == 6


def test_a_failed_reply_is_asked_again_on_resume(suite, model, ledger, tmp_path):
    async def fail_once(count, reply):
        if count == 1:
            raise BadModelReply("no choices")
        return reply

    flaky = Wrapped(model, fail_once)
    first = go(suite, flaky, ledger)
    second = go(suite, flaky, ledger)
    assert second.run == first.run
    assert flaky.asked == 7
    assert result_of(ledger).whole.counts["error"] == 0


@pytest.mark.parametrize(
    "failure",
    [ModelUnavailable("down"), ModelRefusedRequest("wrong key", status=401)],
)
def test_an_endpoint_that_is_gone_stops_the_run_and_loses_nothing(suite, model, ledger, failure):
    async def fail_later(count, reply):
        if count > 2:
            raise failure
        return reply

    plan = Plan(suite, model.identity, Settings())
    opened = open_run(ledger, plan)
    broken = Wrapped(model, fail_later)
    with pytest.raises(type(failure)):
        asyncio.run(
            carry_out(opened, plan, broken, ledger=ledger, concurrency=1, progress=Silent())
        )
    assert len(list(ledger.read(ReplyRecorded))) == 2
    again = go(suite, model, ledger)
    assert again.run == opened.run
    assert again.resumed == 2
    assert len(list(ledger.read(ReplyRecorded))) == 6


def test_a_model_without_tools_is_not_asked_to_call_one(suite, model, ledger):
    model.calls_tools = False
    opened = go(suite, model, ledger)
    case = next(
        c for c in result_of(ledger, opened.run).cases if c.scenario.scenario == "code_mail"
    )
    assert (case.verdict, case.reason) == ("not_judged", "this model cannot call tools")
    assert case.reply is None


def test_a_reply_without_score_is_scored_and_not_asked_again(suite, model, ledger):
    plan = Plan(suite, model.identity, Settings())
    opened = open_run(ledger, plan)
    ledger.append(ReplyRecorded(opened.run, "greet_plain", 0, "Hello!", "stop", (), 1, 1, 1, 1))

    async def unchanged(count, reply):
        return reply

    counted = Wrapped(model, unchanged)
    go(suite, counted, ledger)
    assert counted.asked == 5
    assert result_of(ledger).whole.counts["adhered"] == 3


def test_lone_surrogates_in_a_reply_are_stored_harmlessly(suite, model, ledger):
    async def odd(count, reply):
        return Reply(text="Hello \ud800", stop=Stop.STOP)

    go(suite, Wrapped(model, odd), ledger)
    assert all(r.text == "Hello ?" for r in ledger.read(ReplyRecorded))


@pytest.mark.slow
def test_killed_at_random_points_nothing_is_lost_or_repeated(tmp_path):
    """`kill -9` until the run is through: every finished reply is made exactly once."""
    out, script, log = tmp_path / "out", tmp_path / "script.yaml", tmp_path / "asked.log"
    script.write_text(SCRIPT)
    driver = Path(__file__).with_name("slow_model.py")
    chance = random.Random(4)
    kills = 0
    for attempt in range(13):
        patience = chance.uniform(0.4, 3.0) if attempt < 12 else None
        process = subprocess.Popen(
            [sys.executable, driver, str(SMALL), str(script), str(out), str(log)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            continue
        assert process.returncode == 0
        break
    assert kills > 0
    with Ledger(open_store(str(out / "ledger.sqlite"), create=False)) as ledger:
        assert len(list(ledger.read(RunStarted))) == 1
        assert len(list(ledger.read(RunFinished))) == 1
        replies = [(r.scenario, r.epoch) for r in ledger.read(ReplyRecorded)]
        scores = [(s.scenario, s.epoch) for s in ledger.read(ScoreRecorded)]
    assert len(replies) == len(set(replies)) == 6 * 4
    assert sorted(replies) == sorted(scores)
    finished = Counter(log.read_text().split())
    # a reply may have been under way when the process died; a recorded one is never asked again
    assert sum(finished.values()) <= 24 + 3 * kills


def test_done_counts_what_is_there(suite, model, ledger):
    opened = go(suite, model, ledger)
    assert len(done(ledger, opened.run).scored) == 6


def test_what_a_check_needs_is_loaded_before_the_first_request(suite, model, ledger, monkeypatch):
    seen = []

    async def asked(_count, reply):
        seen.append("asked")
        return reply

    monkeypatch.setattr("charter.evals.run.make_ready", lambda *_: seen.append("ready"))
    go(suite, Wrapped(model, asked), ledger)
    assert seen[0] == "ready"
    assert seen.count("ready") == 1
