"""A plan and its judges -> what a run would ask and at most cost, before anything is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charter.config import Price
from charter.evals.carry import CarryOver
from charter.evals.judge import Item, Judge
from charter.evals.judging.cost import Tokens
from charter.evals.plan import TURN_TOKENS, Plan
from charter.evals.scenario import Scenario
from charter.policy.briefs.tokens import estimate_tokens


@dataclass(frozen=True, slots=True)
class Forecast:
    """Numbers of requests and tokens, estimated from above: no reply is longer than its limit."""

    requests: int
    """To the model that is measured."""
    tokens: Tokens
    judgements: int
    """At most: replies that fail a check are not judged, and known judgements not asked for."""
    judge_tokens: Tokens
    money: float | None
    """Of model and judges together; None where a price is not known."""
    currency: str | None


def forecast(  # noqa: PLR0913 - what each part of a run may cost
    plan: Plan,
    *,
    carried: CarryOver | None = None,
    judges: Sequence[Judge] = (),
    samples: int = 1,
    price: Price | None = None,
    judge_prices: Sequence[Price | None] = (),
    currency: str | None = None,
) -> Forecast:
    """Estimate a run. Money is stated in `currency`, where all prices are known.

    What a ledger holds already is not taken into account, apart from `carried`. A reply is taken
    as long as the limit allows, for the model as for the judge who reads it. Raises UnknownClause.
    """
    repeat, most = plan.settings.repeat, plan.settings.max_tokens
    asked = [
        scenario
        for scenario in plan.suite.scenarios
        if carried is None or scenario.id not in carried.fresh
    ]
    told = sum(_told(plan, scenario) for scenario in asked)
    tokens = Tokens(told * repeat, most * len(asked) * repeat)
    judged = [scenario for scenario in plan.suite.scenarios if not scenario.decidable]
    judge_tokens, money = Tokens(), tokens.money(price)
    for place, judge in enumerate(judges):
        times = repeat * samples
        read = sum(judge.tokens(_item(scenario)) + most for scenario in judged)
        one = Tokens(read * times, judge.reply_tokens * len(judged) * times)
        judge_tokens += one
        money += one.money(judge_prices[place] if judge_prices else None)
    return Forecast(
        requests=len(asked) * repeat,
        tokens=tokens,
        judgements=len(judged) * repeat * samples * len(judges),
        judge_tokens=judge_tokens,
        money=money if currency is not None else None,
        currency=currency,
    )


def _told(plan: Plan, scenario: Scenario) -> int:
    messages = plan.request(scenario, 0).messages
    return sum(estimate_tokens(message.content) + TURN_TOKENS for message in messages)


def _item(scenario: Scenario) -> Item:
    return Item(
        id=scenario.id,
        section=scenario.section,
        clause=scenario.clause,
        outcome=scenario.outcome.value,
        messages=scenario.messages,
        tools=scenario.tools,
        answer="",
        calls=(),
        rubric=scenario.rubric,
    )
