"""What a gate can find, and how much evidence each finding has and needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from charter.estimates.multiplicity import holm
from charter.estimates.sequence import Evidence


class GateVerdict(StrEnum):
    """What becomes of the candidate."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NEED_MORE = "need_more"
    """The evidence shows neither."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The evidence for one claim."""

    now: float
    """Natural logarithm of the e-value on everything that was drawn."""
    peak: float
    """The highest it was on the way; 0 at least. The claim rests on it."""
    level: float
    """The e-value that establishes the claim."""
    reached: int | None
    """After how many units it was established."""

    @property
    def established(self) -> bool:
        """Whether there is evidence enough."""
        return self.reached is not None

    @property
    def p(self) -> float:
        """Anytime-valid p-value, not corrected for the number of claims."""
        return math.exp(-self.peak)


@dataclass(frozen=True, slots=True)
class More:
    """Units that are still needed, beyond those with a reply; None where no number would do."""

    to_pass: int | None
    """If the units to come are like those that were drawn."""
    to_fail: int | None
    if_equal: int | None
    """To pass, if both models are equally good and differ as often as they did."""


def claim(evidence: Evidence, level: float) -> Claim:
    """Return the claim that an e-value of `level` establishes."""
    return Claim(evidence.now, evidence.peak, level, evidence.reached(level))


def verdict_of(passing: Claim, failing: Claim) -> GateVerdict:
    """Return the verdict on one group. Where the evidence went both ways, the worse one holds."""
    if failing.established:
        return GateVerdict.FAIL
    return GateVerdict.PASS if passing.established else GateVerdict.NEED_MORE


def levels(failing: Sequence[Evidence], alpha: float) -> list[float]:
    """Return the e-value that each of several claims of failure takes, by Holm's method.

    With `k` claims the strongest takes `k / alpha`; each that is established makes it easier for
    the next one.
    """
    adjusted = holm([evidence.p for evidence in failing])
    shown = sorted(
        (index for index, p in enumerate(adjusted) if p <= alpha),
        key=lambda index: -failing[index].peak,
    )
    places = {index: place for place, index in enumerate(shown)}
    return [(len(failing) - places.get(i, len(shown))) / alpha for i in range(len(failing))]
