"""How often something may be done: a bucket of tokens for each key, bounded in number."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict

MOST_KEYS = 20_000


class Limit:
    """`most` at once, and `most` more in each `seconds`, evenly; for each key by itself."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, now: float) -> int:
        """Take one; return 0, or the seconds to wait where there is none."""
        with self._lock:
            left = self._of(key, now)
            wait = 0 if left >= 1 else math.ceil((1 - left) * self._seconds / self._most)
            self._put(key, left - 1 if left >= 1 else left, now)
            return wait

    def _of(self, key: str, now: float) -> float:
        left, at = self._left.get(key, (float(self._most), now))
        return min(self._most, left + max(0.0, now - at) * self._most / self._seconds)

    def _put(self, key: str, left: float, now: float) -> None:
        self._left[key] = left, now
        self._left.move_to_end(key)
        while len(self._left) > MOST_KEYS:
            self._left.popitem(last=False)
