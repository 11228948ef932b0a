"""One sample of a log -> the facts of its reply and verdict.

What never was an answer is not graded, whatever the log's scorer made of it: the end of the reply
is looked at first (inspect_evals #2335: errors of providers arrive as completions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from charter.errors import ParseError
from charter.evals.inspect.read_log import LoggedSample, LoggedScore
from charter.evals.inspect.value import Reading, number, values
from charter.evals.score import DECIDED, Verdict
from charter.models.provider import Stop
from charter.records.record import Record
from charter.records.run import ReplyFailed, ReplyRecorded, ScenarioPlanned
from charter.records.score import CheckRun, ScoreRecorded

OWN = "adheres"
"""Name of the scorer of Charter's own task."""
STOPS: Mapping[str, Stop] = {
    "stop": Stop.STOP,
    "tool_calls": Stop.TOOL_CALLS,
    "max_tokens": Stop.LENGTH,
    "length": Stop.LENGTH,
    "model_length": Stop.LENGTH,
    "content_filter": Stop.FILTERED,
}
UNKNOWN_END = "unknown end"
SCORED_ALL_THE_SAME = "scored all the same"
MAX_REASON = 1000
_CHECKS = TypeAdapter(tuple[CheckRun, ...])
_UNDECIDED = {Stop.FILTERED: Verdict.FILTERED, Stop.LENGTH: Verdict.CUT_OFF}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is stored of one sample, and what was remarkable about it."""

    records: tuple[Record, ...]
    verdict: str
    notes: tuple[str, ...] = ()


def judged(sample: LoggedSample, planned: ScenarioPlanned, reading: Reading | None) -> Judged:
    """Return the facts of a sample; without a reading it is one of Charter's own task.

    Raises ParseError where what Charter's own scorer wrote cannot be read.
    """
    failed = _failed(sample)
    if failed is not None:
        return Judged((_failure(sample, planned.run, failed),), Verdict.ERROR.value)
    stop, notes = _stop(sample)
    verdict, score = _verdict(sample, planned, reading, stop)
    records: tuple[Record, ...] = (score,)
    if sample.stop is not None or sample.turns:
        records = (_reply(sample, planned.run, stop), score)
    claimed = _claimed(sample, reading)
    if verdict not in DECIDED and claimed in DECIDED and sample.invalidated is None:
        notes = (*notes, SCORED_ALL_THE_SAME)
    return Judged(records, verdict.value, notes)


def _failed(sample: LoggedSample) -> tuple[str, str] | None:
    """Return kind and words of the error that left no reply to grade."""
    if sample.error is not None:
        return "SampleError", sample.error
    own = sample.scores.get(OWN)
    if own is not None and "error" in own.metadata:
        return str(own.metadata["error"])[:100], own.explanation[:MAX_REASON]
    return None


def _failure(sample: LoggedSample, run: str, failed: tuple[str, str]) -> ReplyFailed:
    return ReplyFailed(run, sample.id, sample.epoch - 1, *failed)


def _stop(sample: LoggedSample) -> tuple[Stop, tuple[str, ...]]:
    """Return how the reply ended; a run that a limit halted is as good as cut off."""
    if sample.limit is not None:
        return Stop.LENGTH, ()
    known = STOPS.get(sample.stop or "stop")
    return (known, ()) if known is not None else (Stop.STOP, (UNKNOWN_END,))


def _verdict(
    sample: LoggedSample, planned: ScenarioPlanned, reading: Reading | None, stop: Stop
) -> tuple[Verdict, ScoreRecorded]:
    own = sample.scores.get(OWN) if reading is None else None
    if reading is None:
        verdict, reason = _own(own)
    else:
        verdict, reason = _read(sample, reading)
    undecided = _UNDECIDED.get(stop)
    if sample.invalidated is not None:
        verdict, reason = Verdict.NOT_JUDGED, f"declared invalid: {sample.invalidated}"
    elif undecided is not None and verdict is not undecided:
        verdict, reason = undecided, _why(sample, undecided)
    said: Mapping[str, Any] = own.metadata if own else {}
    refusal = said.get("refusal")
    score = ScoreRecorded(
        run=planned.run,
        scenario=sample.id,
        epoch=sample.epoch - 1,
        verdict=verdict.value,
        reason=reason,
        cites=str(said.get("cites") or planned.clause or planned.section),
        checks=_checks(sample, said),
        refusal=refusal if refusal in ("none", "partial", "full") else None,
        grader=str(said.get("grader") or (reading.words if reading else f"inspect:{OWN}")),
    )
    return verdict, score


def _own(score: LoggedScore | None) -> tuple[Verdict, str]:
    """Return what Charter's scorer said, unless it was changed in the log afterwards."""
    if score is None:
        return Verdict.NOT_JUDGED, "the log has no score of it"
    found = number(score.value)
    try:
        verdict = Verdict(str(score.metadata.get("verdict")))
    except ValueError:
        reason = f"unscored in the log: {score.explanation or score.reason or 'no reason given'}"
        return Verdict.NOT_JUDGED, reason[:MAX_REASON]
    claimed = (
        {1.0: Verdict.ADHERED, 0.0: Verdict.VIOLATED}.get(found) if found is not None else None
    )
    if claimed == (verdict if verdict in DECIDED else None):
        return verdict, score.explanation[:MAX_REASON]
    by = score.edited or "somebody, without saying so"
    return claimed or Verdict.NOT_JUDGED, f"changed in the log by {by}"[:MAX_REASON]


