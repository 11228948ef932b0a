"""Results out of a file -> the first number in them that cannot be one of its kind."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from charter.evolve.results.results import Figure, Results, StatementResult
from charter.evolve.surveys.survey import Rules

MOST = 10**12
"""No count is larger; there are fewer people."""
CLOSE = 1e-5
"""Between a share and its count: shares are written with six places."""
SHARES = frozenset(
    (
        *("agree", "disagree", "passed", "split", "gap", "group_aware", "share", "borda"),
        *("unacceptable", "for_it", "against_it", "value", "by_chance", "coverage", "placed"),
        *("target", "p", "q", "structure"),
    )
)
"""Fields that lie between 0 and 1; figures inside of one have its name, and a floor's is value."""
SIGNED = frozenset(("lean", "likeness", "steady"))
"""Fields that lie between -1 and 1."""
ANY = frozenset(("mean", "gain", "across", "intercept"))
"""Fields that may be any number; all others are not below 0."""


def impossible(results: Results) -> str:
    """Return where the first number stands that cannot be, and why, in words; empty where all can.

    Numbers are finite; counts are not below 0 and add up to those who saw a statement; shares lie
    between 0 and 1 and go with their counts; the lower bound of an interval is not above the upper
    one, and neither is alone. Rules are decimals in their bounds.
    """
    return next(_found(results, "", ""), "")


def _found(value: Any, place: str, name: str) -> Iterator[str]:
    if isinstance(value, bool | str) or value is None:
        return
    if isinstance(value, int | float):
        yield from (f"{place}: {why}" for why in _number(value, name))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _found(each, f"{place}.{key}"[:200], name)
    elif isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from _found(each, f"{place}.{at}"[:200], name)
    elif is_dataclass(value):
        yield from _fields(value, place, name)


def _fields(value: Any, place: str, name: str) -> Iterator[str]:
    for each in fields(value):
        where = f"{place}.{each.name}" if place else each.name
        inside = name if isinstance(value, Figure) else each.name
        yield from _found(getattr(value, each.name), where, inside)
    if isinstance(value, Figure):
        yield from (f"{place}: {why}" for why in _bounds(value))
    elif isinstance(value, StatementResult):
        yield from (f"{place}: {why}" for why in _counts(value))
    elif isinstance(value, Rules):
        yield from (f"{place}: {why}" for why in _rules(value))


def _number(value: float, name: str) -> Iterator[str]:
    share = name in SHARES and isinstance(value, float)  # a whole number is a count
    if not math.isfinite(value) or abs(value) > MOST:
        yield "no number that a figure can be"
    elif share and not -CLOSE <= value <= 1 + CLOSE:
        yield f"{value:g} is no share"
    elif name in SIGNED and not -1 - CLOSE <= value <= 1 + CLOSE:
        yield f"{value:g} does not lie between -1 and 1"
    elif value < 0 and not share and name not in ANY | SIGNED:
        yield f"{value:g} is below 0"


def _bounds(of: Figure) -> Iterator[str]:
    if (of.low is None) != (of.high is None):
        yield "an interval with one end"
    elif of.low is not None and of.high is not None and of.low > of.high:
        yield "an interval whose lower end is above its upper one"


def _counts(of: StatementResult) -> Iterator[str]:
    if of.seen is None or of.agreed is None or of.disagreed is None or of.passed is None:
        return
    if of.agreed + of.disagreed + of.passed != of.seen:
        yield "agreed, disagreed and passed do not add up to seen"
    elif of.plain is not None and of.seen:
        pairs = (
            (of.plain.agree, of.agreed),
            (of.plain.disagree, of.disagreed),
            (of.plain.passed, of.passed),
        )
        if any(abs(figure.value - count / of.seen) > CLOSE for figure, count in pairs):
            yield "shares do not go with the counts"


def _rules(of: Rules) -> Iterator[str]:
    if of.smallest < 1:
        yield "smallest is below 1"
    for name, text, most in (
        ("floor", of.floor, 1),
        ("alpha", of.alpha, 1),
        ("trim", of.trim, math.inf),
    ):
        if not 0 <= _decimal(text) <= most:
            yield f"{name} is no decimal in its bounds"
    for trait, shares in of.margins.items():
        if not all(0 <= _decimal(share) <= 1 for share in shares.values()):
            yield f"a margin of {trait[:50]!r} is no share"


def _decimal(text: str) -> float:
    """Return the number, or -1 where it is none."""
    try:
        found = float(text)
    except ValueError:
        return -1.0
    return found if math.isfinite(found) else -1.0
