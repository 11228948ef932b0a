"""`charter eval`: what it asks, records and prints, and that nothing is lost or asked twice."""

import asyncio
import json
import re
import signal
import time
from collections import Counter

import pytest
from aiohttp import web

from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.run import ReplyRecorded, RunFinished, RunStarted
from charter.records.score import ScoreRecorded

from .conftest import SMALL, reply

SCENARIOS = ("greet_plain", "greet_none", "greet_warm", "code_stranger", "code_page", "code_mail")


def recorded(folder, kind, out="runs"):
    with Ledger(open_store(str(folder / out / "ledger.sqlite"), create=False)) as ledger:
        return list(ledger.read(kind))


def over(endpoint, *more):
    """Return the arguments that evaluate the small spec over an endpoint."""
    return ("eval", SMALL, "--model", "openai:m", "--base-url", endpoint.url, *more)


def prompts(endpoint):
    return [body["messages"][-1]["content"].rpartition(" ")[2] for body in endpoint.asked]


def test_a_scripted_model_is_measured_and_reported(charter, tmp_path):
    (tmp_path / "s.yaml").write_text("default: Hello!\n")
    done = charter("eval", SMALL, "--model", "scripted:s.yaml")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Of 6 scenarios, 5 could be decided by checks alone")
    target = tmp_path / re.search(r"report: (\S+)", done.out)[1]
    assert "<!doctype html>" in target.read_text(encoding="utf-8")
    assert sorted(r.scenario for r in recorded(tmp_path, ReplyRecorded)) == sorted(SCENARIOS)
    assert len(recorded(tmp_path, RunFinished)) == 1
    assert json.loads(charter("report", "--format", "json").out)["run"]["id"] in target.name


def test_an_endpoint_is_asked_for_every_scenario_once(charter, endpoint, tmp_path):
    done = charter(*over(endpoint, "--max-tokens", "9", "--temperature", "0.5"))
    assert done.code == 0, done.err
    assert len(endpoint.asked) == 6
    assert {(b["model"], b["max_tokens"], b["temperature"], b["seed"]) for b in endpoint.asked} == {
        ("m", 9, 0.5, 0)
    }
    assert [r.input_tokens for r in recorded(tmp_path, ReplyRecorded)] == [3] * 6


def test_sections_are_those_named(charter, endpoint):
    assert charter(*over(endpoint, "--sections", "greet")).code == 0
    assert sorted(prompts(endpoint)) == ["alpha", "beta", "gamma"]


def test_a_section_brings_those_below_it(charter, endpoint):
    assert charter(*over(endpoint, "--sections", "conduct")).code == 0
    assert len(endpoint.asked) == 6


def test_repeats_have_seeds_of_their_own(charter, endpoint):
    assert charter(*over(endpoint, "--repeat", "3", "--seed", "7")).code == 0
    assert Counter(body["seed"] for body in endpoint.asked) == {7: 6, 8: 6, 9: 6}


def test_at_most_so_many_per_section(charter, endpoint):
    assert charter(*over(endpoint, "--per-section", "1")).code == 0
    assert len(endpoint.asked) == 2


def test_examples_of_the_spec_are_asked_too(charter, endpoint):
    assert charter(*over(endpoint, "--examples")).code == 0
    assert len(endpoint.asked) == 8


def test_options_reach_the_provider(charter, endpoint):
    options = ("--option", "token_field=max_completion_tokens", "--option", "omit=seed")
    assert charter(*over(endpoint, *options)).code == 0
    assert all("max_completion_tokens" in body for body in endpoint.asked)
    assert not any("seed" in body or "max_tokens" in body for body in endpoint.asked)


def test_the_key_comes_from_the_variable_named(charter, endpoint):
    charter(*over(endpoint, "--key-env", "MY_KEY"), env={"MY_KEY": "sk-1"})
    assert endpoint.keys == {"Bearer sk-1"}


@pytest.fixture
def stopping(endpoint):
    """An endpoint that answers a few times and then keeps silent, until it is released."""
    endpoint.expected = 4
    released = []

    async def answer(_body):
        if endpoint.answered.total() >= endpoint.expected and not released:
            await asyncio.sleep(3600)
        return web.json_response(reply("Hello!"))

    endpoint.answer = answer
    endpoint.release = lambda: released.append(True)
    return endpoint


