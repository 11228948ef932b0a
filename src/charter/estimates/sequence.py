"""Outcomes in the order they arrive -> evidence that may be looked at after every one of them.

The test is a game of bets on a mean. Who doubts that the mean of values in [0, 1] is at most `m`
stakes a fraction `f` of his money on each value `x`, which multiplies it by `1 - f + f * x / m`.
While the mean is at most `m`, nobody wins on average at this, so money grows to `1 / alpha` at any
time at all with probability `alpha` at most (Ville 1939). The evidence is the mean money of eight
players with eight fractions. It depends on the values only, not on their order; when it first
reached a bound does depend on the order, which must be one drawn by chance.
Source: Waudby-Smith and Ramdas 2024, J. R. Stat. Soc. B 86, 1-27.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charter.estimates.interval import Interval

FRACTIONS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 0.9)
"""What the players stake: small differences are found by small stakes, large ones by large."""

HALF_WIDTH_AT = 300
"""Number of values for which the asymptotic sequence is narrowest."""

REACH = 1_000_000
"""Numbers of values beyond this are not named: nobody has so many."""

_STEPS = 44
"""Of bisection: bounds are exact to 1e-13."""

Path: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bets:
    """What the players stake, and how the money is shared among them at the start."""

    fractions: tuple[float, ...]
    weights: tuple[float, ...]


EVEN = Bets(FRACTIONS, (1 / len(FRACTIONS),) * len(FRACTIONS))


@dataclass(frozen=True, slots=True)
class Evidence:
    """The money against one hypothesis."""

    now: float
    """Natural logarithm of the e-value on all values; 0 without any."""
    peak: float
    """Its highest value on the way, at least 0: `exp(-peak)` is an anytime-valid p-value."""
    path: Path
    """Its value after each outcome."""

    @property
    def p(self) -> float:
        """Anytime-valid p-value: it may be looked at after every value."""
        return math.exp(-self.peak)

    def reached(self, level: float) -> int | None:
        """Return after how many values the e-value first was `level`, or None."""
        if self.peak < math.log(level):
            return None
        return int(np.argmax(self.path >= math.log(level))) + 1


def above(values: ArrayLike, mean: float, *, bets: Bets = EVEN) -> Evidence:
    """Return the evidence that the mean of values in [0, 1] is greater than `mean`, in (0, 1)."""
    path = _path(np.asarray(values, dtype=np.float64), mean, bets)
    if not path.size:
        return Evidence(0.0, 0.0, path)
    return Evidence(float(path[-1]), max(0.0, float(path.max())), path)


def below(values: ArrayLike, mean: float, *, bets: Bets = EVEN) -> Evidence:
    """Return the evidence that the mean of values in [0, 1] is less than `mean`, in (0, 1)."""
    return above(1 - np.asarray(values, dtype=np.float64), 1 - mean, bets=bets)


def least(values: ArrayLike, alpha: float, *, ever: bool = True, bets: Bets = EVEN) -> float:
    """Return the lower bound of a mean in [0, 1], right at all times together but for `alpha`.

    It is the greatest mean that `above` rejects on all values, or `ever` rejected on the way; 0
    without any. The evidence falls as the mean in question rises, so that bisection finds it.
    """
    found = np.asarray(values, dtype=np.float64)
    if not found.size:
        return 0.0
    level = -math.log(alpha)
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        path = _path(found, middle, bets)
        if float(path.max() if ever else path[-1]) >= level:
            low = middle
        else:
            high = middle
    return low


def most(values: ArrayLike, alpha: float, *, ever: bool = True, bets: Bets = EVEN) -> float:
    """Return the upper bound of a mean in [0, 1], right at all times together but for `alpha`."""
    return 1 - least(1 - np.asarray(values, dtype=np.float64), alpha, ever=ever, bets=bets)


def confidence_sequence(
    lows: ArrayLike, highs: ArrayLike | None = None, *, alpha: float = 0.05, ever: bool = False
) -> Interval:
    """Return the interval of a mean that holds after every value at once, but for `alpha`.

    Where a value is known in part only, `lows` and `highs` bound it. As it stands the interval
    does not depend on the order and always holds the sample's mean; with `ever`, all intervals on
    the way are intersected, which is narrower, and empty (`low > high`) with chance `alpha`.
    """
    upper = lows if highs is None else highs
    return Interval(least(lows, alpha / 2, ever=ever), most(upper, alpha / 2, ever=ever))


def asymptotic(values: ArrayLike, *, alpha: float = 0.05) -> Interval | None:
    """Return the asymptotic confidence sequence of a mean: for display, not for decisions.

    None below two values, or where they do not vary: it takes their variance as known, and is a
    little too narrow where few values differ from the others.
    Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Ann. Stat. 52, 2613-2640.
    """
    found = np.asarray(values, dtype=np.float64)
    if found.size < 2 or float(found.std()) == 0:
        return None
    half = float(found.std(ddof=1)) * half_width(found.size, alpha)
    middle = float(found.mean())
    return Interval(middle - half, middle + half)


def half_width(count: int, alpha: float, *, tuned_for: int = HALF_WIDTH_AT) -> float:
    """Return the half-width of the asymptotic sequence in standard deviations, two-sided.

    `sqrt(2 (t r + 1) / (t^2 r) * ln(sqrt(t r + 1) / alpha))`, `r` tuned for one number of values.
    """
    r = (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / tuned_for
    grown = count * r + 1
    return math.sqrt(2 * grown / (count * count * r) * math.log(math.sqrt(grown) / alpha))


def needed_above(
    values: Sequence[float], mean: float, alpha: float, *, bets: Bets = EVEN
) -> int | None:
    """Return how many values like these it takes in all to show that their mean is greater.

    The number at which the evidence would reach `1 / alpha` if the money of each player went on
    growing at its mean rate on these values. In simulations six to seven of ten sequences were
    there by then, and four of five with 45 % more. None where they would never do, or not within
    REACH, or without values.
    """
    if not len(values):
        return None
    growth = _growth(np.asarray(values, dtype=np.float64), mean, bets).mean(axis=1)
    weights = np.log(bets.weights)
    level = -math.log(alpha)

    def reached(count: int) -> bool:
        return bool(_total(weights + count * growth) >= level)

    if not reached(REACH):
        return None
    low, high = 0, REACH
    while high - low > 1:  # convex in the number and 0 at 0: from where it is reached, it stays so
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def needed_below(
    values: Sequence[float], mean: float, alpha: float, *, bets: Bets = EVEN
) -> int | None:
    """Return how many values like these it takes in all to show that their mean is less."""
    return needed_above([1 - value for value in values], 1 - mean, alpha, bets=bets)


def _path(values: Path, mean: float, bets: Bets) -> Path:
    """Return the logarithm of the mean money after each value."""
    if not values.size:
        return values
    money = np.cumsum(_growth(values, mean, bets), axis=1)
    money += np.log(bets.weights)[:, None]
    highest = money.max(axis=0)
    shown = np.where(np.isfinite(highest), highest, 0.0)
    with np.errstate(divide="ignore"):
        total: Path = shown + np.log(np.exp(money - shown).sum(axis=0))
    return total


def _growth(values: Path, mean: float, bets: Bets) -> NDArray[np.float64]:
    """Return the logarithm of what each value multiplies the money of each player by."""
    stakes = np.asarray(bets.fractions)[:, None]
    with np.errstate(divide="ignore"):  # who stakes all may lose all
        grown: NDArray[np.float64] = np.log1p(stakes * (values[None, :] / mean - 1))
    return grown


def _total(money: Path) -> float:
    highest = float(money.max())
    if not math.isfinite(highest):
        return highest
    return highest + math.log(float(np.exp(money - highest).sum()))
