"""Names that lately occurred in decisions: offered where somebody types one, and compared with it.

A stop of a name that is spelled wrongly stops nothing, and nothing else would tell.
"""

from __future__ import annotations

from typing import NamedTuple

from charter.ledger.ledger import Ledger
from charter.records.decision import DecisionRecorded

NEWEST = 500
"""Decisions that are looked at."""
MOST = 100
"""Names of each kind."""


class Known(NamedTuple):
    """Names, in order."""

    applications: tuple[str, ...]
    tools: tuple[str, ...]

    def of(self, reach: str) -> tuple[str, ...]:
        """Return the names that a stop can reach."""
        return {"app": self.applications, "tool": self.tools}.get(reach, ())


def known(ledger: Ledger) -> Known:
    """Return the names in the newest decisions. Raises LedgerTampered and LedgerUnavailable."""
    applications: dict[str, None] = {}
    tools: dict[str, None] = {}
    for record in ledger.read(DecisionRecorded, newest=True, limit=NEWEST):
        applications[record.application] = None
        if record.tool:
            tools[record.tool] = None
    return Known(_sorted(applications), _sorted(tools))


def _sorted(names: dict[str, None]) -> tuple[str, ...]:
    return tuple(sorted(list(names)[:MOST]))
