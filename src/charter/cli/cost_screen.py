"""What asking judges costs, as `charter grade` and `charter calibrate` print it."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from charter.evals.judging.cost import Cost
from charter.evals.report.wording import plural


def cost_json(cost: Cost) -> dict[str, Any]:
    """Return a cost for machines."""
    return {
        "judgements": cost.judgements,
        "recorded": cost.recorded,
        "cached": cost.cached,
        "requests": cost.requests,
        "input_tokens": cost.tokens.input,
        "output_tokens": cost.tokens.output,
        "money": None if cost.money is None else f"{cost.money:.4f}",
        "currency": cost.currency,
    }


def print_estimate(cost: Cost, screen: Console) -> None:
    """Show what would be asked and at most spent."""
    screen.print(asked(cost, "to ask"))
    tokens = cost.tokens
    screen.print(f"About {tokens.input:,} tokens in, at most {tokens.output:,} out{money(cost)}.")
    screen.print("Nobody was asked.")


def asked(cost: Cost, verb: str) -> str:
    """Say how many judgements there are, and where they come from."""
    known = cost.cached + cost.recorded
    return (
        f"{plural(cost.judgements, 'judgement')}: {cost.requests} {verb}, {known} known from "
        "the ledger."
    )


def money(cost: Cost) -> str:
    """Return a sum after a comma, or that no price is known."""
    if cost.money is None:
        return ", price not known (see [prices] in charter.toml)"
    return f", {cost.money:.2f} {cost.currency}"
