"""Gradings: complete, resumable, bounded, and never a word to the model under test."""

import asyncio
import dataclasses
import itertools
import json

import pytest

from charter.config import Price
from charter.errors import ConfigError, ModelRefusedRequest, ModelUnavailable
from charter.evals.judging.combine import Rule
from charter.evals.judging.cost import Budget, Tokens
from charter.evals.judging.estimate import estimate_grading
from charter.evals.judging.grade import carry_out_grading
from charter.evals.judging.grading import open_grading, recorded, unfinished_grading
from charter.evals.judging.order import Order, Settings, must_match
from charter.evals.judging.prompted import Options, Prompted
from charter.evals.judging.replies import Replies
from charter.evals.judging.rules import SpecRules
from charter.evals.judging.task import tasks_of
from charter.evals.result import result_of
from charter.models.provider import Identity, Reply, Stop
from charter.records.grading import GradingFinished, GradingStarted, JudgementRecorded
from charter.records.run import ReplyRecorded
from charter.records.score import ScoreRecorded

from .runs import Silent, effective, measure, write_spec


def said(rating, number, cite="kind"):
    quotes = [f"Answer {number}."]
    return json.dumps({"reason": "r", "quotes": quotes, "cites": [cite], "rating": rating})


class JudgeModel:
    """Rates answer n with what `rate` makes of n and of how often it was asked."""

    calls_tools = True
    context = None

    def __init__(self, rate, name="judge"):
        self.identity = Identity("fake", name)
        self.rate = rate
        self.asked = 0
        self.under_way = self.most_at_once = 0

    async def reply(self, request):
        self.asked += 1
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        words = request.messages[-1].content
        number = int(words.partition("Question ")[2].partition(",")[0])
        answer = self.rate(number)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            answer = said(answer, number)
        return Reply(answer, Stop.STOP, input_tokens=100, output_tokens=10)

    async def close(self):
        pass


class Bench:
    """A measured run and the rules it was measured against."""

    def __init__(self, folder, ledger, **made):
        self.ledger = ledger
        self.run = measure(folder, ledger, **made)
        self.rules = SpecRules(effective(folder))
        self.progress = Silent()

    @property
    def tasks(self):
        return list(tasks_of(self.ledger, self.run.run, {}))

    def order(self, *models, prices=(), **settings):
        judges = tuple(Prompted(m, Options(max_tokens=20), self.rules, kind="fake") for m in models)
        return Order(self.run, judges, Settings(**settings), prices)

    def grade(self, order, *, fresh=False, replies=None, currency=None):
        opened = open_grading(self.ledger, order, fresh=fresh)
        return asyncio.run(
            carry_out_grading(
                opened,
                order,
                self.tasks,
                ledger=self.ledger,
                replies=replies or Replies.of(self.ledger),
                progress=self.progress,
                currency=currency,
            )
        )

    def verdicts(self, grading):
        return {
            score.scenario: score.verdict
            for score in self.ledger.read(ScoreRecorded, run=self.run.run)
            if score.grading == grading
        }


@pytest.fixture
def bench(tmp_path, ledger):
    return Bench(write_spec(tmp_path / "spec"), ledger)


def test_every_reply_gets_its_verdict(bench):
    model = JudgeModel(lambda n: 7 if n % 2 else 2)
    done = bench.grade(bench.order(model))
    assert done.finished
    assert bench.verdicts(done.grading) == {
        f"s{n}": "adhered" if n % 2 else "violated" for n in range(6)
    }
    assert model.asked == len(bench.progress.verdicts) == 6
    judgements = list(bench.ledger.read(JudgementRecorded))
    assert {said.verdict for said in judgements} == {"adhered", "violated"}
    assert all(said.quotes[0].text.startswith("Answer") for said in judgements)
    assert [record.grading for record in bench.ledger.read(GradingFinished)] == [done.grading]
    assert (done.cost.requests, done.cost.tokens) == (6, Tokens(600, 60))
    (started,) = bench.ledger.read(GradingStarted)
    assert (started.samples, started.rule, started.judges[0].name) == (1, "median", "judge")
    assert started.spec_digest == bench.run.spec_digest


