"""Hours of the rollup -> what happened in windows, all those that end with one minute at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from charter.govern.objectives.objective import Objective
from charter.govern.objectives.rollup_hours import HOUR, unpacked
from charter.govern.objectives.rollup_store import Session

_OF = "FROM hours WHERE series = :series AND place = :place"
Statement = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Windows:
    """Events of one series and place by application and model, in windows with one end."""

    starts: tuple[int, ...]
    """First minutes, in their order."""
    found: Mapping[tuple[str, str], Sequence[tuple[int, int]]]
    """Bad and all events by application and model, one pair for each start."""

    def events(self, first: int, application: str, model: str) -> tuple[int, int]:
        """Return bad and all events from minute `first` on; an empty name is any."""
        at = self.starts.index(first)
        pairs = [
            sums[at]
            for (one, other), sums in self.found.items()
            if application in ("", one) and model in ("", other)
        ]
        return sum(bad for bad, _ in pairs), sum(total for _, total in pairs)


def starts_of(objective: Objective, minutes: int, last: int) -> tuple[int, ...]:
    """Return where windows begin: that of so many minutes, and all that an objective has."""
    rows = objective.windows
    wanted = {minutes, objective.period_minutes, *(row.long_minutes for row in rows)}
    wanted |= {row.short_minutes for row in rows}
    return tuple(sorted(last - each + 1 for each in wanted))


def windows_of(
    session: Session, series: str, place: str, starts: tuple[int, ...], last: int
) -> Windows:
    """Return what happened from each of the `starts` to minute `last`, the ends included."""
    parts: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    statement, values = whole_hours(series, place, starts, last)
    for application, model, part, bad, total in session.all(statement, values):
        parts.setdefault((application, model), []).append((int(part), int(bad), int(total)))
    statement, values = edge_hours(series, place, starts, last)
    for hour, application, model, minutes in session.all(statement, values):
        mine = parts.setdefault((application, model), [])
        for minute, bad, total in unpacked(bytes(minutes)):
            at = hour * HOUR + minute
            if at <= last:
                mine.append((bisect_right(starts, at), bad, total))
    found = {names: _summed(each, len(starts)) for names, each in parts.items()}
    return Windows(starts, found)


def _summed(parts: Iterable[tuple[int, int, int]], windows: int) -> list[tuple[int, int]]:
    """Return the sums of windows: what lies after so many starts is in as many of them."""
    bads, totals = [0] * (windows + 1), [0] * (windows + 1)
    for part, bad, total in parts:
        bads[part] += bad
        totals[part] += total
    sums = zip(accumulate(reversed(bads[1:])), accumulate(reversed(totals[1:])), strict=True)
    return list(sums)[::-1]


def _edges(starts: Sequence[int], last: int) -> list[int]:
    """Return the hours that lie in some window in part only."""
    cut = {start // HOUR for start in starts if start % HOUR}
    return sorted(cut | ({last // HOUR} if (last + 1) % HOUR else set()))


def whole_hours(series: str, place: str, starts: Sequence[int], last: int) -> Statement:
    """Return the query for sums of whole hours by how many windows have begun: the long one."""
    edges = _edges(starts, last)
    begun = " + ".join(f"CASE WHEN hour >= :s{at} THEN 1 ELSE 0 END" for at in range(len(starts)))
    others = f" AND hour NOT IN ({_names(edges)})" if edges else ""
    statement = (
        f"SELECT application, model, {begun}, sum(bad), sum(total) {_OF}"
        f" AND hour >= :s0 AND hour <= :last{others} GROUP BY 1, 2, 3"
    )
    values = {f"s{at}": -(-start // HOUR) for at, start in enumerate(starts)}
    return statement, _values(series, place, edges) | values | {"last": last // HOUR}


def edge_hours(series: str, place: str, starts: Sequence[int], last: int) -> Statement:
    """Return the query for the hours in which windows begin or end, with their minutes."""
    edges = _edges(starts, last)
    statement = f"SELECT hour, application, model, minutes {_OF} AND hour IN ({_names(edges)})"
    return statement, _values(series, place, edges)


def _names(edges: Sequence[int]) -> str:
    return ", ".join(f":h{at}" for at in range(len(edges))) or "NULL"


def _values(series: str, place: str, edges: Sequence[int]) -> dict[str, Any]:
    return {"series": series, "place": place} | {f"h{at}": each for at, each in enumerate(edges)}
