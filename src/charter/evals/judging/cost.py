"""What judging costs: estimated before, counted as it goes, and stopped at a budget."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from charter.config import Price
from charter.errors import ConfigError
from charter.evals.judge import JudgeOutcome
from charter.policy.briefs.tokens import estimate_tokens
from charter.records.grading import JudgeId

MILLION = 1_000_000
ON_THIS_MACHINE = ("embedded", "scripted")
"""Kinds of models that nobody bills."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens told to a judge, and said by it."""

    input: int = 0
    output: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.input + other.input, self.output + other.output)

    @property
    def total(self) -> int:
        """Both together."""
        return self.input + self.output

    def money(self, price: Price | None) -> float:
        """Return what they cost, in the currency of the price; 0 without one."""
        if price is None:
            return 0.0
        return (self.input * price.input + self.output * price.output) / MILLION


NONE = Tokens()


@dataclass(frozen=True, slots=True)
class Budget:
    """What judging may cost at most; None is no limit."""

    tokens: int | None = None
    """Told and said together."""
    money: float | None = None
    """In the currency of the prices."""


UNLIMITED = Budget()


@dataclass(frozen=True, slots=True)
class Cost:
    """What a grading would ask, or has asked."""

    judgements: int = 0
    """Wanted in all, those that need no request included."""
    recorded: int = 0
    """Made by an earlier attempt at the same grading."""
    cached: int = 0
    """Found in the ledger."""
    requests: int = 0
    tokens: Tokens = NONE
    """Of the requests; for an estimate the replies count with their greatest length."""
    money: float | None = None
    """None where the price of a judge is not known."""
    currency: str | None = None


def prices_of(
    judges: Iterable[JudgeId], known: Mapping[str, Price]
) -> tuple[tuple[Price | None, ...], str | None]:
    """Return the price of each judge, and the currency; no currency where a price is missing.

    Raises ConfigError where the prices are in different currencies.
    """
    found = tuple(price_of(judge.kind, judge.name, known) for judge in judges)
    return found, currency_of(found)


def price_of(kind: str, name: str, known: Mapping[str, Price]) -> Price | None:
    """Return the price of a model or judge; None where it is not known.

    One on this machine, `embedded` or `scripted`, costs nothing unless a price says so.
    """
    free = Price(0.0, 0.0, "") if kind in ON_THIS_MACHINE else None
    return known.get(name, free)


def currency_of(prices: Iterable[Price | None]) -> str | None:
    """Return the one currency of some prices; None where a price is missing, USD for no price.

    Raises ConfigError where there are several.
    """
    found = list(prices)
    currencies = {price.currency for price in found if price is not None and price.currency}
    if len(currencies) > 1:
        listed = ", ".join(sorted(currencies))
        raise ConfigError(f"prices are in {listed}", hint="give all of them in one currency")
    return None if None in found else next(iter(currencies), "USD")


class Heard(Protocol):
    """What came of a request: a judgement, or what a rater says."""

    @property
    def outcome(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def input_tokens(self) -> int: ...
    @property
    def output_tokens(self) -> int: ...
    @property
    def cached(self) -> bool: ...


def used_of(heard: Heard, most: Tokens) -> Tokens:
    """Return what a request cost of the `most` it could. What a server does not count is estimated.

    Nothing, where the reply was known, and where none came.
    """
    if heard.cached or heard.outcome == JudgeOutcome.UNAVAILABLE:
        return NONE
    told = heard.input_tokens or most.input
    return Tokens(told, heard.output_tokens or estimate_tokens(heard.text))


class Meter:
    """Counts what is spent and lets nothing through that could exceed the budget.

    Use it within one event loop.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._tokens = 0
        self._money = 0.0
        self._under_way = 0
        self._changed = asyncio.Condition()
        self.spent = Tokens()
        self.spent_money = 0.0

    async def reserve(self, most: Tokens, price: Price | None) -> bool:
        """Set aside what a request may cost at most; False where that is more than is left.

        Waits while requests under way may still turn out cheaper.
        """
        async with self._changed:
            while not self._fits(most, price):
                if self._under_way == 0:
                    return False
                await self._changed.wait()
            self._tokens += most.total
            self._money += most.money(price)
            self._under_way += 1
            return True

    async def settle(self, most: Tokens, used: Tokens, price: Price | None) -> None:
        """Put what a request cost in the place of what was set aside for it."""
        async with self._changed:
            self._tokens += used.total - most.total
            self._money += used.money(price) - most.money(price)
            self._under_way -= 1
            self.spent += used
            self.spent_money += used.money(price)
            self._changed.notify_all()

    def _fits(self, most: Tokens, price: Price | None) -> bool:
        budget = self._budget
        if budget.tokens is not None and self._tokens + most.total > budget.tokens:
            return False
        return budget.money is None or self._money + most.money(price) <= budget.money
