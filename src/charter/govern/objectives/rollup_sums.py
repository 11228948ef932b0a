"""Events of counted indicators -> hours of the rollup, by place, application and model."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.instants import MINUTE_MS, milliseconds
from charter.govern.objectives.indicator import Events
from charter.govern.objectives.rollup_hours import HOUR, Cell, Minutes, add
from charter.govern.objectives.rollup_store import Session

MOST_NAMES: Mapping[str, int] = {"place": 2000, "application": 200, "model": 200}
"""Values of one dimension that are told apart: clients that invent models make nothing grow."""
OTHER = "(other)"
MOST_NAME = 300
_MOST_KEPT = 20_000
"""Combinations of places whose names are looked up once."""


class Names:
    """The names that are told apart, the first so many of each dimension."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._names: dict[str, set[str]] = {dimension: set() for dimension in MOST_NAMES}
        for dimension, name in session.all("SELECT dimension, name FROM names"):
            self._names.setdefault(dimension, set()).add(name)

    def known(self, dimension: str, name: str) -> str:
        """Return a name, or `(other)` where there are too many; the empty one is always known."""
        known = self._names[dimension]
        if not name or name in known:
            return name
        name = name.replace("\x00", "\ufffd")  # PostgreSQL cannot hold it
        if name in known:
            return name
        if len(known) >= MOST_NAMES[dimension] or len(name) > MOST_NAME:
            return OTHER
        known.add(name)
        self._session.run(
            "INSERT INTO names VALUES (:dimension, :name) ON CONFLICT (dimension, name) DO NOTHING",
            {"dimension": dimension, "name": name},
        )
        return name


class Sums:
    """Takes events in the order of the ledger within one transaction; `save` writes the sums."""

    def __init__(self, session: Session, names: Names) -> None:
        self._session = session
        self._names = names
        self._hours: dict[Cell, Minutes] = {}
        self._of: dict[tuple[str, tuple[str, ...], int, str, str], tuple[Minutes, ...]] = {}
        """By the names as they come: the hours of all places of an event; most share them."""
        self._places: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._last: tuple[str, int | None] = ("", None)

    def take(self, series: str, event: Events) -> None:
        """Count what happened at one moment; left out where its time cannot be read."""
        at, bad, total, places, application, model = event
        if total <= 0 or bad < 0:
            return
        if self._last[0] != at:  # the indicators of one record have one moment
            moment = milliseconds(at)
            self._last = (at, None if moment is None else moment // MINUTE_MS)
        minute = self._last[1]
        if minute is None:
            return
        hour, within = divmod(minute, HOUR)
        key = (series, places, hour, application, model)
        for minutes in self._of.get(key) or self._hours_of(key):
            sums = minutes.get(within)
            if sums is None:
                minutes[within] = [int(bad), total]
            else:
                sums[0] += int(bad)
                sums[1] += total

    def save(self) -> None:
        """Add what was counted to the table."""
        add(self._session, self._hours)
        self._hours.clear()
        self._of.clear()

    def _hours_of(self, key: tuple[str, tuple[str, ...], int, str, str]) -> tuple[Minutes, ...]:
        series, places, hour, application, model = key
        application = self._names.known("application", application)
        model = self._names.known("model", model)
        shown = self._places.get(places) or self._shown(places)
        found = self._of[key] = tuple(
            self._hours.setdefault(Cell(series, place, hour, application, model), {})
            for place in shown
        )
        return found

    def _shown(self, places: tuple[str, ...]) -> tuple[str, ...]:
        """Return the places an event counts for: all rules, its sections, its clauses."""
        sections = (place.partition("/")[0] for place in places)
        every = dict.fromkeys(("", *sections, *places))  # in a set order, for who comes too late
        shown = tuple(self._names.known("place", place) for place in every)
        if len(self._places) >= _MOST_KEPT:
            self._places.clear()
        self._places[places] = shown
        return shown
