"""What a preparedness threshold is, what evidence is, and what was found. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Rule(StrEnum):
    """When the indicators of a threshold, taken together, have it crossed."""

    ANY = "any"
    """Where one indicator is crossed."""
    ALL = "all"
    """Where every indicator is crossed."""
    MAJORITY = "majority"
    """Unless more than half of the indicators pass: a tie is crossed."""
    CANNOT_RULE_OUT = "cannot-rule-out"
    """Unless every indicator passes. As `any`, by the name that preparedness frameworks use."""


class State(StrEnum):
    """What is said of an indicator or a threshold. There is nothing in between."""

    PASSED = "passed"
    CROSSED = "crossed"


class Why(StrEnum):
    """The reason for the state of an indicator."""

    BELOW = "below"
    """The upper confidence bound is below threshold minus margin: the only way to pass."""
    ABOVE = "above"
    """The lower confidence bound, too, is at or above it."""
    NOT_RULED_OUT = "not-ruled-out"
    """The upper confidence bound is at or above it, the lower one is not."""
    MISSING = "missing"
    OTHER_MODEL = "other-model"
    """There is evidence, of other models only."""
    STALE = "stale"
    """Older than `max_age_days`."""
    FUTURE = "future"
    """Dated after the time that is asked about."""
    DIGEST = "digest"
    """Not the evidence that the file names by its digest."""
    CONFIDENCE = "confidence"
    """The interval holds with less confidence than is asked for."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measured quantity that must stay low. All numbers are exact decimals."""

    id: str
    evidence: str
    """Name of the quantity, as evidence has it."""
    threshold: Decimal
    margin: Decimal
    """Not negative; taken off the threshold."""
    max_age_days: int
    confidence: Decimal
    """Least level of the two-sided interval, in (0, 1)."""
    digest: str
    """The evidence that was agreed on; empty where any that is fresh will do."""

    @property
    def limit(self) -> Decimal:
        """What the upper confidence bound must be below."""
        return self.threshold - self.margin


@dataclass(frozen=True, slots=True)
class Threshold:
    """One threshold of one category of risk, and who answers for it."""

    id: str
    title: str
    category: str
    level: str
    """high, critical, or own: a threshold of one's own making."""
    indicators: tuple[Indicator, ...]
    """At least one."""
    rule: Rule
    owner: str
    approver: str
    """Never the owner."""
    expires: datetime
    """From then on it counts as crossed, until somebody looks at it again."""
    release: bool
    """Whether it gates releases."""
    gateway: bool
    """Whether it gates what the gateway serves."""
    models: tuple[str, ...]
    """Patterns such as `gpt-*`; empty for every model."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A file of them."""

    path: str
    digest: str
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measurement of one quantity of one model, with its two-sided interval."""

    name: str
    value: Decimal
    low: Decimal
    high: Decimal
    confidence: Decimal
    at: datetime
    model: str
    digest: str
    """Of the file it was read from, or of what it was computed from."""
    source: str
    """Where it comes from, in words that can be shown."""
    n: int | None = None
    """What the interval rests on, where it is known."""


@dataclass(frozen=True, slots=True)
class IndicatorState:
    """What was found for one indicator."""

    indicator: Indicator
    state: State
    why: Why
    said: str
    """The reason in words."""
    evidence: Evidence | None
    """What it rests on, or the nearest there is; None without any."""


@dataclass(frozen=True, slots=True)
class ThresholdState:
    """What was found for one threshold."""

    id: str
    title: str
    state: State
    why: str
    """The reason in words."""
    threshold: Threshold
    indicators: tuple[IndicatorState, ...]

    @property
    def crossed(self) -> bool:
        """Whether it stands in the way."""
        return self.state is State.CROSSED
