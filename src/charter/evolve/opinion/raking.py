"""A sample and the population's margins -> a weight for each person, and what the weights cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

CLOSE = 1e-6
"""Largest error of a margin, as a share, at which raking is done."""
MOST_SWEEPS = 1000
MOST_TRIMS = 100
"""Rounds of trimming and raking again; the margins that are then still missed are reported."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights with mean 1, in the order of the people given."""

    values: Array
    effect: float
    """Kish's design effect, `1 + CV^2`: how many times larger unequal weights make a variance."""
    effective: float
    """People of equal weight who would tell as much: `n / effect = (sum w)^2 / sum w^2`."""
    error: float
    """Largest difference of a weighted share and its target, after trimming."""
    converged: bool
    """Whether that error is below `CLOSE`."""
    trimmed: int
    """People whose weight lies at one of the bounds."""
    unstated: Mapping[str, int]
    """People who did not state a trait, by trait."""


@dataclass(frozen=True, slots=True)
class Unrakeable:
    """Why no weights can be given. A value: unweighted figures stand, marked as such."""

    reasons: tuple[str, ...]
    """Sentences without a full stop, sorted."""


@dataclass(frozen=True, slots=True)
class _Margin:
    codes: NDArray[np.int64]
    """Option of each person; the last one is "not stated"."""
    targets: Array
    """Shares of the whole sample by option, "not stated" included."""


def rake(
    traits: Mapping[str, Sequence[str | None]],
    targets: Mapping[str, Mapping[str, float]],
    *,
    trim: float,
) -> Weights | Unrakeable:
    """Return weights with which the sample has the population's share of every option.

    `traits` has what each person stated, in one order for all traits, None where they did not;
    `targets` the share of each option, summing to 1. Sweep by sweep each weight is multiplied by
    target over weighted share of its option, until no share is off by more than `CLOSE`. Weights
    are then cut to `[mean / trim, trim * mean]` and raked again, until both hold or `MOST_TRIMS`
    rounds are over; the bounds always hold in the end, and `error` says what they cost.

    Rule for what was not stated: together, those who did not state a trait keep the share they have
    in the sample; the others are brought to the targets among themselves.
    `Unrakeable` where nobody states an option that has a target, or somebody one that has none:
    no weight can stand for nobody, and nobody gets the weight 0.
    Raises ValueError for targets that are no shares, `trim` below 1, unequal lengths and no people.
    Source: Deming and Stephan 1940, Ann. Math. Stat. 11, 427-444; design effect: Kish 1992,
    J. Off. Stat. 8, 183-200.
    """
    n = _checked(traits, targets, trim)
    reasons = sorted(_gaps(traits, targets))
    if reasons:
        return Unrakeable(tuple(reasons))
    margins = [_margin(traits[trait], targets[trait]) for trait in sorted(targets)]
    weights = _raked(np.ones(n), margins)
    for _ in range(MOST_TRIMS):
        cut = _cut(weights, trim)
        if np.array_equal(cut, weights) and _error(cut, margins) <= CLOSE:
            break
        weights = _raked(cut, margins)
    weights = _cut(weights, trim)
    error = _error(weights, margins)
    effect = float((weights**2).sum() * n / weights.sum() ** 2)
    low, high = 1 / trim * (1 + CLOSE), trim * (1 - CLOSE)
    return Weights(
        values=weights,
        effect=effect,
        effective=n / effect,
        error=error,
        converged=error <= CLOSE,
        trimmed=int(((weights <= low) | (weights >= high)).sum()) if trim > 1 else n,
        unstated={t: sum(option is None for option in traits[t]) for t in sorted(targets)},
    )


def _checked(
    traits: Mapping[str, Sequence[str | None]],
    targets: Mapping[str, Mapping[str, float]],
    trim: float,
) -> int:
    if not trim >= 1:
        raise ValueError(f"weights are trimmed at 1 or more times their mean, not {trim}")
    lengths = {len(traits[trait]) for trait in targets if trait in traits}
    if set(targets) - set(traits) or len(lengths) != 1 or not min(lengths):
        raise ValueError("every trait with targets needs one value, or None, for each person")
    for trait, shares in targets.items():
        if not all(0 <= share <= 1 for share in shares.values()):
            raise ValueError(f"shares of {trait!r} lie between 0 and 1")
        if abs(sum(shares.values()) - 1) > CLOSE:
            raise ValueError(f"shares of {trait!r} sum to {sum(shares.values())}, not 1")
    return lengths.pop()


def _gaps(
    traits: Mapping[str, Sequence[str | None]], targets: Mapping[str, Mapping[str, float]]
) -> list[str]:
    found = []
    for trait, shares in targets.items():
        stated = {option for option in traits[trait] if option is not None}
        wanted = {option for option, share in shares.items() if share > 0}
        found += [f"nobody said {each!r} for {trait!r}" for each in wanted - stated]
        found += [f"{each!r} was said for {trait!r} and has no share" for each in stated - wanted]
    return found


def _margin(stated: Sequence[str | None], shares: Mapping[str, float]) -> _Margin:
    options = sorted(option for option, share in shares.items() if share > 0)
    place = {option: at for at, option in enumerate(options)}
    codes = np.array([len(options) if o is None else place[o] for o in stated], dtype=np.int64)
    silent = float((codes == len(options)).mean())
    targets = np.array([*(shares[option] * (1 - silent) for option in options), silent])
    return _Margin(codes, targets / targets.sum())


def _raked(weights: Array, margins: Sequence[_Margin]) -> Array:
    """Return weights, mean 1, that meet all margins, or as near as `MOST_SWEEPS` come."""
    n = weights.size
    for _ in range(MOST_SWEEPS):
        for margin in margins:
            sums = np.bincount(margin.codes, weights, minlength=margin.targets.size)
            with np.errstate(divide="ignore", invalid="ignore"):
                factors = np.where(sums > 0, margin.targets * n / sums, 1.0)
            weights = weights * factors[margin.codes]
        if _error(weights, margins) <= CLOSE / 10:  # so that cutting has room to be exact
            break
    return weights


def _cut(weights: Array, trim: float) -> Array:
    """Return weights within the bounds, mean 1 (cutting moves the mean, and that the bounds)."""
    for _ in range(MOST_TRIMS):
        mean = weights.mean()
        inside = np.clip(weights, mean / trim, mean * trim)
        if np.allclose(inside, weights, rtol=CLOSE / 100, atol=0):
            break
        weights = inside
    scaled = weights / weights.mean()
    bounded: Array = np.clip(scaled, 1 / trim, trim)
    return bounded


def _error(weights: Array, margins: Sequence[_Margin]) -> float:
    total = weights.sum()
    return max(
        float(
            np.abs(
                np.bincount(m.codes, weights, minlength=m.targets.size) / total - m.targets
            ).max()
        )
        for m in margins
    )
