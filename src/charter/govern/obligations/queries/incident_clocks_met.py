"""Whether what had to be reported was reported in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache

from charter.govern.counted import counted
from charter.govern.incidents.clocks import OVERDUE, clocks
from charter.govern.incidents.fold import fold
from charter.govern.incidents.regime import Regime
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.instants import instant
from charter.govern.obligations.facts import Facts, Held
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    links,
    nothing,
    number,
    text,
    texts,
)
from charter.records.incident import IncidentAmended, IncidentOpened

TITLE = "each incident reported to a regime within so many hours of a time on record"
ARGUMENTS: Mapping[str, type] = {"report": str, "hours": int, "starts": list}
CAUTION = "whether each incident is one that the regime means, people have to say"


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Compare, for each report of the kind `regime/stage`, its time with that of the start."""
    if look.facts is None:
        return NO_LEDGER
    real = [each for each in look.facts.of(IncidentOpened) if not each[1].drill]
    if not real:
        return nothing("no incident is on record: nothing was due, so nothing can be shown")
    report, hours = text(arguments, "report"), number(arguments, "hours")
    told = _amended(look.facts)
    met, late, unknown, overdue = [], [], [], []
    for held, record in real:
        amended = told.get(record.run, [])
        sent = _sent(amended, report)
        if sent is None:
            if _is_overdue([record, *(change for _, change in amended)], report, look.at):
                overdue.append(held)
            continue
        begun = _start([change for _, change in amended], texts(arguments, "starts"))
        if begun is None:
            unknown.append(held)
        elif sent[1] <= begun + timedelta(hours=hours):
            met.append(sent[0])
        else:
            late.append(sent[0])
    counts = {"in_time": len(met), "late": len(late), "start_unknown": len(unknown)}
    counts["overdue"] = len(overdue)
    measured = {name: str(count) for name, count in counts.items()}
    shown = [*met, *late, *unknown, *overdue]
    if not (met or late or unknown):
        what = f"{counted(len(real), 'incident')} on record, none reported by {report}"
        return Evidence(Found.NONE, f"{what}; {CAUTION}", links(each for each, _ in real), measured)
    said = f"{len(met)} submitted within {counted(hours, 'hour')}, {len(late)} late"
    said += f", {len(unknown)} without a known start" if unknown else ""
    said += f", {len(overdue)} not submitted and overdue by the regime's clock" if overdue else ""
    found = Found.FULL if met and not (late or unknown or overdue) else Found.PARTIAL
    last = max(each.moment for each in shown)
    return Evidence(found, f"{said}; {CAUTION}", links(shown), measured, last)


@cache
def _regimes() -> Mapping[str, Regime]:
    return {each.id: each for each in load_regimes()}


def _is_overdue(
    records: Iterable[IncidentOpened | IncidentAmended], report: str, at: datetime
) -> bool:
    """Whether the clock of a report that was not handed in has run out, if the regime applies."""
    name, _, stage = report.partition("/")
    regime = _regimes().get(name)
    if regime is None:
        return False
    found = clocks(fold(records, now=at), (regime,), now=at)
    return any(clock.stage == stage and clock.state == OVERDUE for clock in found)


def _amended(facts: Facts) -> dict[str, list[tuple[Held, IncidentAmended]]]:
    found: dict[str, list[tuple[Held, IncidentAmended]]] = {}
    for held, record in facts.of(IncidentAmended):
        found.setdefault(record.run, []).append((held, record))
    return found


def _sent(amended: list[tuple[Held, IncidentAmended]], report: str) -> tuple[Held, datetime] | None:
    """Return the first report of a kind, with the time that was stated for it."""
    found = [
        (held, instant(record.value) or held.moment)
        for held, record in amended
        if record.change == "submitted" and record.name == report
    ]
    return min(found, key=lambda each: each[1], default=None)


def _start(amended: list[IncidentAmended], names: tuple[str, ...]) -> datetime | None:
    """Return the first of the times that start the clock: the last that was said of each."""
    said = {
        record.name: instant(record.value)
        for record in amended
        if record.change == "time" and record.name in names
    }
    return min((each for each in said.values() if each is not None), default=None)
