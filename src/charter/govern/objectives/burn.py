"""How quickly an error budget is used. Exact: numbers are fractions.

Source: Beyer et al. 2018, The Site Reliability Workbook, chapter 5.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = Fraction | int | float


def burn_rate(bad: Number, total: Number, target: Fraction) -> Fraction:
    """Return `(bad / total) / (1 - target)`: 1 uses the budget up in exactly the period.

    5 bad of 100 at a target of 99.5 % burn at 10. Raises ValueError where nothing happened or
    more was bad than happened, and unless the target lies between 0 and 1.
    """
    bad, total = Fraction(bad), Fraction(total)
    if not 0 < target < 1:
        raise ValueError(f"a target lies between 0 and 1, not at {target}")
    if not total > 0 or not 0 <= bad <= total:
        raise ValueError(f"{bad} of {total} is no share")
    return bad / total / (1 - target)


def budget_used(burn: Fraction, window_minutes: int, period_minutes: int) -> Fraction:
    """Return the share of a period's budget that a burn rate uses in a window: `burn w / period`.

    14.4 for an hour uses 2 % of 30 days. Raises ValueError unless 0 < window <= period.
    """
    if not 0 < window_minutes <= period_minutes:
        raise ValueError(f"no window of {window_minutes} minutes in one of {period_minutes}")
    return burn * window_minutes / period_minutes


def can_fire(factor: Fraction, target: Fraction) -> bool:
    """Whether a burn rate above `factor` is possible at all: all events bad burn 1/(1 - target)."""
    return factor * (1 - target) < 1
