"""How many answers of each stratum are needed for an estimate of a wished precision. Pure.

With W_h = N_h/N the share of stratum h and S_h the standard deviation of a single answer, the
variance of the stratified mean is `V = sum W_h^2 S_h^2/n_h - sum W_h S_h^2/N`, the second term for
populations that are finite. Sizes in proportion to `W_h S_h` make it least (Neyman), and the
smallest n that brings it down to V_0 is `(sum W_h S_h)^2 / (V_0 + sum W_h S_h^2/N)`. A stratum that
would need more than it has is taken whole, and the others share what is left.
Source: Cochran 1977, Sampling Techniques, 3rd ed., formulas 5.6, 5.25 and 5.26, section 5.8;
Neyman 1934, J. R. Stat. Soc. 97, 558-625.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from charter.estimates.interval import normal_quantile, wilson
from charter.govern.counted import counted

FLOOR = 10
"""Least number drawn from a stratum, so that none is judged by nearly nothing."""
MOST_DRAWN = 20_000
"""Answers in one sample at most."""
LEAST_SPREAD = math.sqrt(0.02 * 0.98)
"""No stratum is taken to be surer than this before it was looked at."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum before the draw."""

    name: str
    population: int
    available: int
    """Of which something is kept, so that they can be drawn."""
    rate: float = 0.5
    """Share that is expected to adhere; 0.5 where nothing is known: then the most are drawn."""


@dataclass(frozen=True, slots=True)
class Design:
    """How many are drawn, and what that is good for."""

    sizes: Mapping[str, int]
    half_width: float
    """Of the interval that is to be expected, over all answers, with what cannot be known."""
    unknown: float
    """Share of all answers in strata of which nothing can be drawn."""

    @property
    def drawn(self) -> int:
        """Answers in all."""
        return sum(self.sizes.values())


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Why the precision cannot be had, and the best that can."""

    reason: str
    """A sentence without a full stop."""
    best: Design


def cautious_rate(adhered: int, judged: int) -> float:
    """Return the share to expect after an earlier sample: the end of its interval nearest to 0.5.

    A design that rests on it draws enough although the share was seen by chance.
    """
    if judged <= 0:
        return 0.5
    interval = wilson(adhered, judged)
    return min(max(0.5, interval.low), interval.high)


def design(
    parts: Sequence[Part], half_width: float, *, floor: int = FLOOR, confidence: float = 0.95
) -> Design | Unreachable:
    """Return the sizes that reach a half width, or why none do.

    Strata of which nothing is available count with all they could be: half of their share is taken
    off the width that is wished. Raises ValueError for a width outside of (0, 0.5) and for parts
    without a population.
    """
    if not 0 < half_width < 0.5:
        raise ValueError(f"a half width lies between 0 and 0.5, not {half_width}")
    total = sum(part.population for part in parts)
    if total <= 0:
        raise ValueError("there is no answer to draw")
    known = [part for part in parts if part.available > 0]
    unknown = 1 - sum(part.population for part in known) / total
    room = half_width - unknown / 2
    if not known:
        return Unreachable("nothing is kept of any answer", Design({}, 0.5, 1.0))
    z = normal_quantile(confidence)
    sizes = _sizes(known, total, (max(room, 0.0) / z) ** 2, floor)
    found = Design(
        MappingProxyType(sizes), unknown / 2 + z * math.sqrt(variance(known, sizes, total)), unknown
    )
    if room <= 0:
        reason = (
            f"nothing is kept of {unknown:.1%} of the answers, so that no draw can come below "
            f"±{unknown / 2:.3f}"
        )
        return Unreachable(reason, found)
    if found.drawn > MOST_DRAWN:
        reason = f"it takes {found.drawn:,} answers, and one sample holds at most {MOST_DRAWN:,}"
        return Unreachable(reason, _at_most(known, total, floor, z, unknown))
    if found.half_width > half_width * (1 + 1e-9):
        short = sum(part.available for part in known)
        reason = (
            f"with all {counted(short, 'answer')} that can be drawn it is "
            f"±{found.half_width:.3f}, not ±{half_width:.3f}"
        )
        return Unreachable(reason, found)
    return found


def variance(parts: Sequence[Part], sizes: Mapping[str, int], total: int) -> float:
    """Return what these parts of `total` answers add to the variance of the stratified mean.

    Source: Cochran 1977, 5.6. A stratum that is taken whole adds nothing.
    """
    return math.fsum(
        (part.population / total) ** 2
        * _spread(part) ** 2
        * max(0.0, 1 / sizes[part.name] - 1 / part.population)
        for part in parts
    )


def _sizes(parts: Sequence[Part], total: int, wanted: float, floor: int) -> dict[str, int]:
    """Return sizes that bring the variance down to `wanted` where they can."""
    least = {part.name: min(floor, part.available) for part in parts}
    sizes = dict(least)
    free = list(parts)
    while free:
        fixed = [part for part in parts if part not in free]
        left = wanted - variance(fixed, sizes, total)
        weights = {part.name: part.population / total * _spread(part) for part in free}
        finite = math.fsum(part.population / total * _spread(part) ** 2 for part in free) / total
        summed = math.fsum(weights.values())
        wished = {
            name: (weight * summed / (left + finite) if left + finite > 0 else math.inf)
            for name, weight in weights.items()
        }
        over = [part for part in free if wished[part.name] >= part.available]
        if not over:
            for part in free:
                sizes[part.name] = max(least[part.name], math.ceil(wished[part.name]))
            break
        for part in over:
            sizes[part.name] = part.available
        free = [part for part in free if part not in over]
    return sizes


def _at_most(parts: Sequence[Part], total: int, floor: int, z: float, unknown: float) -> Design:
    """Return the best design within `MOST_DRAWN`, by halving the range of widths."""
    low, high = 0.0, 0.5
    for _ in range(40):
        middle = (low + high) / 2
        drawn = sum(_sizes(parts, total, (middle / z) ** 2, floor).values())
        low, high = (low, middle) if drawn <= MOST_DRAWN else (middle, high)
    sizes = _sizes(parts, total, (high / z) ** 2, floor)
    half = unknown / 2 + z * math.sqrt(variance(parts, sizes, total))
    return Design(MappingProxyType(sizes), half, unknown)


def _spread(part: Part) -> float:
    return max(LEAST_SPREAD, math.sqrt(part.rate * (1 - part.rate)))