def test_a_result_takes_the_verdicts_of_the_grading(bench):
    bench.grade(bench.order(JudgeModel(lambda _: 7), uncalibrated=True))
    result = result_of(bench.ledger, bench.run.run)
    assert result.whole.counts["adhered"] == 6
    assert sum(result.whole.counts.values()) == result.whole.planned


def test_the_model_under_test_is_not_asked_again(bench):
    before = len(list(bench.ledger.read(ReplyRecorded)))
    bench.grade(bench.order(JudgeModel(lambda _: 7)))
    assert len(list(bench.ledger.read(ReplyRecorded))) == before


def test_a_failed_check_decides_without_asking(tmp_path, ledger):
    more = {1: "checks:\n  - not_contains: {any: [silly]}\n"}
    bench = Bench(write_spec(tmp_path / "spec", more=more), ledger, replies={1: "How silly."})
    model = JudgeModel(lambda _: 7)
    done = bench.grade(bench.order(model))
    assert model.asked == 5
    assert bench.verdicts(done.grading)["s1"] == "violated"
    score = next(s for s in ledger.read(ScoreRecorded) if s.grading and s.scenario == "s1")
    assert "silly" in score.reason
    assert score.grader.startswith("charter-checks")
    assert not any(said.scenario == "s1" for said in ledger.read(JudgementRecorded))


def test_judge_failures_are_kept_and_bound_the_result(bench):
    bad = {0: "no object", 1: "I'm sorry, I can't help with that.", 2: said(7, 99)}
    done = bench.grade(bench.order(JudgeModel(lambda n: bad.get(n, 7)), uncalibrated=True))
    assert done.finished
    found = bench.verdicts(done.grading)
    assert [found[f"s{n}"] for n in range(4)] == ["judge_failed"] * 3 + ["adhered"]
    outcomes = {j.scenario: j.outcome for j in bench.ledger.read(JudgementRecorded)}
    assert [outcomes[f"s{n}"] for n in range(4)] == ["unparsable", "refused", "void", "verdict"]
    result = result_of(bench.ledger, bench.run.run)
    assert result.whole.counts["judge_failed"] == 3
    assert sum(result.whole.counts.values()) == result.whole.planned


def test_samples_and_judges_are_combined(bench):
    mild, stern = JudgeModel(lambda _: 6, "mild"), JudgeModel(lambda _: 1, "stern")
    third = JudgeModel(lambda n: 7 if n < 3 else 2, "third")
    done = bench.grade(bench.order(mild, stern, third, samples=2))
    assert (mild.asked, stern.asked, third.asked) == (12, 12, 12)
    assert bench.verdicts(done.grading) == {
        f"s{n}": "adhered" if n < 3 else "violated" for n in range(6)
    }
    held = recorded(bench.ledger, bench.run.run, done.grading)
    assert len(held.judgements) == 36
    assert {(said.judge, said.sample) for said in held.judgements.values()} == set(
        itertools.product(range(3), range(2))
    )


def test_an_even_majority_is_no_verdict(bench):
    two = JudgeModel(lambda _: 7, "a"), JudgeModel(lambda _: 1, "b")
    done = bench.grade(bench.order(*two, rule=Rule.MAJORITY))
    assert set(bench.verdicts(done.grading).values()) == {"judge_failed"}


def test_concurrency_is_bounded(bench):
    model = JudgeModel(lambda _: 7)
    bench.grade(bench.order(model, concurrency=2))
    assert model.most_at_once == 2


def test_another_grading_of_the_same_judge_asks_nobody(bench):
    model = JudgeModel(lambda _: 7)
    first = bench.grade(bench.order(model))
    second = bench.grade(bench.order(model))
    assert first.grading != second.grading
    assert model.asked == 6
    assert (second.cost.cached, second.cost.requests, second.cost.tokens) == (6, 0, Tokens())
    assert all(
        s.cached for s in bench.ledger.read(JudgementRecorded) if s.grading == second.grading
    )
    assert bench.verdicts(first.grading) == bench.verdicts(second.grading)


def test_more_samples_pay_for_the_new_ones_only(bench):
    model = JudgeModel(lambda _: 7)
    bench.grade(bench.order(model))
    done = bench.grade(bench.order(model, samples=3))
    assert (done.cost.cached, done.cost.requests, model.asked) == (6, 12, 18)


