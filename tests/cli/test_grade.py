"""`charter grade`: judges over a run, its cost before, and its limits."""

import asyncio
import json
from collections import Counter

import pytest
from aiohttp import web
from click.testing import CliRunner

from charter.cli.main import cli, exit_code
from charter.evals.plan import Plan, Settings
from charter.evals.run import carry_out, open_run
from charter.evals.suite import compile_suite, select
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load
from charter.models.open import open_model
from charter.records.grading import GradingFinished, GradingStarted, JudgementRecorded
from charter.records.run import ReplyRecorded
from charter.records.score import ScoreRecorded

from .conftest import SMALL

WARM = "Good day to you, dear friend."


def said(rating=7, quote="dear friend", cite="helo"):
    return json.dumps({"reason": "Warm.", "quotes": [quote], "cites": [cite], "rating": rating})


def recorded(folder, kind):
    with Ledger(open_store(str(folder / "runs" / "ledger.sqlite"), create=False)) as ledger:
        return list(ledger.read(kind))


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


class Silent:
    def advance(self, verdict):
        pass


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """A folder with a run of the small spec, in which one reply needs a judge."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    measure(tmp_path)
    return tmp_path


def measure(folder, sections=("greet", "keep_code")):
    """Record a run of the small spec."""
    script = {"replies": [{"match": "gamma", "text": WARM}], "default": "Hello!"}
    (folder / "model.json").write_text(json.dumps(script))
    suite = select(compile_suite(load(SMALL)), sections)
    model = open_model(f"scripted:{folder / 'model.json'}", {})
    plan = Plan(suite, model.identity, Settings())
    with Ledger(open_store(str(folder / "runs" / "ledger.sqlite"))) as ledger:
        opened = open_run(ledger, plan)
        asyncio.run(carry_out(opened, plan, model, ledger=ledger, concurrency=2, progress=Silent()))


def judge(folder, text, name="judge.json"):
    (folder / name).write_text(json.dumps({"default": text}))
    return f"scripted:{name}"


def test_a_run_is_graded_and_reported(measured):
    done = run("grade", "--spec", SMALL, "--judge", judge(measured, said()), "--samples", 3)
    assert done.exit_code == 0, done.output
    assert "1 judge, 3 samples of each, by median." in done.output
    assert "1 reply: 1 adhered." in done.output
    assert "3 judgements: 3 asked, 0 known from the ledger." in done.output
    assert "1 answer with several verdicts 1 (100.0 %) were unanimous" in done.output
    assert "scripted:judge.json was never calibrated" in done.stderr
    assert len(recorded(measured, ReplyRecorded)) == 6  # nobody asked the model again
    assert len(recorded(measured, JudgementRecorded)) == 3
    (score,) = [score for score in recorded(measured, ScoreRecorded) if score.grading]
    assert (score.scenario, score.verdict, score.cites) == ("greet_warm", "adhered", "greet/helo")
    assert len(recorded(measured, GradingFinished)) == 1


def test_a_judge_that_is_not_known_to_be_fit_is_recorded_as_such(measured):
    name = judge(measured, said())
    run("grade", "--spec", SMALL, "--judge", name)
    done = run("grade", "--spec", SMALL, "--judge", name, "--uncalibrated")
    assert "every output will say so" in done.stderr
    assert [started.uncalibrated for started in recorded(measured, GradingStarted)] == [False, True]
    assert [started.calibrations for started in recorded(measured, GradingStarted)] == [("",)] * 2
    assert [said.cached for said in recorded(measured, JudgementRecorded)] == [False, True]


def test_a_dry_run_asks_nobody_and_writes_nothing(measured):
    arguments = ("grade", "--spec", SMALL, "--judge", "openai:gpt-x", "--samples", 5, "--dry-run")
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    assert "1 reply to judge." in done.output
    assert "5 judgements: 5 to ask, 0 known from the ledger." in done.output
    assert "price not known" in done.output
    assert recorded(measured, GradingStarted) == []
    (measured / "charter.toml").write_text('[prices."gpt-x"]\ninput = 2.0\noutput = 8.0\n')
    found = json.loads(run(*arguments, "--json").stdout)
    assert (found["requests"], found["output_tokens"], found["currency"]) == (5, 5 * 1024, "USD")
    expected = (found["input_tokens"] * 2 + found["output_tokens"] * 8) / 1e6
    assert found["money"] == f"{expected:.4f}"


def test_a_budget_stops_it_with_exit_code_1_and_it_carries_on(measured):
    arguments = ("grade", "--spec", SMALL, "--judge", judge(measured, said()), "--samples", 3)
    done = run(*arguments, "--budget-tokens", 3000)
    assert done.exit_code == 1
    assert "Stopped by its budget" in done.output
    assert recorded(measured, GradingFinished) == []
    made = len(recorded(measured, JudgementRecorded))
    assert 0 < made < 3
    done = run(*arguments)
    assert done.exit_code == 0
    assert f"carrying on: {made} judgements are recorded" in done.stderr
    assert len(recorded(measured, JudgementRecorded)) == 3
    assert len(recorded(measured, GradingStarted)) == 1


def test_json_has_what_the_screen_has(measured):
    done = run(
        "grade", "--spec", SMALL, "--json", "--judge", judge(measured, said()),
        "--judge", judge(measured, "I cannot judge this.", "other.json"),
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["finished"] is True
    assert found["verdicts"] == {"judge_failed": 1}
    assert len(found["judges"]) == 2
    assert sum(found["failures"].values()) == 1
    assert found["cost"]["requests"] == 2


def test_options_may_be_for_one_judge_alone(measured):
    names = [judge(measured, said()), judge(measured, said(6), "other.json")]
    done = run(
        "grade", "--spec", SMALL, "--judge", names[0], "--judge", names[1],
        "--judge-option", "temperature=0.5", "--judge-option", "2.temperature=1",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (started,) = recorded(measured, GradingStarted)
    assert ["0.5" in judge.settings for judge in started.judges] == [True, False]
    assert "Judges 1 and 2 agree on 1 of 1" in done.output


def test_slices_are_shown(measured):
    done = run("grade", "--spec", SMALL, "--slice", "greet/nogr")
    assert "> [nogr] A developer or user may ask for no greeting." in done.output
    assert "GOOD" not in done.output
    done = run("grade", "--spec", SMALL, "--slices")
    assert "of a section      2 slices" in done.output
    assert "55,841" in done.output
    found = json.loads(run("grade", "--spec", SMALL, "--slices", "--json").stdout)
    assert found["clauses"]["count"] == 4


def test_a_run_that_checks_decided_needs_no_judge(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    measure(tmp_path, sections=("keep_code",))
    done = run("grade", "--spec", SMALL, "--judge", judge(tmp_path, said()))
    assert done.exit_code == 0
    assert "needs a judge" in done.output
    done = run("grade", "--spec", SMALL, "--judge", judge(tmp_path, said()), "--json")
    found = json.loads(done.stdout)
    assert (found["grading"], found["finished"], found["verdicts"]) == (None, True, {})
    assert recorded(tmp_path, GradingStarted) == []


def fault(capsys):
    """Return the one line that a failure ends in."""
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("charter: ")
    return lines[0]


def test_another_spec_is_refused(measured, capsys):
    assert exit_code(["grade", "--judge", judge(measured, said())]) == 2
    line = fault(capsys)
    assert "the spec given is sha256:" in line
    assert "--spec" in line


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "no judge is named"),
        (("--judge", "oracle"), 2, "no judge named 'oracle'"),
        (("--judge", "openai:m", "--budget", "nan"), 2, "not a number"),
        (("--judge", "scripted:j.json", "--judge-option", "x"), 2, "not KEY=VALUE"),
        (("--judge", "scripted:j.json", "--judge-option", "x=1"), 2, "no option 'x'"),
        (("--judge", "scripted:j.json", "--judge", "scripted:j.json"), 2, "are the same"),
        (("--judge", "openai:m", "--judge-option", "key_env=", "--budget", "1"), 2, "price of m"),
        (("nowhere", "--judge", "scripted:j.json"), 3, "no run 'nowhere'"),
        (("--ledger", "none", "--judge", "scripted:j.json"), 3, "none"),
        (("--slice", "greet/none"), 2, "no clause"),
        (("--judge", "openai:m"), 2, "OPENAI_API_KEY is not set"),
    ],
)
def test_mistakes_end_in_one_line(measured, capsys, arguments, code, words):
    judge(measured, said(), "j.json")
    assert exit_code(["grade", "--spec", str(SMALL), *arguments]) == code
    assert words in fault(capsys)


def test_an_endpoint_that_misbehaves_leaves_failures_and_no_gap(charter, measured, endpoint):
    replies = ["no object", said(quote="never said"), said(cite="code"), said(2), said(7), said(7)]

    async def answer(_body):
        text = replies[len(endpoint.asked) - 1]
        return web.json_response(
            {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
        )

    endpoint.answer = answer
    done = charter(
        "grade", "--spec", SMALL, "--judge", "openai:m", "--judge-option",
        f"base_url={endpoint.url}", "--samples", "6", "--concurrency", "1",
    )  # fmt: skip
    assert done.code == 0, done.err
    outcomes = Counter(said.outcome for said in recorded(measured, JudgementRecorded))
    assert outcomes == {"verdict": 3, "void": 2, "unparsable": 1}
    assert "1 reply: 1 judge failed." in done.out  # three of six is no majority
    assert "3 judgements failed: void 2, unparsable 1." in done.out
    assert len({body["seed"] for body in endpoint.asked}) == 6


def test_an_endpoint_that_is_gone_says_how_to_carry_on(measured, capsys):
    code = exit_code(
        ["grade", "--spec", str(SMALL), "--judge", "openai:m", "--judge-option",
         "base_url=http://127.0.0.1:9/v1", "--judge-option", "attempts=1"]
    )  # fmt: skip
    assert code == 3
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert "cannot be reached" in last
    assert "the same command carries on" in last
