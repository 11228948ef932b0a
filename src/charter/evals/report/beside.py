"""What a report shows beside its run, where somebody gives it: coverage of the spec, prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.config import Price
from charter.evals.coverage import Coverage
from charter.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Covering:
    """A spec and which of its clauses have scenarios: a run does not hold those it did not test."""

    spec: Spec
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Beside:
    """Facts that are not in the ledger. Without them the report does without."""

    covering: Covering | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By name of the model."""


NOTHING = Beside()
