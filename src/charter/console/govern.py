"""What pages of accountability rest on beside the ledger: files of people, and evaluations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from charter.govern.incidents.closing import Proof
from charter.govern.incidents.regime import Question, Regime
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.incidents.state import Regression
from charter.govern.incidents.vocabulary import vocabulary

Proves = Callable[[Sequence[Regression]], Sequence[Proof]]
"""Looks up what scenarios came to in the runs that are named for them."""


def nowhere(wanted: Sequence[Regression]) -> tuple[Proof, ...]:
    """Return that no run is at hand: what evaluations say is handed in by whoever has it."""
    return tuple(Proof(each, None, None) for each in wanted)


@dataclass(frozen=True, slots=True)
class Govern:
    """Where roles and objectives are said, and how evaluations are looked up."""

    roles: Callable[[], Path | None] = lambda: None
    """File of who has which role; None where there is none."""
    objectives: Callable[[], Path | None] = lambda: None
    """File of objectives; None where there is none."""
    counts: str | Path | None = None
    """Place of the ledger, beside which its counts are kept; None: in memory."""
    proves: Proves = nowhere
    lock: threading.Lock = field(default_factory=threading.Lock)
    """For counting: one at a time."""


@cache
def regimes() -> tuple[Regime, ...]:
    """Return the regimes that come with Charter."""
    return load_regimes()


@cache
def known_fields() -> dict[str, Question | str]:
    """Return every field of an incident by its name."""
    return vocabulary(regimes())
