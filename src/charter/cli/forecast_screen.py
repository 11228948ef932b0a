"""What `charter eval --dry-run` prints."""

from __future__ import annotations

from rich.console import Console

from charter.evals.forecast import Forecast
from charter.evals.report.wording import plural


def print_forecast(found: Forecast, screen: Console) -> None:
    """Show what a run would ask and at most cost."""
    screen.print(
        f"{plural(found.requests, 'request')} to the model: "
        f"about {found.tokens.input:,} tokens in, "
        f"at most {found.tokens.output:,} out."
    )
    if found.judgements:
        screen.print(
            f"At most {plural(found.judgements, 'judgement')}: about {found.judge_tokens.input:,} "
            f"tokens in, at most {found.judge_tokens.output:,} out."
        )
    if found.money is None:
        screen.print("Prices are not known: see \\[prices] in charter.toml.", markup=True)
    else:
        screen.print(f"At most {found.money:.2f} {found.currency}.")
    screen.print("Nobody was asked.")