def _read(sample: LoggedSample, reading: Reading) -> tuple[Verdict, str]:
    """Return what the value at the path says."""
    found = values(sample)
    score = next(
        (s for n, s in sample.scores.items() if f"{reading.path}.".startswith(f"{n}.")), None
    )
    said = score.explanation.strip() if score else ""
    if reading.path not in found:
        return Verdict.NOT_JUDGED, f"the log has no {reading.path} of it"
    value = number(found[reading.path])
    if value is None:
        why = (score.reason if score else None) or said or "no reason given"
        return Verdict.NOT_JUDGED, f"unscored in the log: {why}"[:MAX_REASON]
    edited = f", changed by {score.edited}" if score and score.edited else ""
    more = f": {said}" if said else ""
    return reading.verdict(value), f"{reading.path} is {value:g}{edited}{more}"[:MAX_REASON]


def _claimed(sample: LoggedSample, reading: Reading | None) -> Verdict | None:
    """Return what the log's scorer made of the sample."""
    if reading is not None:
        value = number(values(sample).get(reading.path))
        return None if value is None else reading.verdict(value)
    return _own(sample.scores.get(OWN))[0]


def _why(sample: LoggedSample, undecided: Verdict) -> str:
    if undecided is Verdict.FILTERED:
        return "the provider's content filter answered for the model"
    if sample.limit is not None:
        return f"halted by a limit: {sample.limit}"
    return f"cut off after {sample.output_tokens} tokens"


def _checks(sample: LoggedSample, said: Mapping[str, Any]) -> tuple[CheckRun, ...]:
    try:
        return _CHECKS.validate_python(said.get("checks", []), strict=False)
    except ValidationError as cause:
        raise ParseError(
            f"sample {sample.id[:80]!r} has checks that cannot be read",
            hint="was the log changed by hand?",
        ) from cause


def _reply(sample: LoggedSample, run: str, stop: Stop) -> ReplyRecorded:
    return ReplyRecorded(
        run=run,
        scenario=sample.id,
        epoch=sample.epoch - 1,
        text=sample.text,
        stop=stop.value,
        calls=sample.calls,
        input_tokens=sample.input_tokens,
        output_tokens=sample.output_tokens,
        milliseconds=sample.milliseconds,
        attempts=sample.attempts,
    )
