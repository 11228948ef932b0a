"""What happens when: records of all kinds, put into the order of their times, day by day."""

from __future__ import annotations

import heapq
from datetime import datetime
from itertools import count

from charter.records.record import Record

from .plan import stamp


class Diary:
    """Records that are still to come. Those of one time stay in the order they were noted."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, int, tuple[Record, ...]]] = []
        self._count = count()

    def note(self, at: datetime | str, *records: Record) -> None:
        """Note records that go into the ledger together."""
        moment = at if isinstance(at, str) else stamp(at)
        heapq.heappush(self._waiting, (moment, next(self._count), records))

    def until(self, end: datetime) -> list[Record]:
        """Take all that happens before a time, in order."""
        found: list[Record] = []
        last = stamp(end)
        while self._waiting and self._waiting[0][0] < last:
            found += heapq.heappop(self._waiting)[2]
        return found
