"""Nothing is asked twice: not what a ledger holds, and not what is being asked already."""

import asyncio
import json

from charter.evals.judge import JudgeOutcome
from charter.evals.judging.prompted import Options, Prompted
from charter.evals.judging.replies import Replies, ask
from charter.models.provider import Reply, Stop
from charter.records.calibration import CalibrationItem
from charter.records.grading import JudgementRecorded

from .conftest import item, said
from .test_prompted import Model


class Slow(Model):
    async def reply(self, request):
        await asyncio.sleep(0.01)
        return await super().reply(request)


def record(found, **changes):
    fields = {
        "run": "r", "grading": "g", "scenario": "s", "epoch": 0, "judge": 0, "sample": 0,
        "outcome": found.outcome.value, "verdict": None, "rating": found.rating,
        "cites": found.cites, "quotes": found.quotes, "reason": found.reason,
        "request": found.request, "text": found.text, "stop": found.stop,
        "input_tokens": 5, "output_tokens": 6, "cached": False,
    }  # fmt: skip
    return JudgementRecorded(**{**fields, **changes})


def test_equal_requests_at_the_same_time_are_asked_once(rules):
    model = Slow(said())
    judge = Prompted(model, Options(), rules, kind="fake")

    async def go():
        replies = Replies()
        same = [ask(judge, item(), sample=0, replies=replies) for _ in range(5)]
        return await asyncio.gather(*same, ask(judge, item(), sample=1, replies=replies))

    found = asyncio.run(go())
    assert len(model.asked) == 2
    assert [each.cached for each in found] == [False, True, True, True, True, False]


def test_what_a_ledger_holds_is_not_asked(rules, ledger):
    model = Model(said(3))
    judge = Prompted(model, Options(), rules, kind="fake")
    first = asyncio.run(judge.judge(item(), sample=0))
    ledger.append(record(first))
    again = asyncio.run(ask(judge, item(), sample=0, replies=Replies.of(ledger)))
    assert (again.rating, again.cached, again.quotes) == (3, True, first.quotes)
    assert (again.input_tokens, again.output_tokens) == (5, 6)
    assert len(model.asked) == 1


def test_a_calibration_is_as_good_as_a_grading(rules, ledger):
    judge = Prompted(Model(said(3)), Options(), rules, kind="fake")
    first = asyncio.run(judge.judge(item(), sample=0))
    ledger.append(
        CalibrationItem(
            run="c",
            item="i",
            sample=0,
            section="greet",
            cluster="i",
            expected="",
            grade="BAD",
            truth="violated",
            outcome="verdict",
            verdict="violated",
            rating=3,
            position=0,
            characters=3,
            flipped=False,
            request=first.request,
            text=first.text,
            stop="stop",
            input_tokens=1,
            output_tokens=1,
            cached=False,
        )
    )
    again = asyncio.run(ask(judge, item(), sample=0, replies=Replies.of(ledger)))
    assert (again.rating, again.cached) == (3, True)


def test_failures_that_were_said_are_kept_and_silence_is_not(rules, ledger):
    judge = Prompted(Model("I cannot judge."), Options(), rules, kind="fake")
    failed = asyncio.run(judge.judge(item(), sample=0))
    silent = asyncio.run(judge.judge(item(), sample=1))
    ledger.append(record(failed), record(silent, sample=1, outcome="unavailable", text="", stop=""))
    replies = Replies.of(ledger)
    assert replies.get(failed.request).text == "I cannot judge."
    assert replies.get(silent.request) is None
    assert asyncio.run(ask(judge, item(), sample=0, replies=replies)).cached


def test_the_request_digest_depends_on_all_that_is_asked(rules, scripted):
    judge = scripted(said())
    base = judge.request(item(), sample=0)
    assert base == scripted(said()).request(item(id="other"), sample=0)
    others = [
        judge.request(item(), sample=1),
        judge.request(item("Good day to you"), sample=0),
        judge.request(item(clause=None), sample=0),
        judge.request(item(rubric=None), sample=0),
        judge.request(item(outcome="any"), sample=0),
        scripted(said(), options={"seed": "1"}).request(item(), sample=0),
        scripted(said(6)).request(item(), sample=0),  # another script is another model
    ]
    assert len({base, *others}) == len(others) + 1


def test_a_reply_is_kept_as_it_was_said():
    replies = Replies()
    assert replies.get("sha256:0") is None
    assert json.loads(said())["rating"] == 7
    assert JudgeOutcome.UNAVAILABLE == "unavailable"
    assert Reply("", Stop.STOP).stop == "stop"