def interrupt(charter, stopping, tmp_path, sign, *more):
    """Stop a run after a few answers; return what became of it and what it had recorded."""
    process = charter.start(*over(stopping, "--concurrency", "2", *more))
    assert stopping.enough.wait(30)
    for _ in range(200):  # an answer that was sent is recorded soon
        if kept(tmp_path) >= stopping.expected:
            break
        time.sleep(0.05)
    process.send_signal(sign)
    done = charter.end(process)
    return done, {(r.scenario, r.epoch): r for r in recorded(tmp_path, ReplyRecorded)}


def kept(tmp_path):
    return len(recorded(tmp_path, ReplyRecorded))


def carry_on(charter, stopping, tmp_path, before, *more):
    """Run the same command again and check that it finishes the run without asking twice."""
    asked = Counter(stopping.answered)
    stopping.release()
    done = charter(*over(stopping, "--concurrency", "2", *more))
    assert done.code == 0, done.err
    assert f"carrying on: {len(before)} of 6 replies are recorded" in done.err
    replies = {(r.scenario, r.epoch): r for r in recorded(tmp_path, ReplyRecorded)}
    assert {step: replies[step] for step in before} == before
    assert len(replies) == len(recorded(tmp_path, ScoreRecorded)) == 6
    assert len(recorded(tmp_path, RunStarted)) == len(recorded(tmp_path, RunFinished)) == 1
    assert not asked & (stopping.answered - asked), "what was answered is not asked again"
    assert stopping.answered.total() == 6


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_run_says_so_and_carries_on(charter, stopping, tmp_path, sign):
    done, before = interrupt(charter, stopping, tmp_path, sign)
    line = done.failure(130, "interrupted", "the same command carries on")
    (run,) = recorded(tmp_path, RunStarted)
    assert f"run {run.run} is kept in runs/ledger.sqlite" in line
    assert len(before) == 4
    carry_on(charter, stopping, tmp_path, before)


def test_a_killed_run_carries_on(charter, stopping, tmp_path):
    done, before = interrupt(charter, stopping, tmp_path, signal.SIGKILL)
    assert done.code == -signal.SIGKILL
    assert len(before) == 4
    carry_on(charter, stopping, tmp_path, before)


def test_fresh_leaves_the_interrupted_run_alone(charter, stopping, tmp_path):
    _, before = interrupt(charter, stopping, tmp_path, signal.SIGINT)
    stopping.release()
    done = charter(*over(stopping, "--fresh"))
    assert (done.code, done.err) == (0, "")
    assert len(recorded(tmp_path, RunStarted)) == 2
    assert len(recorded(tmp_path, ReplyRecorded)) == len(before) + 6


def test_another_spec_is_another_run(charter, stopping, tmp_path):
    """The text changed between interruption and resumption: old replies answer another text."""
    copy = tmp_path / "spec"
    (copy / "scenarios").mkdir(parents=True)
    for file in ("spec.md", "scenarios/greet.md", "scenarios/keep_code.md", "scenarios/tools.yaml"):
        (copy / file).write_text((SMALL / file).read_text())
    command = ("eval", "spec", "--model", "openai:m", "--base-url", stopping.url)
    process = charter.start(*command, "--concurrency", "2")
    assert stopping.enough.wait(30)
    process.send_signal(signal.SIGINT)
    charter.end(process).failure(130)
    stopping.release()
    (copy / "spec.md").write_text((copy / "spec.md").read_text() + "\nIt must wait.\n")
    done = charter(*command)
    assert (done.code, done.err) == (0, "")
    runs = recorded(tmp_path, RunStarted)
    assert len({run.spec_digest for run in runs}) == 2
    assert [r.run for r in recorded(tmp_path, RunFinished)] == [runs[1].run]


def test_two_interrupts_are_no_worse_than_one(charter, stopping, tmp_path):
    process = charter.start(*over(stopping, "--concurrency", "2"))
    assert stopping.enough.wait(30)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    done = charter.end(process)
    assert "Traceback" not in done.err
    assert done.code in (130, -signal.SIGINT)


def test_an_endpoint_that_fails_midway_is_carried_on_from(charter, endpoint, tmp_path):
    async def answer(_body):
        if endpoint.answered.total() >= 3:
            return web.json_response({"error": {"message": "no such model"}}, status=404)
        return web.json_response(reply())

    usual, endpoint.answer = endpoint.answer, answer
    charter(*over(endpoint, "--concurrency", "1")).failure(3, "404", "the same command carries on")
    assert kept(tmp_path) == 3
    endpoint.answer = usual
    done = charter(*over(endpoint))
    assert (done.code, kept(tmp_path)) == (0, 6)
    assert "carrying on: 3 of 6" in done.err
