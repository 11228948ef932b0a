"""A share that people's judgements give, with its interval, or none where there are too few."""

from __future__ import annotations

from dataclasses import dataclass

from charter.estimates.interval import Interval, clopper_pearson


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, and what that says."""

    count: int
    n: int
    enough: int
    """The number below which nothing is stated."""
    interval: Interval | None
    """Exact, 95 %: Clopper and Pearson 1934; None where there are too few."""

    @property
    def too_few(self) -> bool:
        """Whether there are too few for a figure to mean anything."""
        return self.interval is None

    @property
    def value(self) -> float | None:
        """The share; None where there are too few."""
        return None if self.interval is None else self.count / self.n


def share(count: int, n: int, *, enough: int) -> Share:
    """Return a share. Raises ValueError where more than all are counted, or `enough` is below 1."""
    if not 0 <= count <= n or enough < 1:
        raise ValueError(f"{count} of {n} is no share")
    return Share(count, n, enough, clopper_pearson(count, n) if n >= enough else None)
