"""Whether a model was measured against the rules lately, by judges known to be fit."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    links,
    newest,
    nothing,
    number,
)
from charter.records.calibration import CalibrationFinished
from charter.records.grading import GradingFinished, GradingStarted
from charter.records.run import RunFinished, RunStarted

TITLE = "a finished evaluation of the spec within so many days, by calibrated judges"
ARGUMENTS: Mapping[str, type] = {"days": int}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Look at finished runs, at their gradings, and at what those rely on."""
    if look.facts is None:
        return NO_LEDGER
    facts = look.facts
    begun = {record.run: record for _, record in facts.of(RunStarted)}
    every = [each for each in facts.of(RunFinished) if each[1].run in begun]
    if not every:
        return nothing("no evaluation has finished")
    recent = [each for each in every if each[0].moment >= look.since(number(arguments, "days"))]
    fit = {record.run for _, record in facts.of(CalibrationFinished) if record.fitness == "fit"}
    done = {(record.run, record.grading) for _, record in facts.of(GradingFinished)}
    judged = {
        record.run
        for _, record in facts.of(GradingStarted)
        if (record.run, record.grading) in done
        and record.calibrations
        and all(each in fit for each in record.calibrations)
    }
    own = [each for each in recent if _own(look, begun[each[1].run].spec_digest)]
    good = [each for each in own if each[1].run in judged]
    measured = {
        "runs": str(len(recent)),
        "of_this_spec": str(len(own)),
        "calibrated": str(len(good)),
    }
    said = (
        f"{counted(len(recent), 'evaluation')} in {counted(number(arguments, 'days'), 'day')}, "
        f"{len(own)} of this spec, {len(good)} graded by judges that are fit"
    )
    found = Found.FULL if good and look.spec is not None else Found.PARTIAL
    return Evidence(found, said, links(good or recent or every), measured, newest(every))


def _own(look: Look, digest: str) -> bool:
    return look.spec is None or look.spec.digest == digest
