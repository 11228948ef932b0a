"""Ledgers of evaluations, beside the facts of a gateway's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from charter.cli.ledger_file import ledger_file
from charter.cli.screen import note, plain
from charter.errors import ConfigError
from charter.govern.counted import counted
from charter.govern.obligations.facts import Facts, Held, gather
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.calibration import CalibrationFinished, CalibrationStarted
from charter.records.grading import GradingFinished, GradingStarted
from charter.records.run import RunFinished, RunStarted

MEASURED = (
    RunStarted,
    RunFinished,
    GradingStarted,
    GradingFinished,
    CalibrationStarted,
    CalibrationFinished,
)
"""What `charter eval`, `grade` and `calibrate` leave of their work, in a ledger of their own."""


def with_runs(facts: Facts | None, places: Sequence[Path], at: datetime) -> Facts | None:
    """Return the facts with what evaluations in other ledgers found up to a time.

    What both have counts once. These records have no place in the ledger of `facts`, so their index
    is 0, and nothing that is deleted there touches them. A ledger of evaluations of which records
    are deleted counts for nothing, and that is said. Raises ConfigError without a ledger to put
    them beside, and LedgerError.
    """
    if not places or (facts is not None and facts.broken):
        return facts
    if facts is None:
        raise ConfigError(
            "--runs: there is no ledger of a gateway to put them beside",
            hint=f"look at them alone: --ledger {places[0]}",
        )
    records = dict(facts.records)
    for place in places:
        with Ledger(open_store(str(ledger_file(place)), create=False)) as ledger:
            found = gather(ledger, at=at)
        if found.lost:
            lost = counted(found.lost_count, "record")
            note(plain(f"warning: {place}: {lost} deleted, so nothing in it counts"))
            continue
        for kind in (each.__name__ for each in MEASURED):
            there = records.get(kind, ())
            known = {each.record for each in there}
            new = [
                Held(0, each.moment, each.record)
                for each in found.records.get(kind, ())
                if each.record not in known
            ]
            records[kind] = (*there, *new)
    return replace(facts, records=records)
