"""What a ledger has of alerts and decisions, for the incidents that are opened from them."""

from __future__ import annotations

from collections.abc import Iterable

from charter.errors import ConfigError
from charter.govern.objectives.counting import LedgerLook
from charter.govern.objectives.recorded import alert_lines
from charter.ledger.ledger import Ledger
from charter.records.decision import DecisionRecorded
from charter.records.objective import AlertRaised
from charter.records.review import ReviewRecorded

MOST = 50
"""Decisions that one incident is filled from."""


def decisions_in(ledger: Ledger, names: Iterable[str]) -> tuple[DecisionRecorded, ...]:
    """Return the decisions of some ids, as far as they are in the ledger."""
    look = LedgerLook(ledger)
    found = (look.decision(name) for name in tuple(dict.fromkeys(names))[:MOST])
    return tuple(each for each in found if each is not None)


def alert_named(ledger: Ledger, wanted: str) -> AlertRaised:
    """Return an alert by RUN/NUMBER. Raises ConfigError."""
    run, _, number = wanted.rpartition("/")
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    found = alert_lines(ledger).find(run, int(number)) if is_number else None
    if found is None:
        raise ConfigError(
            f"no alert {wanted[:80]!r}", hint="RUN/NUMBER, as `charter objectives alerts` has it"
        )
    return found


def decision_named(ledger: Ledger, wanted: str) -> DecisionRecorded:
    """Return a decision by its id. Raises ConfigError."""
    found = decisions_in(ledger, (wanted,))
    if not found:
        raise ConfigError(
            f"no decision {wanted[:80]!r}", hint="its id is in the log of the gateway"
        )
    return found[0]


def section_reviewed(ledger: Ledger, wanted: str) -> str:
    """Return the section that people judged a decision by; the last. Raises ConfigError."""
    said = [each.section for each in ledger.read(ReviewRecorded, run=wanted)]
    if not said:
        raise ConfigError(
            f"no review of {wanted[:80]!r}", hint="reviews are filed under the id of the decision"
        )
    return said[-1]
