"""Whether what had to be reported was reported in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from charter.govern.instants import instant
from charter.govern.obligations.facts import Facts, Held
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    counted,
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
    met, late, unknown = [], [], []
    for held, record in real:
        amended = told.get(record.run, [])
        sent = _sent(amended, report)
        if sent is None:
            continue
        begun = _start([change for _, change in amended], texts(arguments, "starts"))
        if begun is None:
            unknown.append(held)
        elif sent[1] <= begun + timedelta(hours=hours):
            met.append(sent[0])
        else:
            late.append(sent[0])
    counts = {"in_time": len(met), "late": len(late), "start_unknown": len(unknown)}
    measured = {name: str(count) for name, count in counts.items()}
    shown = [*met, *late, *unknown]
    if not shown:
        what = f"{counted(len(real), 'incident')} on record, none reported by {report}"
        return Evidence(Found.NONE, f"{what}; {CAUTION}", links(each for each, _ in real), measured)
    said = f"{len(met)} submitted within {hours} hours, {len(late)} late"
    said += f", {len(unknown)} without a known start" if unknown else ""
    found = Found.FULL if not late and not unknown and met else Found.PARTIAL
    last = max(each.moment for each in shown)
    return Evidence(found, f"{said}; {CAUTION}", links(shown), measured, last)


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
