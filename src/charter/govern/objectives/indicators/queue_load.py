"""Minutes in which no more than so many items of the review queue wait for their first review."""

from __future__ import annotations

from charter.govern.objectives.indicator import Waited
from charter.govern.objectives.indicators import queue_wait

INDICATOR = Waited(
    says="minutes with a short review queue",
    scopes=frozenset({"section", "application"}),
    reads=frozenset(),
    events=queue_wait.events,
    load="queue-wait",
)
