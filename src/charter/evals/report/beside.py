"""What a report shows beside its run, where somebody gives it: coverage of the spec, prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.config import Price
from charter.evals.coverage import Coverage


@dataclass(frozen=True, slots=True)
class Beside:
    """Facts that are not in the ledger. Without them the report does without."""

    coverage: Coverage | None = None
    """Of the whole spec, which a run does not hold."""
    digest: str | None = None
    """Of the spec that `coverage` is about."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By name of the model."""


NOTHING = Beside()
