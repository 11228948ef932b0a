"""What `charter survey rank` prints: what it would ask and cost, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from charter.cli.cost_screen import cost_json, money
from charter.cli.screen import plain, write_json
from charter.evals.judging.cost import Cost
from charter.evals.ranking.leaning import leaning_of
from charter.evals.ranking.ranker import Question
from charter.evals.report.wording import plural
from charter.records.ranking import AnswersRanked

_DIGITS = 4
_LISTED = 20
"""Failures that are shown one by one."""


def print_estimate(cost: Cost, questions: Sequence[Question], given: dict[str, Any]) -> None:
    """Show what would be asked and at most spent."""
    times, tokens = given["repeats"], cost.tokens
    if given["as_json"]:
        write_json({"items": len(questions), "repeats": times, **_cost_json(cost)})
        return
    known = f", {cost.recorded} orders known from the ledger" if cost.recorded else ""
    asked = plural(cost.requests, "request")
    click.echo(f"{plural(len(questions), 'item')}, {times} times each: {asked}{known}")
    told = f"About {tokens.input:,} tokens in, at most {tokens.output:,} out"
    click.echo(f"{told}{plain(money(cost))}. Nobody was asked.")


def print_ranked(
    run: str, records: Sequence[AnswersRanked], cost: Cost, given: dict[str, Any], *, finished: bool
) -> None:
    """Show what came of a ranking."""
    said = _said(run, records, cost, given, finished=finished)
    if given["as_json"]:
        write_json(said)
        return
    failures = said["failures"]
    lines = [f"ranking {run}: {said['orders']} orders of {plural(said['items'], 'item')}"]
    lines += [
        f"no order: {each['item']}, repeat {each['repeat']}: {each['why']}"
        for each in failures[:_LISTED]
    ]
    if len(failures) > _LISTED:
        lines.append(f"and {len(failures) - _LISTED} more without an order")
    place = said["earlier_higher"]
    if place is not None:
        low, high = (100 * place[end] for end in ("low", "high"))
        lines.append(
            f"of two candidates it put the one that was shown earlier higher in "
            f"{100 * place['value']:.0f} % [{low:.0f}, {high:.0f}]; 50 % is no liking for a place"
        )
    if cost.requests:
        tokens = cost.tokens
        lines.append(f"{tokens.input:,} tokens in, {tokens.output:,} out{money(cost)}")
    if not finished:
        lines.append(
            "stopped by its budget: the ranking is not finished, and the same command with a "
            "larger budget carries on"
        )
    click.echo("\n".join(plain(" ".join(line.split())) for line in lines))


def _said(
    run: str, records: Sequence[AnswersRanked], cost: Cost, given: dict[str, Any], *, finished: bool
) -> dict[str, Any]:
    failed = [each for each in records if each.failure]
    place = leaning_of(records)
    return {
        "run": run,
        "ranker": given["ranker"],
        "finished": finished,
        "items": len({each.item for each in records}),
        "repeats": given["repeats"],
        "orders": len(records) - len(failed),
        "failures": [
            {"item": each.item, "repeat": each.repeat, "why": each.failure} for each in failed
        ],
        "earlier_higher": None
        if place is None
        else {
            "value": round(place.value, _DIGITS),
            "low": round(place.interval.low, _DIGITS),
            "high": round(place.interval.high, _DIGITS),
        },
        "cost": _cost_json(cost),
    }


def _cost_json(cost: Cost) -> dict[str, Any]:
    """Return a cost for machines, in the words of a ranking."""
    found = cost_json(cost)
    del found["judgements"], found["cached"]
    return found
