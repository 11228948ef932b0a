"""Whether instruments were measured on labelled answers."""

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

TITLE = "a judge found fit on labelled answers within so many days"
ARGUMENTS: Mapping[str, type] = {"days": int}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Count calibrations by what they found."""
    if look.facts is None:
        return NO_LEDGER
    every = look.facts.of(CalibrationFinished)
    if not every:
        return nothing("no judge was measured on labelled answers")
    recent = [each for each in every if each[0].moment >= look.since(number(arguments, "days"))]
    fit = [each for each in recent if each[1].fitness == "fit"]
    measured = {"calibrations": str(len(recent)), "fit": str(len(fit))}
    days = number(arguments, "days")
    said = f"{counted(len(recent), 'calibration')} in {counted(days, 'day')}, {len(fit)} found fit"
    found = Found.FULL if fit else Found.PARTIAL
    return Evidence(found, said, links(fit or every), measured, newest(every))
