"""The runner `inspect`: the same records as the runner `local`, a log beside them, none lost."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.evals.conftest import SMALL

from charter.errors import BadModelReply, ConfigError, LedgerUnavailable, ModelRefusedRequest
from charter.evals.inspect.archive import Archive
from charter.evals.inspect.choice import Choice, look
from charter.evals.inspect.import_log import import_log
from charter.evals.inspect.read_log import read_log
from charter.evals.plan import Plan, Settings
from charter.evals.result import result_of
from charter.evals.run import carry_out, open_run
from charter.evals.runner import Job
from charter.evals.runners import inspect as runner
from charter.evals.suite import compile_suite
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load, load_policy
from charter.models.open import open_model
from charter.models.provider import Tool
from charter.policy.briefs.brief import brief
from charter.records.log import LogAttached
from charter.records.run import ReplyFailed, ReplyRecorded, RunFinished, RunStarted, ScenarioPlanned
from charter.records.score import ScoreRecorded

from .conftest import INSPECT_WARNS

pytest.importorskip("inspect_ai", reason="needs the extra `inspect`")
pytestmark = [*INSPECT_WARNS, pytest.mark.usefixtures("quiet")]

SCRIPT = """\
replies:
  - match: alpha
    text: Hello! What brings you here?
  - match: beta
    text: Hi you.
  - match: gamma
    stop: filtered
  - match: delta
    text: I can't tell you that.
  - match: epsilon
    text: We open
    stop: length
  - match: zeta
    tool_calls: [{name: send_email, arguments: '{"to": "a@b.c"}'}]
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
        self.change, self.asked = change, 0

    async def reply(self, request):
        self.asked += 1
        return await self.change(self.asked, await self.model.reply(request))


DIFFERING = ("run", "milliseconds", "attempts")


@pytest.fixture
def suite():
    return compile_suite(load(SMALL))


