"""The counts of a ledger, kept as it grows, and what indicators come to in a window.

Windows are whole minutes: one of 5 ends with the minute that holds the moment, the fifth of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from charter.estimates.drawn import JudgeErrors
from charter.govern.instants import MINUTE_MS
from charter.govern.objectives.counting import ALWAYS, Counting, LedgerLook
from charter.govern.objectives.indicator import Answer, Counted, Drawn, indicators
from charter.govern.objectives.measure import Measure, counted
from charter.govern.objectives.objective import Objective
from charter.govern.objectives.rollup_reads import answers_of, measured, measured_answers
from charter.govern.objectives.rollup_store import NAMES, RollupStore, Session
from charter.govern.objectives.rollup_windows import Windows, starts_of, windows_of
from charter.ledger.ledger import Ledger
from charter.ledger.tlog.merkle import root_at
from charter.records.record import Record

VERSION = 3
"""Of how records are counted: another one counts anew."""
BATCH = 20_000
"""Records of one transaction."""


_Seen: TypeAlias = tuple[int, dict[tuple[str, str, tuple[int, ...]], Windows]]
"""A minute, and what was read of the counts as of it."""


class Rollup:
    """Counts of one ledger. `update` brings them up to date; everything else reads."""

    def __init__(
        self, store: RollupStore, *, errors: Mapping[str, JudgeErrors] | None = None
    ) -> None:
        """`errors` of calibrated judges are values of the evaluations, by id of calibration."""
        self._store = store
        self._indicators = indicators()
        self._errors = errors or {}
        self._kept: tuple[tuple[object, ...], Sequence[Answer]] | None = None
        self._seen: _Seen = (-1, {})
        ids = ",".join(self._indicators)
        self._version = f"{VERSION}/{hashlib.sha256(ids.encode()).hexdigest()[:16]}"

    def close(self) -> None:
        """Release the store."""
        self._store.close()

    def update(self, ledger: Ledger, *, to: int | None = None) -> int:
        """Count what the ledger has gained; return how many records that were looked at.

        With `to`, of its first so many records, where nobody has counted further: see `counted`.
        Counts of another ledger, of one that was replaced or cut, or of another version are thrown
        away first. Several processes may do this at once. Raises LedgerError.
        """
        done, look = 0, LedgerLook(ledger)
        try:
            while True:
                size = ledger.head().size
                with self._store.changing() as session:
                    counted_to = self._position(session, ledger, size)
                    end = size if to is None else min(size, to)
                    if counted_to >= end:
                        return done
                    last = min(end, counted_to + BATCH)
                    self._batch(session, ledger, look, counted_to, last)
                    done += last - counted_to
        finally:
            self._seen = (-1, {})  # whoever reads just now keeps nothing either

    def counted(self) -> int:
        """Return how many records of the ledger the counts speak of."""
        with self._store.reading() as session:
            found = session.all("SELECT value FROM meta WHERE name = 'counted'")
        return int(found[0][0]) if found else 0

    def _batch(
        self, session: Session, ledger: Ledger, look: LedgerLook, after: int, last: int
    ) -> None:
        counting = Counting(session, look, self._indicators)
        kinds = set(ALWAYS)
        for each in self._indicators.values():
            kinds |= set() if isinstance(each, Drawn) else each.reads
        # records up to `last` only: at most so many can lie between
        found = ledger.read_any(_sorted(kinds), after=after, limit=last - after)
        for index, record in islice(found, last - after):
            if index > last:
                break
            counting.take(index, record)
        counting.save()
        _set(session, "counted", str(last))
        _set(session, "root", root_at(last, ledger.hashes(last)).hex())
        _set(session, "version", self._version)

    def _position(self, session: Session, ledger: Ledger, size: int) -> int:
        """Return how far the counts go; 0, with nothing in them, where they are of no use."""
        meta = dict(session.all("SELECT name, value FROM meta"))
        counted_to = int(meta.get("counted", "0"))
        fits = meta.get("version") == self._version and 0 < counted_to <= size
        if fits and root_at(counted_to, ledger.hashes(counted_to)).hex() == meta.get("root"):
            return counted_to
        for name in NAMES:
            session.run(f"DELETE FROM {name}")  # noqa: S608 - our own names
        return 0

    def measure(self, objective: Objective, minutes: int, at: int) -> Measure:
        """Return what the indicator of an objective came to in the `minutes` up to `at`.

        `at` is in milliseconds; later events are left out, such as those of a clock ahead of it.
        What was read of a moment is read once: until the next `update` all windows, of whichever
        objective, are of the counts as they were then.
        """
        indicator = self._indicators[objective.indicator]
        if isinstance(indicator, Counted):
            return self._events(objective, minutes, at // MINUTE_MS)
        with self._store.reading() as session:
            if not isinstance(indicator, Drawn):
                return measured(session, objective, indicator, minutes, at)
            answers = self._answers(session, objective, indicator, minutes, at)
        return measured_answers(answers, indicator, at // MINUTE_MS - minutes + 1, self._errors)

    def _events(self, objective: Objective, minutes: int, last: int) -> Measure:
        """Return what happened in the minutes up to `last`.

        One query answers for all windows of an objective, and for others of the same place.
        """
        seen = self._seen
        if seen[0] != last:
            self._seen = seen = (last, {})
        scope, starts = objective.scope, starts_of(objective, minutes, last)
        key = (objective.indicator, scope.place, starts)
        windows = seen[1].get(key)
        if windows is None:
            with self._store.reading() as session:
                windows = windows_of(session, *key, last)
            seen[1][key] = windows  # lost where counts have changed meanwhile
        return counted(*windows.events(last - minutes + 1, scope.application, scope.model))

    def _answers(
        self, session: Session, objective: Objective, indicator: Drawn, minutes: int, at: int
    ) -> Sequence[Answer]:
        """Return the answers of a whole period, kept until something else is asked for.

        All windows of an objective are asked for in turn.
        """
        last = at // MINUTE_MS
        first = last - max(minutes, objective.period_minutes) + 1
        counted = session.all("SELECT value FROM meta WHERE name = 'counted'")
        wanted = (objective, first, last, *(row[0] for row in counted))
        kept = self._kept
        if kept is None or kept[0] != wanted:
            kept = (wanted, answers_of(session, objective, indicator, first, last))
            self._kept = kept
        return kept[1]


def _set(session: Session, name: str, value: str) -> None:
    session.run(
        "INSERT INTO meta VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        {"name": name, "value": value},
    )


def _sorted(kinds: set[type[Record]]) -> tuple[type[Record], ...]:
    return tuple(sorted(kinds, key=lambda each: each.__name__))
