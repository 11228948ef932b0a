"""What is put forward for a release: evaluations, gates, thresholds and objectives, as values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from charter.cli.ledger_file import ledger_file
from charter.errors import ConfigError, LedgerError
from charter.evals.gate.format import GateJson
from charter.evals.stale import stale_records
from charter.govern.releases.facts import Differences
from charter.govern.releases.gate import GateState, RunState, ThresholdState
from charter.govern.roles import APPROVER, Roles
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import read_source
from charter.records.run import RunFinished, RunStarted
from charter.spec.changes.stale import StaleItem

LATEST = "latest"
MAX_DEPTH = 40


class GateFile(NamedTuple):
    """A result of `charter gate --format json`."""

    state: GateState
    digest: str


def gates_of(files: Sequence[Path]) -> list[GateFile]:
    """Read results of gates; two files of one name go by their paths. Raises ConfigError."""
    names = Counter(file.name for file in files)
    return [gate_of(file, file.name if names[file.name] < 2 else str(file)) for file in files]


def gate_of(file: Path, name: str) -> GateFile:
    """Read the result of a gate. Raises ConfigError where the file is none."""
    source = read_source(file)
    try:
        found = GateJson.model_validate(json.loads(source.text))
    except (ValueError, RecursionError, ValidationError) as cause:
        raise ConfigError(
            f"{file} is no result of a gate", hint="charter gate … --format json --out gate.json"
        ) from cause
    what = f"{found.headline} (run {found.candidate.id})"
    state = GateState(name, found.verdict, found.candidate.spec.digest, what)
    return GateFile(state, source.digest)


def runs_of(names: Sequence[str], place: Path) -> Iterator[RunState]:
    """Yield the evaluations of these names, in the ledger that `charter eval` wrote.

    Raises LedgerError where there is none.
    """
    if not names:
        return
    with Ledger(open_store(str(ledger_file(place)), create=False)) as ledger:
        started = list(ledger.read(RunStarted))
        for name in dict.fromkeys(names):
            found = [each for each in started if name in (LATEST, each.run)]
            if not found:
                raise LedgerError(
                    f"ledger {ledger.where} has no run {name!r:.80}",
                    hint="see `charter report --list`; name its folder with --runs",
                )
            run = found[-1]
            ended = any(True for _ in ledger.read(RunFinished, run=run.run))
            yield RunState(run.run, run.spec_digest, ended, frozenset(run.scenarios))


def stale_of(found: Differences, place: Path) -> Iterator[StaleItem]:
    """Yield scores and calibrations in the ledger of evaluations that rest on what changed."""
    file = ledger_file(place)
    if not file.is_file():
        return
    with Ledger(open_store(str(file), create=False)) as ledger:
        for each, rests in zip(found.diffs, found.rests, strict=True):
            yield from stale_records(ledger, each, rests)


def thresholds_of(given: Mapping[str, Any], roles: Roles, at: str) -> tuple[ThresholdState, ...]:
    """Return the states of the thresholds that gate releases; none without a file.

    A file of which none is about the model counts as crossed: a slip of the pen in its name would
    pass them all.
    """
    if given["thresholds_file"] is None:
        return ()
    from charter.govern.thresholds.judge import judge  # noqa: PLC0415 - rarely wanted
    from charter.govern.thresholds.read_evidence import load_evidence  # noqa: PLC0415 - the same
    from charter.govern.thresholds.read_thresholds import load_thresholds  # noqa: PLC0415 - the same
    from charter.govern.thresholds.threshold import State  # noqa: PLC0415 - the same

    thresholds = load_thresholds(given["thresholds_file"])
    evidence = [each for file in given["evidence_files"] for each in load_evidence(file)]
    holders = [roles.people[each] for each in roles.anywhere(APPROVER, at=at)]
    states = judge(
        thresholds,
        evidence,
        at=datetime.fromisoformat(at).astimezone(UTC),
        model=given["model"] or "",
        approvers=[name for each in holders for name in (each.id, each.name)],
    )
    found = tuple(
        ThresholdState(each.id, each.state.value, each.why)
        for each in states
        if each.threshold.release
    )
    why = f"{given['thresholds_file'].name} has none that gates releases of {given['model'] or '?'}"
    return found or (ThresholdState("none", State.CROSSED.value, why),)
