"""Every kind of fact that is stored, and what tells one from another.

Every field is text, a whole number, a truth value, or a tuple or record of these: no floats,
so that the canonical JSON of a record is the same everywhere (RFC 8785 differs between
implementations on floats only).
"""

from __future__ import annotations

from typing import TypeAlias

from charter.records.calibration import (
    CalibrationFinished,
    CalibrationItem,
    CalibrationStarted,
)
from charter.records.grading import (
    GradingFinished,
    GradingStarted,
    JudgementRecorded,
)
from charter.records.label import (
    LabelRecorded,
)
from charter.records.log import (
    LogAttached,
)
from charter.records.run import (
    ReplyFailed,
    ReplyRecorded,
    RunFinished,
    RunStarted,
    ScenarioPlanned,
)
from charter.records.score import (
    ScoreRecorded,
)

Record: TypeAlias = (
    RunStarted
    | ScenarioPlanned
    | ReplyRecorded
    | ReplyFailed
    | ScoreRecorded
    | RunFinished
    | GradingStarted
    | JudgementRecorded
    | GradingFinished
    | CalibrationStarted
    | CalibrationItem
    | CalibrationFinished
    | LabelRecorded
    | LogAttached
)
RECORDS: tuple[type[Record], ...] = (
    RunStarted,
    ScenarioPlanned,
    ReplyRecorded,
    ReplyFailed,
    ScoreRecorded,
    RunFinished,
    GradingStarted,
    JudgementRecorded,
    GradingFinished,
    CalibrationStarted,
    CalibrationItem,
    CalibrationFinished,
    LabelRecorded,
    LogAttached,
)


def key_of(record: Record) -> str | None:
    """Return what must be unique in a ledger, so that no fact is recorded twice.

    None for failures: a reply may fail more than once before it succeeds.
    """
    kind = type(record).__name__
    match record:
        case ReplyFailed():
            return None
        case ScenarioPlanned():
            parts = [record.scenario]
        case ReplyRecorded():
            parts = [record.scenario, str(record.epoch)]
        case ScoreRecorded():
            again = [record.grading] if record.grading else []
            parts = [record.scenario, str(record.epoch), *again]
        case GradingStarted() | GradingFinished():
            parts = [record.grading]
        case JudgementRecorded():
            place = (record.epoch, record.judge, record.sample)
            parts = [record.grading, record.scenario, *map(str, place)]
        case CalibrationItem():
            parts = [record.item, str(record.sample)]
        case LabelRecorded():
            parts = [record.scenario, str(record.epoch), record.by]
        case LogAttached():
            parts = [record.digest]
        case _:
            parts = []
    return "/".join([kind, record.run, *parts])
