"""Checks that the reply states a certain number.

What it decides
    Whether a number in the reply equals a value. Understood are `1,234.5`, `1 234,5`, `-3` with
    any minus sign, `3/4`, `2½`, `6.02e23`, also written as a power of ten, `5 million` and `45 %`
    (as 45 and as 0.45). `1,234` is read as over a thousand, `1.234` as a little over one. Numbers
    in words, ordinals, dates, times, list labels and digits inside names do not count.

Arguments
    `value`: the number. `tolerance`: how far off it may be, 0.000000001 by default. `which`:
    `any` number of the reply (the default), the `first` or the `last`.

Passes
    `numeric: {value: 1234.5}` on "That makes 1,234.50 euros."

Fails
    `numeric: {value: 42, which: last}` on "It is 42, or rather 43."
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.evals.numbers import Number, numbers
from charter.models.provider import Reply
from charter.prose.phrase import quoted

DEFAULT_TOLERANCE = 1e-9
# The difference of two decimals carries an error of this order: 1.1 - 1.0 exceeds 0.1.
_ROUNDING = 1e-12


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `value` and `tolerance` are numbers and `which` is known."""
    forms.check_names(arguments, required=["value"], optional=["tolerance", "which"])
    forms.number(arguments, "value")
    forms.number(arguments, "tolerance", default=DEFAULT_TOLERANCE, least=0)
    forms.choice(arguments, "which", ["any", "first", "last"], "any")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when the number, or one of the numbers, is within the tolerance."""
    value, which = float(arguments["value"]), arguments.get("which", "any")
    allowed = float(arguments.get("tolerance", DEFAULT_TOLERANCE))
    allowed += _ROUNDING * max(1.0, abs(value))
    found = numbers(reply.text)
    if not found:
        return Verdict(passed=False, reason="The reply states no number.")
    looked_at = {"any": found, "first": found[:1], "last": found[-1:]}[which]
    for number in looked_at:
        if any(abs(reading - value) <= allowed for reading in number.values):
            shown = quoted(reply.text, number.span)
            return Verdict(passed=True, reason=f"The reply states {shown}.", evidence=number.span)
    return _failure(reply.text, looked_at, f"{value:.15g}")


def _failure(text: str, looked_at: list[Number], wanted: str) -> Verdict:
    if len(looked_at) == 1:
        span = looked_at[0].span
        shown = quoted(text, span)
        return Verdict(
            passed=False, reason=f"The reply states {shown}, not {wanted}.", evidence=span
        )
    shown = ", ".join(quoted(text, number.span) for number in looked_at[:5])
    more = f" and {len(looked_at) - 5} more" if len(looked_at) > 5 else ""
    return Verdict(passed=False, reason=f"The reply states {shown}{more}, none of them {wanted}.")
