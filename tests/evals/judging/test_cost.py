"""Prices, and a budget that nothing exceeds."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.config import Price
from charter.errors import ConfigError
from charter.evals.calibration.rater import Rated
from charter.evals.judging.cost import Budget, Meter, Tokens, prices_of, used_of
from charter.records.grading import JudgeId


def judge(name, kind="openai"):
    return JudgeId(kind, name, None, "", "")


def test_money_is_price_by_million():
    assert Tokens(1_000_000, 500_000).money(Price(2.0, 8.0)) == 6.0
    assert Tokens(10, 10).money(None) == 0.0


def test_prices_are_found_by_name():
    known = {"a": Price(1, 2, "EUR"), "b": Price(3, 4, "EUR")}
    assert prices_of([judge("b"), judge("a")], known) == ((known["b"], known["a"]), "EUR")
    assert prices_of([judge("a"), judge("c")], known) == ((known["a"], None), None)


def test_what_runs_here_is_free_unless_a_price_says_otherwise():
    prices, currency = prices_of([judge("m", "embedded"), judge("s", "scripted")], {})
    assert (prices[0].input, currency) == (0.0, "USD")
    (price,), currency = prices_of([judge("s", "scripted")], {"s": Price(1, 1, "CHF")})
    assert (price.input, currency) == (1, "CHF")


def test_prices_in_two_currencies_cannot_be_added():
    known = {"a": Price(1, 2, "EUR"), "b": Price(3, 4, "USD")}
    with pytest.raises(ConfigError, match="EUR, USD"):
        prices_of([judge("a"), judge("b")], known)


def test_a_request_that_does_not_fit_is_not_let_through():
    async def go():
        meter = Meter(Budget(tokens=100))
        assert await meter.reserve(Tokens(40, 40), None)
        await meter.settle(Tokens(40, 40), Tokens(40, 5), None)
        assert not await meter.reserve(Tokens(40, 40), None)
        assert await meter.reserve(Tokens(40, 15), None)
        return meter

    assert asyncio.run(go()).spent == Tokens(40, 5)


def test_a_request_waits_while_another_may_turn_out_cheaper():
    async def go():
        meter = Meter(Budget(money=1.0))
        price = Price(1_000_000, 1_000_000)
        assert await meter.reserve(Tokens(0, 1), price)
        second = asyncio.create_task(meter.reserve(Tokens(0, 1), price))
        await asyncio.sleep(0)
        assert not second.done()
        await meter.settle(Tokens(0, 1), Tokens(), price)
        assert await second

    asyncio.run(go())


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), max_size=30),
    st.integers(1, 300),
    st.integers(1, 5),
)
def test_no_budget_is_exceeded(requests, budget, workers):
    """As long as requests take no more than was said, however many run at a time."""

    async def go():
        meter = Meter(Budget(tokens=budget))
        waiting = iter(requests)

        async def work():
            for most, used in waiting:
                if not await meter.reserve(Tokens(most), None):
                    return
                await asyncio.sleep(0)
                await meter.settle(Tokens(most), Tokens(min(used, most)), None)
                assert meter.spent.total <= budget

        await asyncio.gather(*(work() for _ in range(workers)))
        return meter.spent.total

    assert asyncio.run(go()) <= budget


def test_what_a_server_does_not_count_is_estimated():
    most = Tokens(100, 1024)

    def used(**known):
        return used_of(Rated("verdict", "adhered", text="a word or two", **known), most)

    assert used(input_tokens=7, output_tokens=3) == Tokens(7, 3)
    assert used().input == 100
    assert 0 < used().output < 20
    assert used(cached=True) == Tokens()
    assert used_of(Rated("unavailable", None), most) == Tokens()
