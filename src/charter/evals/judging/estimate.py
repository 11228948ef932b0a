"""What a grading would ask and cost, before anybody is asked."""

from __future__ import annotations

from collections.abc import Sequence

from charter.evals.judging.cost import Cost, Tokens
from charter.evals.judging.grading import OpenedGrading
from charter.evals.judging.order import Order
from charter.evals.judging.replies import Replies
from charter.evals.judging.task import Task


def estimate_grading(
    order: Order,
    tasks: Sequence[Task],
    replies: Replies,
    *,
    opened: OpenedGrading | None = None,
    currency: str | None = None,
) -> Cost:
    """Return what a grading would ask and at most cost. Asks nobody, writes nothing.

    Money is stated in `currency`, where one is given. Raises UnknownClause.
    """
    asked: set[str] = set()
    judgements = earlier = cached = 0
    tokens, money = Tokens(), 0.0
    for task in tasks:
        if task.failed:
            continue
        step = task.scenario.scenario, task.epoch
        told = [judge.tokens(task.item) for judge in order.judges]
        for judge, sample in order.steps():
            judgements += 1
            if opened is not None and (*step, judge, sample) in opened.judgements:
                earlier += 1
                continue
            request = order.judges[judge].request(task.item, sample=sample)
            if request in asked or replies.get(request) is not None:
                cached += 1
                continue
            asked.add(request)
            one = Tokens(told[judge], order.judges[judge].reply_tokens)
            tokens += one
            money += one.money(order.price(judge))
    known = money if currency is not None else None
    return Cost(judgements, earlier, cached, len(asked), tokens, known, currency)
