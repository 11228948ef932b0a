import asyncio
from dataclasses import replace

import pytest

from charter.config import Price
from charter.errors import ConfigError, ModelUnavailable
from charter.evals.calibration.calibrate import (
    Order,
    Ruled,
    carry_out_calibration,
    estimate_calibration,
    open_calibration,
)
from charter.evals.calibration.figures import figures_of
from charter.evals.calibration.labelled import Labels
from charter.evals.calibration.scale import ADHERENCE, REFUSAL
from charter.evals.judging.cost import Budget, Tokens
from charter.evals.judging.replies import Replies
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted

from .conftest import Fixed, Silent, carry_out, labelled, settings


def labels(count=40):
    return Labels(
        "examples",
        ADHERENCE,
        tuple(labelled(n, "adhered" if n % 2 else "violated") for n in range(count)),
    )


def order(rater=None, count=40, **changes):
    rater = rater or Fixed(lambda each: each.truth)
    return Order(labels(count), rater, Ruled("small", "1.0", "sha256:s"), settings(**changes))


def test_everything_is_asked_and_recorded(ledger):
    rater = Fixed(lambda each: each.truth)
    done = carry_out(ledger, order(rater, samples=2, retest=5))
    (started,) = ledger.read(CalibrationStarted)
    assert (started.items, started.samples, started.spec_digest) == (40, 2, "sha256:s")
    assert started.judge == rater.identity
    items = list(ledger.read(CalibrationItem))
    assert len(items) == 85
    assert sum(item.sample == 2 for item in items) == 5
    (finished,) = ledger.read(CalibrationFinished)
    assert finished.fitness == done.assessment.fitness
    assert finished.reasons == done.assessment.reasons
    assert (done.cost.judgements, done.cost.requests) == (85, 85)
    assert done.cost.tokens == Tokens(85 * 8, 85 * 2)


def test_only_a_retest_passes_over_what_is_known(ledger):
    rater = Fixed(lambda each: each.truth)
    carry_out(ledger, order(rater, retest=5))
    again = [(name, sample) for name, sample, bare in rater.asked if bare]
    assert len(again) == 5
    assert {sample for _, sample in again} == {0}


def test_an_item_holds_what_figures_need(ledger):
    one = replace(labelled(1), authority="root", elided=True)
    carry_out(
        ledger,
        Order(
            Labels("f", ADHERENCE, (one, labelled(2, "violated"))), Fixed(lambda each: each.truth)
        ),
    )
    item = next(ledger.read(CalibrationItem))
    assert (item.item, item.truth, item.verdict, item.rating) == ("i1", "adhered", "adhered", 6)
    assert (item.authority, item.elided, item.characters) == ("root", True, 18)
    assert (item.section, item.cluster, item.expected) == ("greet", "c1", "any")


def test_a_failure_is_recorded_without_a_verdict(ledger):
    carry_out(ledger, order(Fixed(lambda each: None if each.item.id == "i3" else each.truth)))
    failed = [item for item in ledger.read(CalibrationItem) if item.verdict is None]
    assert [(item.item, item.outcome, item.rating) for item in failed] == [("i3", "refused", None)]
    assert figures_of(ledger).failures.count == 1


def test_interrupted_it_carries_on(ledger):
    rater = Fixed(lambda each: each.truth, fail_at=10)
    rater.fail_with = ModelUnavailable("gone")
    with pytest.raises(ModelUnavailable):
        carry_out(ledger, order(rater))
    before = len(list(ledger.read(CalibrationItem)))
    assert 0 < before <= 11
    assert figures_of(ledger).finished is None
    after = Fixed(lambda each: each.truth)
    done = carry_out(ledger, order(after))
    assert len(after.asked) == 40 - before
    assert len(list(ledger.read(CalibrationStarted))) == 1
    assert done.cost.recorded == before
    assert done.assessment is not None


@pytest.mark.parametrize("change", [{"samples": 3}, {"thresholds": {"fit_kappa": 0.1}}])
def test_another_order_is_another_calibration(ledger, change):
    opened = open_calibration(ledger, order())
    assert open_calibration(ledger, order()).run == opened.run
    assert open_calibration(ledger, order(**change)).run != opened.run
    assert open_calibration(ledger, order(count=30)).run != opened.run
    assert open_calibration(ledger, order(), fresh=True).run != opened.run


def test_a_finished_one_is_not_carried_on(ledger):
    first = carry_out(ledger, order())
    assert carry_out(ledger, order()).run != first.run


def test_the_budget_stops_it_and_more_carries_on(ledger):
    rater = Fixed(lambda each: each.truth)
    done = carry_out(ledger, order(rater, budget=Budget(tokens=100), concurrency=1))
    assert done.assessment is None
    assert done.cost.tokens.total <= 100
    assert len(rater.asked) == 9  # 15 are set aside for each, 10 are used
    more = carry_out(ledger, order(rater))
    assert more.run == done.run
    assert more.assessment is not None
    assert len(rater.asked) == 40


def test_an_estimate_asks_nobody():
    rater = Fixed(lambda each: each.truth)
    cost = estimate_calibration(
        replace(order(rater, samples=2, retest=5), price=Price(1.0, 2.0)),
        Replies(),
        currency="USD",
    )
    assert rater.asked == []
    assert (cost.judgements, cost.requests, cost.tokens) == (85, 85, Tokens(850, 425))
    assert cost.money == pytest.approx((850 + 2 * 425) / 1e6)


def test_known_replies_cost_nothing(ledger):
    carry_out(ledger, order())
    cost = estimate_calibration(order(retest=3), Replies.of(ledger))
    assert (cost.cached, cost.requests) == (40, 3)


def test_graders_are_written_in_batches(ledger):
    done = carry_out(ledger, order(Fixed(lambda each: each.truth, asks=False)))
    assert len(list(ledger.read(CalibrationItem))) == 40
    assert done.cost.requests == 0


def test_progress_hears_every_verdict(ledger):
    given = order(Fixed(lambda each: None if each.item.id == "i3" else each.truth))
    heard = Silent()
    opened = open_calibration(ledger, given)
    asyncio.run(
        carry_out_calibration(opened, given, ledger=ledger, replies=Replies(), progress=heard)
    )
    assert len(heard.said) == 40
    assert heard.said.count("refused") == 1


def test_what_cannot_work_is_said_before_anything_is_written(ledger):
    other = Fixed(lambda each: each.truth)
    other.scale = REFUSAL
    with pytest.raises(ConfigError, match="the judge says none or partial or full"):
        open_calibration(ledger, order(other))
    with pytest.raises(ConfigError, match="none labelled"):
        open_calibration(ledger, order(count=1))
    assert list(ledger.read(CalibrationStarted)) == []
