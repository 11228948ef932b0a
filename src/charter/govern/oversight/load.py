"""How much waits for people, and how long it waits: what objectives on oversight rest on.

Items with a known answer are left out: nobody's answer waits with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from charter.govern.oversight.item import Item, State
from charter.govern.oversight.share import Share, share
from charter.ledger.board import seconds
from charter.policy.instant import instant

ENOUGH = 10
"""Items below which no share is stated."""


@dataclass(frozen=True, slots=True)
class Load:
    """The queue at one moment."""

    waiting: int
    """Neither done nor withdrawn."""
    opinions: int
    """That are still needed, over all of them."""
    oldest: float | None
    """Seconds that the oldest of them waits; None where nothing does."""
    unseen: int
    """Of those that wait: without any opinion."""


def load(items: Iterable[Item], *, now: str) -> Load:
    """Return how much waits at a time as records have it. Raises ValueError where it is none."""
    at = instant(now)
    live = [each for each in items if not each.seed]
    left = [each for each in live if each.state(now) not in (State.DONE, State.WITHDRAWN)]
    known = (seconds(each.queued.at) for each in left)
    ages = [max(0.0, at - begun) for begun in known if begun is not None]
    return Load(
        waiting=len(left),
        opinions=sum(each.needed - len(each.given) for each in left),
        oldest=max(ages, default=None),
        unseen=sum(not each.given for each in left),
    )


def seen_within(
    items: Iterable[Item], *, within: float, now: str, since: str = "", until: str = ""
) -> Share:
    """Return the share of items that got their first opinion within so many seconds.

    Of those queued from `since` and before `until` whose time is over at `now`: one that may still
    be in time counts on neither side, and neither does one that was withdrawn before anybody
    judged it. Raises ValueError for times that are none, and unless `within` is above 0.
    """
    end = instant(now)
    low = instant(since) if since else float("-inf")
    high = instant(until) if until else float("inf")
    if not within > 0:
        raise ValueError(f"within {within} seconds")
    met = total = 0
    for item in items:
        begun = seconds(item.queued.at)
        first = seconds(item.given[0].at) if item.given else None
        if item.seed or begun is None or not low <= begun < high or begun + within > end:
            continue
        if first is None and item.withdrawn:
            continue
        total += 1
        met += first is not None and first - begun <= within
    return share(met, total, enough=ENOUGH)
