"""Decisions, newest first: filtered, and a page at a time out of a ledger of any size.

A page never reads more than SCAN records. Where that is not enough to fill it, it says how far it
looked, and the next page goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from charter.console.moment import seconds_of
from charter.ledger.ledger import Ledger
from charter.policy.decision import STRICTNESS
from charter.records.decision import DecisionRecorded

ROWS = 50
SCAN = 6000
"""Records looked at for one page, of whatever kind."""
FIRST_WINDOW = 250
SKEW = 120.0
"""Seconds by which clocks of replicas may differ: records are in the order of commits."""
MOST_WORDS = 200
ID, NUMBER = "x_[0-9a-f]{32}", r"\.[0-9]{1,6}"
"""An exchange, as `gateway.server.new_id` names it, and the number of one decision on it."""
EXCHANGE = re.compile(f"({ID})({NUMBER})?")


class Wanted(NamedTuple):
    """What decisions are looked for. Empty fields ask for nothing."""

    effect: str = ""
    application: str = ""
    section: str = ""
    stage: str = ""
    since: str = ""
    """As records have times; inclusive."""
    until: str = ""
    """Exclusive."""
    words: str = ""
    """All of them have to occur in what the record says."""
    before: int = 0
    """Index in the ledger; 0: from the newest."""


class Row(NamedTuple):
    """One decision and where it stands in the ledger."""

    number: int
    """Its index in the ledger, from 1."""
    record: DecisionRecorded


class Found(NamedTuple):
    """One page of decisions."""

    rows: tuple[Row, ...]
    more: int
    """Where the next page begins (`Wanted.before`); 0: there is none."""
    looked: int
    """Records that were looked at."""
    full: bool
    """Whether the page is full; else it ends where it was not looked any further."""


def find(ledger: Ledger, wanted: Wanted, rows: int = ROWS) -> Found:
    """Return a page of decisions. Raises LedgerTampered and LedgerUnavailable."""
    exchange = EXCHANGE.fullmatch(wanted.words)
    if exchange is not None:
        return _named(ledger, wanted, exchange)
    end = wanted.before or ledger.size() + 1
    if wanted.until:
        end = min(end, first_after(ledger, wanted.until))
    found: list[Row] = []
    looked, window = 0, FIRST_WINDOW
    while end > 1 and looked < SCAN:
        start = max(0, end - 1 - min(window, SCAN - looked))
        for row in _newest_first(ledger, start, end):
            if _too_old(row.record, wanted):
                return Found(tuple(found), 0, looked + end - row.number, full=False)
            if fits(row.record, wanted):
                found.append(row)
                if len(found) == rows:
                    more = row.number if row.number > 1 else 0
                    return Found(tuple(found), more, looked + end - row.number, full=True)
        looked += end - 1 - start
        end, window = start + 1, window * 4
    return Found(tuple(found), end if end > 1 else 0, looked, full=False)


def of_exchange(ledger: Ledger, exchange: str) -> tuple[Row, ...]:
    """Return all decisions on an exchange, in the order they were made."""
    found = ledger.read_any((DecisionRecorded,), thread=exchange)
    return tuple(
        Row(index, record) for index, record in found if isinstance(record, DecisionRecorded)
    )


def strictest(effects: Iterable[str]) -> str:
    """Return the strictest of some effects; one that is unknown counts as that."""
    return max(effects, key=lambda effect: STRICTNESS.get(effect, len(STRICTNESS)))


def fits(record: DecisionRecorded, wanted: Wanted) -> bool:
    """Whether a decision is looked for."""
    if wanted.effect and record.effect != wanted.effect:
        return False
    if wanted.stage and record.stage != wanted.stage:
        return False
    if wanted.application and record.application != wanted.application:
        return False
    if wanted.section and not _rests_on(record, wanted.section):
        return False
    if wanted.since and record.at < wanted.since:
        return False
    if wanted.until and record.at >= wanted.until:
        return False
    words = wanted.words[:MOST_WORDS].casefold().split()
    return not words or _has(record, words)


def first_after(ledger: Ledger, until: str) -> int:
    """Return an index before which all decisions made before `until` stand; found by halving.

    Clocks of replicas differ and records without a time lie between: it is somewhat too large.
    """
    then = seconds_of(until)
    low, high = 1, ledger.size() + 1
    if then is None:
        return high
    while high - low > 64:
        middle = (low + high) // 2
        at = next((at for at in _times(ledger, middle, high)), None)
        if at is None or at > then + SKEW:
            high = middle
        else:
            low = middle
    return high


def _times(ledger: Ledger, start: int, end: int) -> Iterator[float]:
    for index in range(start, min(end, start + 50)):
        record = ledger.get(index)
        at = getattr(record, "at", None)
        seconds = seconds_of(at) if isinstance(at, str) else None
        if seconds is not None:
            yield seconds


def _named(ledger: Ledger, wanted: Wanted, said: re.Match[str]) -> Found:
    """Return the decisions of an exchange, or the one, that fit the other filters too."""
    rows = of_exchange(ledger, said[1])
    others = wanted._replace(words="")
    chosen = [
        row
        for row in reversed(rows)
        if (said[2] is None or row.record.decision == said[0]) and fits(row.record, others)
    ]
    return Found(tuple(chosen), 0, len(rows), full=False)


def _newest_first(ledger: Ledger, start: int, end: int) -> Iterator[Row]:
    """Yield the decisions with an index above `start` and below `end`."""
    if end > ledger.size():  # from the newest on: those that matter come first
        found = ledger.read_any((DecisionRecorded,), after=start, newest=True)
    else:
        found = islice(ledger.read_any((DecisionRecorded,), after=start), end - 1 - start)
        found = iter(sorted((row for row in found if row[0] < end), reverse=True))
    for index, record in found:
        if isinstance(record, DecisionRecorded):
            yield Row(index, record)


def _too_old(record: DecisionRecorded, wanted: Wanted) -> bool:
    if not wanted.since:
        return False
    at, since = seconds_of(record.at), seconds_of(wanted.since)
    return at is not None and since is not None and at < since - SKEW


def _rests_on(record: DecisionRecorded, section: str) -> bool:
    cited = (*record.citations, *(ground.section for ground in record.grounds))
    return any(each == section or each.startswith(f"{section}/") for each in cited)


def _has(record: DecisionRecorded, words: list[str]) -> bool:
    parts = (
        record.decision,
        record.application,
        record.caller,
        record.subject,
        record.model,
        record.policy,
        record.effect,
        record.done,
        record.stage,
        record.tool,
        record.approval,
        record.failure,
        *record.citations,
        *(f"{ground.check} {ground.section}" for ground in record.grounds),
        *record.boundaries,
        *(f"{check.id} {check.status} {check.effect} {check.reason}" for check in record.checks),
        *record.approvers,
    )
    text = "\n".join(parts).casefold()
    return all(word in text for word in words)
