"""Objectives: what is promised, what is kept, what is left of the budget, which alerts fire."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from starlette.responses import Response

from charter.console.desk import Desk
from charter.console.guard import Visit
from charter.console.view import view
from charter.errors import CharterError, LedgerError
from charter.govern.objectives.judge_errors import errors_of
from charter.govern.objectives.objective import spoken
from charter.govern.objectives.objectives_file import load_objectives
from charter.govern.objectives.recorded import Lines, alert_lines
from charter.govern.objectives.rollup import Rollup
from charter.govern.objectives.rollup_open import open_rollups
from charter.govern.objectives.status import Status, as_of, statuses

MARKS = {
    "ok": "allow",
    "firing": "deny",
    "too few events": "dormant",
    "no data": "dormant",
    "not fit": "skipped",
    "left": "allow",
    "spent": "deny",
    "not sure": "flag",
    "unknown": "dormant",
}
"""State of alerts or of a budget -> look of its mark."""
MOST_ALERTS = 100
PATIENCE = 1.0
"""Seconds that a page waits while another counts: whoever waits keeps a thread of the console."""
COUNTING = "somebody else has them counted just now, which takes long the first time: ask again"


@dataclass(frozen=True, slots=True)
class Found:
    """What can be said of objectives now."""

    statuses: tuple[Status, ...] = ()
    lines: Lines = field(default_factory=Lines)
    why: str = ""
    """Why nothing can be said; empty where it can."""
    took: float = 0.0
    """Seconds."""


def objectives(visit: Visit) -> Response:
    """Show every objective as it stands."""
    found = measure(visit.desk)
    return view(
        visit,
        "objectives.html.j2",
        found=found,
        alerts=found.lines.every_open[:MOST_ALERTS],
        marks=MARKS,
        percent=percent,
        spoken=spoken,
        now=visit.desk.now(),
    )


def measure(desk: Desk) -> Found:
    """Return how all objectives stand. Raises LedgerError where the ledger cannot be used."""
    path = desk.govern.objectives()
    if path is None:
        return Found(lines=alert_lines(desk.ledger))
    begun = time.perf_counter()
    try:
        file = load_objectives(Path(path))
    except LedgerError:
        raise
    except CharterError:
        said = "the file of objectives cannot be read: `charter objectives check` says why"
        return Found(lines=alert_lines(desk.ledger), why=said)
    if not desk.govern.lock.acquire(timeout=PATIENCE):
        return Found(lines=alert_lines(desk.ledger), why=COUNTING)
    try:
        rollup = Rollup(open_rollups(desk.govern.counts)[0], errors=errors_of(desk.ledger))
        try:
            rollup.update(desk.ledger)
            found = statuses(file, as_of(rollup.measure, int(desk.now() * 1000)))
        finally:
            rollup.close()
    finally:
        desk.govern.lock.release()
    return Found(found, alert_lines(desk.ledger), took=time.perf_counter() - begun)


def percent(share: float | Fraction, digits: int = 2) -> str:
    """Return a share in percent, with no digit that says nothing: `99.5 %`."""
    text = f"{float(share) * 100:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"