def test_equal_replies_are_judged_once(tmp_path, ledger):
    bench = Bench(write_spec(tmp_path / "spec", scenarios=2), ledger, repeat=3)
    model = JudgeModel(lambda _: 7)
    done = bench.grade(bench.order(model))
    assert model.asked == 2
    assert (done.cost.requests, done.cost.cached) == (2, 4)


def test_a_fresh_grading_asks_again(bench):
    model = JudgeModel(lambda _: 7)
    bench.grade(bench.order(model))
    bench.grade(bench.order(model), fresh=True, replies=Replies())
    assert model.asked == 12


def stops_at(count):
    """Return a rating that becomes a refused key after `count` replies."""
    replies = itertools.count()
    return lambda _: 7 if next(replies) < count else ModelRefusedRequest("no key", status=401)


@pytest.mark.parametrize("count", [0, 1, 5, 11])
def test_an_interrupted_grading_carries_on(bench, count):
    with pytest.raises(ModelRefusedRequest):
        bench.grade(bench.order(JudgeModel(stops_at(count)), samples=2, concurrency=1))
    (started,) = bench.ledger.read(GradingStarted)
    assert list(bench.ledger.read(GradingFinished)) == []
    assert result_of(bench.ledger, bench.run.run).whole.counts["not_judged"] == 6
    model = JudgeModel(lambda _: 7)
    done = bench.grade(bench.order(model, samples=2, concurrency=3))
    assert done.grading == started.grading
    assert model.asked == 12 - count
    assert len(list(bench.ledger.read(JudgementRecorded))) == 12
    assert set(bench.verdicts(done.grading).values()) == {"adhered"}
    assert len(bench.verdicts(done.grading)) == 6


def test_another_order_is_another_grading(bench):
    with pytest.raises(ModelRefusedRequest):
        bench.grade(bench.order(JudgeModel(stops_at(2))))
    model = JudgeModel(lambda _: 7)
    assert unfinished_grading(bench.ledger, bench.order(model)) is not None
    assert unfinished_grading(bench.ledger, bench.order(model, concurrency=9)) is not None
    assert unfinished_grading(bench.ledger, bench.order(model, samples=2)) is None
    assert unfinished_grading(bench.ledger, bench.order(model, rule=Rule.MAJORITY)) is None
    assert unfinished_grading(bench.ledger, bench.order(model, model)) is None
    assert unfinished_grading(bench.ledger, bench.order(JudgeModel(str, "other"))) is None


def test_a_budget_of_tokens_stops_cleanly_and_carries_on(bench):
    model = JudgeModel(lambda _: 7)
    most = max(bench.order(model).judges[0].tokens(task.item) for task in bench.tasks) + 20
    order = bench.order(model, budget=Budget(tokens=most + 250), concurrency=2)
    done = bench.grade(order)
    assert not done.finished
    assert model.asked == 3  # 110 tokens each, and the fourth might not have fitted
    assert done.cost.tokens.total <= most + 250
    assert len(bench.verdicts(done.grading)) == 3
    assert result_of(bench.ledger, bench.run.run).whole.counts["not_judged"] == 6
    rest = bench.grade(bench.order(model))
    assert (rest.grading, rest.finished, model.asked) == (done.grading, True, 6)


def test_a_budget_of_money_stops_too(bench):
    model = JudgeModel(lambda _: 7)
    price = Price(1_000_000, 0.0)
    most = max(bench.order(model).judges[0].tokens(task.item) for task in bench.tasks)
    order = bench.order(model, prices=(price,), budget=Budget(money=most + 150.0))
    done = bench.grade(order, currency="USD")
    assert (done.finished, done.cost.money, done.cost.currency) == (False, 200.0, "USD")


def test_what_is_known_needs_no_budget(bench):
    model = JudgeModel(lambda _: 7)
    bench.grade(bench.order(model))
    assert bench.grade(bench.order(model, budget=Budget(tokens=1))).finished


