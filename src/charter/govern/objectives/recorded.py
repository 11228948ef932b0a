"""Alerts in the ledger: raised once, ended once, whoever looks and however often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from charter.govern.objectives.alerts import FIRING, OK, Reading
from charter.govern.objectives.breach import SEVERITY as BREACH
from charter.govern.objectives.objective import SEVERITIES
from charter.govern.objectives.status import Status
from charter.ledger.ledger import Ledger
from charter.records.objective import AlertEnded, AlertRaised

BY = "charter"
"""Who ends an alert that no longer burns."""
PLACES = 3
"""Decimals of a burn rate in records."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The alerts of a ledger by their `run`."""

    raised: Mapping[str, tuple[AlertRaised, ...]] = field(default_factory=dict)
    """In order of their number."""
    ended: frozenset[tuple[str, int]] = frozenset()

    def open(self, run: str) -> AlertRaised | None:
        """Return the newest alert of a line where nobody has ended it."""
        newest = self.raised.get(run, (None,))[-1]
        if newest is None or (run, newest.number) in self.ended:
            return None
        return newest

    @property
    def every_open(self) -> tuple[AlertRaised, ...]:
        """Return all alerts that nobody has ended, breaches too, by line and number."""
        return tuple(
            alert
            for run in sorted(self.raised)
            for alert in self.raised[run]
            if (run, alert.number) not in self.ended
        )

    def find(self, run: str, number: int) -> AlertRaised | None:
        """Return one alert."""
        return next((a for a in self.raised.get(run, ()) if a.number == number), None)


def alert_lines(ledger: Ledger) -> Lines:
    """Return the alerts of a ledger. Raises LedgerError."""
    return lines_of(record for _, record in ledger.read_any((AlertRaised, AlertEnded)))


def lines_of(records: Iterable[object]) -> Lines:
    """Return alerts from their records."""
    raised: dict[str, list[AlertRaised]] = {}
    ended: set[tuple[str, int]] = set()
    for record in records:
        if isinstance(record, AlertRaised):
            raised.setdefault(record.run, []).append(record)
        elif isinstance(record, AlertEnded):
            ended.add((record.run, record.number))
    ordered = {run: tuple(sorted(a, key=lambda each: each.number)) for run, a in raised.items()}
    return Lines(ordered, frozenset(ended))


def changes(
    found: Iterable[Status], lines: Lines, *, at: str, definition: str
) -> tuple[AlertRaised | AlertEnded, ...]:
    """Return what is to be recorded: alerts that begin to fire, and those that do so no more.

    An alert is not ended by data that stay away, nor by too few of them: only by windows that
    burn no more.
    """
    made: list[AlertRaised | AlertEnded] = []
    for status in found:
        for severity in SEVERITIES:
            run = line_of(status.objective.id, severity)
            burning, standing = status.alerts.firing(severity), lines.open(run)
            if burning is not None and standing is None:
                number = len(lines.raised.get(run, ())) + 1
                made.append(_raised(status, burning, run, number, at, definition))
            elif burning is None and standing is not None and _is_over(status, severity):
                reason = "no window burns more than its factor"
                made.append(AlertEnded(run, standing.number, at, BY, reason))
    return tuple(made)


def line_of(objective: str, severity: str) -> str:
    """Return the `run` of the alerts of an objective and severity."""
    return f"{objective}/{severity}"


def standing(lines: Lines, severity: str = BREACH) -> tuple[AlertRaised, ...]:
    """Return the alerts of a severity that nobody has ended: breaches, for what depends on none."""
    return tuple(each for each in lines.every_open if each.severity == severity)


def _is_over(status: Status, severity: str) -> bool:
    """Whether every row is fine by what it saw: an outage, without an event of late, ends none."""
    rows = [each for each in status.alerts.readings if each.windows.severity == severity]
    return all(
        each.state == OK
        and (each.short_burn is not None or (each.long_burn or 0) <= each.windows.factor)
        for each in rows
    )


def _raised(  # noqa: PLR0913, PLR0917 - the fields of a record
    status: Status, reading: Reading, run: str, number: int, at: str, definition: str
) -> AlertRaised:
    assert reading.state == FIRING  # noqa: S101 - as it was found
    return AlertRaised(
        run=run,
        number=number,
        at=at,
        objective=status.objective.id,
        severity=reading.windows.severity,
        definition=definition,
        long_minutes=reading.windows.long_minutes,
        bad=reading.bad,
        total=reading.total,
        burn=decimal(reading.long_burn),
        short_burn=decimal(reading.short_burn),
    )


def decimal(value: Fraction | None) -> str:
    """Return a burn rate as records hold it; empty for none."""
    return "" if value is None else f"{float(value):.{PLACES}f}"
