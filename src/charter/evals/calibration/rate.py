"""A share of answers that a judge got right or wrong, with what its failures could hide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from charter.estimates.cluster import effective_number
from charter.estimates.interval import Interval, clopper_pearson


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `decided` answers; on `failed` more, the judge gave no verdict."""

    count: int
    decided: int
    failed: int
    effective: float
    """Independent answers that would tell as much: several answer one conversation."""
    interval: Interval | None
    """Exact 95 % interval of `value`; None without a decided answer."""

    @property
    def value(self) -> float | None:
        """The share of the decided; None without any."""
        return self.count / self.decided if self.decided else None

    @property
    def bounds(self) -> Interval | None:
        """What the share would be with all failures against it, and with all for it."""
        planned = self.decided + self.failed
        if not planned:
            return None
        return Interval(self.count / planned, (self.count + self.failed) / planned)

    @property
    def counts(self) -> tuple[float, float]:
        """Right ones and all as effective numbers, as the correction of Rogan and Gladen takes."""
        return (self.value or 0.0) * self.effective, self.effective


def rate(outcomes: Sequence[bool | None], clusters: Sequence[str]) -> Rate:
    """Return the share of True among the decided; None is a failure.

    The interval is that of Clopper and Pearson with the effective number of answers.
    Source: Korn and Graubard 1998, Survey Methodology 24, 193-201.
    """
    pairs = sorted(
        (cluster, outcome)
        for outcome, cluster in zip(outcomes, clusters, strict=True)
        if outcome is not None
    )
    if not pairs:
        return Rate(0, 0, len(outcomes), 0.0, None)
    values = [float(outcome) for _, outcome in pairs]
    effective = effective_number(values, [cluster for cluster, _ in pairs])
    count = sum(outcome for _, outcome in pairs)
    share = count / len(pairs)
    interval = clopper_pearson(min(share * effective, effective), effective)
    return Rate(count, len(pairs), len(outcomes) - len(pairs), effective, interval)