def test_the_estimate_is_what_is_asked_and_never_too_low(bench):
    model = JudgeModel(lambda _: 7)
    order = bench.order(model, samples=2, prices=(Price(2.0, 8.0),))
    cost = estimate_grading(order, bench.tasks, Replies.of(bench.ledger), currency="USD")
    assert (cost.judgements, cost.requests, cost.cached, model.asked) == (12, 12, 0, 0)
    assert cost.tokens.output == 12 * 20
    assert cost.money == pytest.approx(cost.tokens.money(Price(2.0, 8.0)))
    bench.grade(bench.order(model))
    cost = estimate_grading(order, bench.tasks, Replies.of(bench.ledger))
    assert (cost.requests, cost.cached, cost.money) == (6, 6, None)


def test_the_estimate_knows_what_an_interrupted_grading_did(bench):
    with pytest.raises(ModelRefusedRequest):
        bench.grade(bench.order(JudgeModel(stops_at(4)), concurrency=1))
    order = bench.order(JudgeModel(lambda _: 7))
    earlier = unfinished_grading(bench.ledger, order)
    held = recorded(bench.ledger, bench.run.run, earlier)
    cost = estimate_grading(order, bench.tasks, Replies.of(bench.ledger), opened=held)
    assert (cost.recorded, cost.requests) == (4, 2)


def test_rules_of_another_text_are_refused(bench):
    must_match(bench.run, bench.rules.digest)
    with pytest.raises(ConfigError, match="sha256:0") as caught:
        must_match(bench.run, "sha256:0")
    assert "--spec" in caught.value.hint


def test_a_server_without_counts_is_taken_at_the_estimate(bench):
    class Mute(JudgeModel):
        async def reply(self, request):
            found = await super().reply(request)
            return dataclasses.replace(found, input_tokens=0, output_tokens=0)

    done = bench.grade(bench.order(Mute(lambda _: 7)))
    assert done.cost.tokens.input > 6 * 500
    assert 6 * 10 < done.cost.tokens.output < 6 * 100


def test_a_reply_that_no_judge_could_be_had_for_is_tried_again_at_the_end(bench):
    """One timeout must not count as a failure of the judge where it can be had a little later."""
    asked = []

    def rate(n):
        asked.append(n)
        return ModelUnavailable("timeout") if asked.count(2) == 1 and n == 2 else 7

    done = bench.grade(bench.order(JudgeModel(rate), samples=2, concurrency=1))
    assert set(bench.verdicts(done.grading).values()) == {"adhered"}
    assert asked.count(2) == 3
    assert asked[-2:] == [2, 2]
    assert (done.cost.judgements, done.cost.requests) == (12, 12)


def test_what_can_never_be_had_is_a_failure_in_the_end(bench):
    bad = {4: ModelRefusedRequest("too long", status=413)}
    model = JudgeModel(lambda n: bad.get(n, 7))
    done = bench.grade(bench.order(model))
    assert done.finished
    assert bench.verdicts(done.grading)["s4"] == "judge_failed"
    (failed,) = [j for j in bench.ledger.read(JudgementRecorded) if j.verdict is None]
    assert (failed.outcome, failed.text, failed.cached) == ("unavailable", "", False)
    assert "too long" in failed.reason
    again = bench.grade(bench.order(model))
    assert (again.cost.cached, again.cost.requests) == (5, 1)


def test_an_outage_leaves_no_failures_behind(bench):
    replies = itertools.count()
    down = JudgeModel(lambda _: 7 if next(replies) < 2 else ModelUnavailable("gone"))
    with pytest.raises(ModelUnavailable):
        bench.grade(bench.order(down, concurrency=1))
    assert {j.outcome for j in bench.ledger.read(JudgementRecorded)} == {"verdict"}
    done = bench.grade(bench.order(JudgeModel(lambda _: 7)))
    assert set(bench.verdicts(done.grading).values()) == {"adhered"}


def test_a_judge_does_not_hide_what_classified_the_replies(tmp_path, ledger):
    folder = write_spec(tmp_path / "spec")
    file = folder / "scenarios" / "kind.md"
    file.write_text(file.read_text().replace("outcome: any", "outcome: comply"))
    bench = Bench(folder, ledger)
    before = result_of(ledger, bench.run.run)
    bench.grade(bench.order(JudgeModel(lambda _: 7), uncalibrated=True))
    after = result_of(ledger, bench.run.run)
    assert before.graders[1] in after.graders
    assert after.refusals == before.refusals is not None
    assert after.whole.over == before.whole.over
