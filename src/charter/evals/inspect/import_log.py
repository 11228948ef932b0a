"""A log of Inspect AI -> a run in a ledger, to be reported, graded again and compared.

The log is read twice: once to find out what is in it, then to write it down, a few hundred
samples at a time. What the log is and how it was read determines the id of the run, so that
importing it again adds nothing, and an import that was interrupted carries on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from charter.evals.inspect.choice import Found
from charter.evals.inspect.facts import attached, notes, started
from charter.evals.inspect.judged import judged
from charter.evals.inspect.read_log import Log
from charter.evals.inspect.value import leaves, number
from charter.evals.score import Verdict
from charter.ledger.ledger import Ledger
from charter.records.log import LogAttached
from charter.records.record import Record, key_of
from charter.records.run import ReplyFailed, ReplyRecorded, RunFinished, RunStarted, ScenarioPlanned
from charter.records.score import ScoreRecorded

BATCH = 200
"""Facts that are written at a time."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a log."""

    run: str
    already: bool
    """Whether the ledger had it, so that nothing was written."""
    verdicts: Counter[str]
    notes: tuple[str, ...]


def import_log(ledger: Ledger, found: Found) -> Imported:
    """Write a log into a ledger as a run. Raises ConfigError, ParseError and LedgerError."""
    run = found.run
    before = [record for record in ledger.read(LogAttached, run=run) if record.taken]
    if before:
        scores = ledger.read(ScoreRecorded, run=run)
        known = Counter(score.verdict for score in scores if not score.grading)
        known[Verdict.ERROR.value] += sum(1 for _ in ledger.read(ReplyFailed, run=run))
        return Imported(run, already=True, verdicts=known, notes=before[-1].notes)
    written = _written(ledger, run)
    verdicts, remarks = Counter[str](), Counter[str]()
    batch: list[Record] = []
    for record in _records(found, verdicts, remarks):
        if _identity(record) not in written:
            batch.append(record)
        if len(batch) >= BATCH:
            ledger.append(*batch)
            batch = []
    said = tuple(notes(found, remarks))
    last: list[Record] = [attached(found, said)]
    if not verdicts[Verdict.ERROR.value]:
        last.insert(0, RunFinished(run, found.at))
    ledger.append(*batch, *last)
    return Imported(run, already=False, verdicts=verdicts, notes=said)


def reduction_means(log: Log) -> dict[str, tuple[float, int]]:
    """Return the mean of each path over the log's own reductions, and of how many samples."""
    totals: dict[str, list[float]] = {}
    for reduction in log.reductions():
        for path, value in leaves(reduction.value, reduction.scorer):
            found = number(value)
            if found is not None:
                totals.setdefault(path, []).append(found)
    return {path: (sum(found) / len(found), len(found)) for path, found in totals.items()}


def _records(found: Found, verdicts: Counter[str], remarks: Counter[str]) -> Iterator[Record]:
    """Yield every fact of the run, and count what becomes of its replies."""
    run = found.run
    yield started(found)
    for sample_id, epochs in found.survey.members_by_id:
        planned: ScenarioPlanned | None = None
        for _, member in epochs:
            sample = found.log.sample(member)
            if planned is None:
                planned = found.placing.planned(run, sample)
                yield planned
            result = judged(sample, planned, found.reading)
            verdicts[result.verdict] += 1
            remarks.update(result.notes)
            yield from result.records
        for epoch in sorted({*range(1, found.survey.repeat + 1)} - {epoch for epoch, _ in epochs}):
            verdicts[Verdict.ERROR.value] += 1
            yield ReplyFailed(run, sample_id, epoch - 1, "NotInLog", "the log lacks this epoch")


def _written(ledger: Ledger, run: str) -> set[str]:
    """Return what an earlier import wrote before it was interrupted."""
    kinds: tuple[type[Record], ...] = (
        RunStarted,
        ScenarioPlanned,
        ReplyRecorded,
        ReplyFailed,
        ScoreRecorded,
    )
    return {_identity(record) for kind in kinds for record in ledger.read(kind, run=run)}


def _identity(record: Record) -> str:
    """Return what tells a fact from others; a failure has no key in the ledger."""
    if isinstance(record, ReplyFailed):
        return f"failed/{record.scenario}/{record.epoch}"
    return key_of(record) or ""
