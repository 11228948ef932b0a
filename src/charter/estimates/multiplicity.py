"""P-values of many rows -> p-values that account for there being many."""

from __future__ import annotations

from collections.abc import Sequence


def holm(ps: Sequence[float]) -> list[float]:
    """Return adjusted p-values, in the order given, that bound the chance of any false claim.

    Sorted ascending, `max over j <= i of min(1, (m - j + 1) p(j))`. For claims that block or
    praise a single row. Raises ValueError for a value outside of [0, 1].
    Source: Holm 1979, Scand. J. Stat. 6, 65-70.
    """
    order = _order(ps)
    adjusted, worst = [0.0] * len(ps), 0.0
    for place, index in enumerate(order):
        worst = max(worst, min(1.0, (len(ps) - place) * ps[index]))
        adjusted[index] = worst
    return adjusted


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Return adjusted p-values, in the order given, that bound the share of false claims.

    Sorted ascending, `min over j >= i of min(1, m p(j) / j)`. For exploring many rows, where some
    false claims among the true ones are acceptable. Raises ValueError for a value outside of
    [0, 1].
    Source: Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57, 289-300.
    """
    order = _order(ps)
    adjusted, least = [0.0] * len(ps), 1.0
    for place in range(len(ps), 0, -1):
        index = order[place - 1]
        least = min(least, ps[index] * (len(ps) / place))
        adjusted[index] = least
    return adjusted


def _order(ps: Sequence[float]) -> list[int]:
    if not all(0 <= p <= 1 for p in ps):
        raise ValueError("p-values lie between 0 and 1")
    return sorted(range(len(ps)), key=ps.__getitem__)
