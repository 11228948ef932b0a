"""What a new version of a spec makes stale in a ledger: scores and calibrations."""

from __future__ import annotations

from collections.abc import Iterator

from charter.ledger.ledger import Ledger
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted
from charter.records.run import RunStarted
from charter.spec.changes.diff import Diff
from charter.spec.changes.stale import Rests, Stale, StaleItem


def stale_records(
    ledger: Ledger, diff: Diff, rests: Stale, *, measured: str = ""
) -> Iterator[StaleItem]:
    """Yield what in a ledger was measured against the old version and rests on changed rules.

    `measured` is the digest by which records name it, where that is not its own: of the stack that
    an overlay makes with what it stands on.
    """
    yield from _scores(ledger, measured or diff.old.digest, rests)
    yield from _calibrations(ledger, measured or diff.old.digest, rests)


def _scores(ledger: Ledger, old: str, rests: Stale) -> Iterator[StaleItem]:
    for run in ledger.read(RunStarted):
        touched = sum(scenario in rests.scenarios for scenario in run.scenarios)
        if run.spec_digest == old and touched:
            why = (
                f"{touched} of its {len(run.scenarios)} scenarios rest on rules that changed; "
                "`charter eval --stale` asks those again"
            )
            yield StaleItem(Rests.SCORE, run.run, ledger.where, why, broken=False)


def _calibrations(ledger: Ledger, old: str, rests: Stale) -> Iterator[StaleItem]:
    finished = {record.run for record in ledger.read(CalibrationFinished)}
    for found in ledger.read(CalibrationStarted):
        if found.spec_digest != old or found.run not in finished:
            continue
        items = {i.item: i.section for i in ledger.read(CalibrationItem, run=found.run)}
        touched = sum(section in rests.sections for section in items.values())
        why = (
            f"{found.judge.name} was measured against the old version, {touched} of the "
            f"{len(items)} answers in sections that changed; `charter calibrate` measures it anew"
        )
        yield StaleItem(Rests.CALIBRATION, found.run, ledger.where, why, broken=True)