@pytest.fixture
def model(tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    return open_model(f"scripted:{script}", {})


def opened(folder):
    return Ledger(open_store(str(folder / "ledger.sqlite")))


def go(suite, model, ledger, *, by="inspect", repeat=1, rules=None, progress=None):
    plan = Plan(suite, model.identity, Settings(repeat=repeat), rules)
    run = open_run(ledger, plan)
    asyncio.run(
        carry_out(
            run,
            plan,
            model,
            ledger=ledger,
            concurrency=2,
            progress=progress or Silent(),
            runner=by,
        )
    )
    return run.run


def facts(ledger, kind, *without):
    left_out = {*DIFFERING, *without}
    return sorted(
        repr({f: getattr(r, f) for f in r.__slots__ if f not in left_out})
        for r in ledger.read(kind)
    )


def log_of(ledger):
    (attached,) = ledger.read(LogAttached)
    return Path(ledger.where).parent / "inspect" / attached.log


def test_both_runners_write_the_same(suite, model, tmp_path):
    progress = Silent()
    with opened(tmp_path / "a") as here, opened(tmp_path / "b") as there:
        go(suite, model, here, by="local", repeat=2)
        run = go(suite, model, there, repeat=2, progress=progress)
        for kind in (ReplyRecorded, ScoreRecorded, ScenarioPlanned):
            assert facts(here, kind) == facts(there, kind)
        assert facts(here, RunStarted, "at") == facts(there, RunStarted, "at")
        assert [finished.run for finished in there.read(RunFinished)] == [run]
        counts = result_of(there).whole.counts
    assert progress.verdicts.total() == 12
    assert dict(progress.verdicts) == {k: v for k, v in counts.items() if v}


def test_the_log_beside_a_run_says_the_same(suite, model, tmp_path):
    with opened(tmp_path / "a") as ledger, opened(tmp_path / "b") as other:
        go(suite, model, ledger, repeat=2, rules=brief(load_policy(SMALL), budget=200))
        (attached,) = ledger.read(LogAttached)
        assert (attached.taken, attached.status, attached.present) == (False, "success", 12)
        assert dict(attached.packages).keys() == {"charter", "inspect_ai"}
        with Archive(log_of(ledger)) as archive:
            assert archive.digest() == attached.digest
            done = import_log(other, look(read_log(archive), Choice()))
        assert done.notes == ()
        for kind in (ReplyRecorded, ScoreRecorded):
            assert facts(ledger, kind) == facts(other, kind)
        # a tool call's arguments come back with other blanks between them
        planned = [facts(each, ScenarioPlanned, "messages") for each in (ledger, other)]
        assert planned[0] == planned[1]
        plain = [
            [p.messages for p in each.read(ScenarioPlanned) if p.scenario != "code_page"]
            for each in (ledger, other)
        ]
        assert plain[0] == plain[1]
        runs = [facts(each, RunStarted, "at", "plan") for each in (ledger, other)]
        assert runs[0] == runs[1]


def test_either_runner_carries_on_what_the_other_began(suite, model, tmp_path):
    async def break_off(asked, reply):
        if asked > 3:
            raise ModelRefusedRequest("no", status=401)
        return reply

    broken = Wrapped(model, break_off)
    with opened(tmp_path / "a") as ledger:
        with pytest.raises(ModelRefusedRequest):
            go(suite, broken, ledger, by="local", repeat=2)
        before = facts(ledger, ReplyRecorded)
        assert 0 < len(before) < 12

        async def same(_asked, reply):
            return reply

        counted = Wrapped(model, same)
        go(suite, counted, ledger, repeat=2)
        assert counted.asked == 12 - len(before)
        assert len(facts(ledger, ReplyRecorded)) == 12
        assert len(list(ledger.read(RunFinished))) == 1
        with Archive(log_of(ledger)) as archive:
            assert len(read_log(archive).members) == 12


def test_what_would_only_fail_again_ends_the_run(suite, model, tmp_path):
    async def refuse(_asked, _reply):
        raise ModelRefusedRequest("no such key", status=401)

    refusing = Wrapped(model, refuse)
    with opened(tmp_path / "a") as ledger:
        with pytest.raises(ModelRefusedRequest, match="no such key"):
            go(suite, refusing, ledger, repeat=20)
        assert refusing.asked <= 4
        assert facts(ledger, ReplyFailed) == facts(ledger, ReplyRecorded) == []


def test_other_errors_are_recorded(suite, model, tmp_path):
    async def stumble(asked, reply):
        if asked == 2:
            raise BadModelReply("odd")
        return reply

    with opened(tmp_path / "a") as ledger:
        go(suite, Wrapped(model, stumble), ledger)
        (failed,) = ledger.read(ReplyFailed)
        assert (failed.error, failed.message) == ("BadModelReply", "odd")
        assert list(ledger.read(RunFinished)) == []
        go(suite, model, ledger)
        assert len(list(ledger.read(RunFinished))) == 1
        assert len(list(ledger.read(LogAttached))) == 2


def test_a_model_without_tools_is_not_asked(suite, model, tmp_path):
    async def same(_asked, reply):
        return reply

    plain = Wrapped(model, same)
    plain.calls_tools = False
    with opened(tmp_path / "a") as ledger:
        go(suite, plain, ledger)
        open_cases = [c for c in result_of(ledger).cases if "cannot call tools" in c.reason]
        assert len(open_cases) == 6 - plain.asked == 1


def test_a_ledger_that_cannot_be_written_ends_the_run(suite, model, tmp_path, monkeypatch):
    with opened(tmp_path / "a") as ledger:
        append, left = ledger.append, iter(range(3))

        def full(*records):
            if next(left, None) is None:
                raise LedgerUnavailable("no room")
            append(*records)

        monkeypatch.setattr(ledger, "append", full)
        with pytest.raises(LedgerUnavailable):
            go(suite, model, ledger, repeat=5)


def test_a_check_that_breaks_ends_the_run(suite, model, tmp_path, monkeypatch):
    def broken(*_):
        raise OSError("no weights")

    monkeypatch.setattr("charter.evals.inspect.scorer.scoring.score", broken)
    with opened(tmp_path / "a") as ledger:
        with pytest.raises(OSError, match="no weights"):
            go(suite, model, ledger)
        assert list(ledger.read(RunFinished)) == []


def test_a_tool_that_inspect_cannot_hold_is_said_at_once(suite, model, tmp_path):
    odd = Tool("t", "T.", {"type": "array"})
    scenarios = tuple(replace(each, tools=(odd,)) for each in suite.scenarios)
    with opened(tmp_path / "a") as ledger, pytest.raises(ConfigError, match="'t'"):
        go(replace(suite, scenarios=scenarios), model, ledger)


def test_a_model_of_inspects_own(suite, tmp_path):
    mock = open_model("inspect:mockllm/model", {})
    with opened(tmp_path / "a") as here, opened(tmp_path / "b") as there:
        go(suite, mock, here)
        go(suite, open_model("inspect:mockllm/model", {}), there, by="local")
        assert facts(here, ReplyRecorded) == facts(there, ReplyRecorded)
        assert facts(here, ScoreRecorded) == facts(there, ScoreRecorded)
        (run,) = here.read(RunStarted)
        assert (run.model.provider, run.model.name) == ("inspect", "mockllm/model")
        assert run.model.sampling == "inspect_ai 0.3.285"


def test_nothing_is_left_to_do(suite, model, tmp_path):
    with opened(tmp_path / "a") as ledger:
        go(suite, model, ledger)
        plan = Plan(suite, model.identity, Settings())
        run = next(iter(ledger.read(RunStarted))).run
        asyncio.run(runner.run(Job(run, plan, ledger, 1), model, Silent()))
        assert len(list(ledger.read(LogAttached))) == 1
