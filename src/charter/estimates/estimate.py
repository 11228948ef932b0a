"""What every method returns: a share or mean, its interval, and what the interval is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from charter.estimates.interval import Interval

Population: TypeAlias = Literal["these scenarios", "scenarios like these"]
"""What an interval speaks of.

`these scenarios`: the suite as it stands, asked again; only answers and grades vary.
`scenarios like these`: what the suite stands for; that other scenarios could have been written
counts as well, so that the interval is wider.
"""

THESE: Population = "these scenarios"
LIKE_THESE: Population = "scenarios like these"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure that is never shown without its uncertainty."""

    value: float
    """A share in [0, 1], or the mean of whatever was measured."""
    interval: Interval
    method: str
    """How value and interval were found, in words that can be shown."""
    population: Population
    n: int
    """Scenarios it rests on."""
    clusters: int
    """Groups of scenarios that are independent of each other; `n` where each stands alone."""
    effective: float
    """Independent scenarios that would tell as much; at most `n`."""
    confidence: float = 0.95

    @property
    def standard_error(self) -> float:
        """Half the width of the interval in units of the normal quantile: for display only."""
        from statistics import NormalDist  # noqa: PLC0415 - only where it is asked for

        z = NormalDist().inv_cdf(0.5 + self.confidence / 2)
        return (self.interval.high - self.interval.low) / (2 * z)

    def mirrored(self) -> Estimate:
        """Return the estimate of the opposite: of violations for adherence."""
        return replace(self, value=1 - self.value, interval=self.interval.mirrored())


@dataclass(frozen=True, slots=True)
class Corrected(Estimate):
    """An estimate from which a judge's measured error was taken out."""

    raw: float = 0.0
    """The share as the judge found it."""
    labelled: int = 0
    """Answers labelled by people that the correction rests on."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no corrected figure. A value: the raw figure stands, marked as such."""

    reason: str
    """A sentence without a full stop, e.g. `the judge is no better than chance: ...`."""
    labelled: int = 0
