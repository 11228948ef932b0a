"""What people said of live decisions: a fold of their records, and which answers come next.

What somebody queued comes first: see `charter.govern.oversight.queue`. After that, answers are
drawn from the newest decisions, in the order of a hash of their exchange: by chance, the same for
every reviewer, and no business of whoever could want to choose. One in three gets a second opinion,
and no reviewer can tell which.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

from charter.console.feed import Row, of_exchange, strictest
from charter.govern.oversight.automatic import Look, look, of_reviews, of_votes
from charter.govern.oversight.figures import Figures, figures
from charter.govern.oversight.item import State
from charter.govern.oversight.queue import KINDS, Queue
from charter.ledger.board import folded
from charter.ledger.ledger import Ledger
from charter.records.approval import ApprovalVoted
from charter.records.decision import DecisionRecorded
from charter.records.review import ReviewRecorded

POOL = 3000
"""Newest decisions that answers to review are drawn from."""
SECOND = 3
"""One in so many gets a second opinion."""
RANDOM, FLAGGED, CHOSEN = "random", "flagged", "chosen"
MOST_LENGTHS = 2000
"""Reviews of which is looked up how long the answer was, to tell how fast it was read."""
REFUSALS = ("none", "partial", "full")
PASSING = frozenset({"allow", "flag"})
"""Effects under which an answer goes out as it is."""
_ANSWERS = ("output", "tool_call")


class Candidate(NamedTuple):
    """An answer that could be reviewed."""

    exchange: str
    row: Row
    """The decision on the answer: what a review is filed under."""
    payloads: tuple[str, ...]
    effect: str
    """The strictest on the exchange."""

    @property
    def drawn(self) -> str:
        """How it came into the queue."""
        return RANDOM if self.effect == "allow" else FLAGGED


class Reviews:
    """All reviews of a ledger, and the items that wait for some."""

    def __init__(self) -> None:
        self.queue = Queue()
        self._by_exchange: dict[str, list[ReviewRecorded]] = {}
        self._lengths: dict[str, int] = {}
        self._index = 0
        self._lock = threading.Lock()

    def poll(self, ledger: Ledger) -> None:
        """Take what the ledger has gained."""
        with self._lock:
            for index, record in ledger.read_any(KINDS, after=self._index):
                self.queue.take(record)
                if isinstance(record, ReviewRecorded):
                    self._by_exchange.setdefault(_exchange_of(record.run), []).append(record)
                self._index = index

    def of(self, decision: str) -> tuple[ReviewRecorded, ...]:
        """Return the reviews of a decision, oldest first."""
        return self.queue.reviews_of(decision)

    def on(self, exchange: str) -> tuple[ReviewRecorded, ...]:
        """Return the reviews of an exchange, oldest first."""
        with self._lock:
            return tuple(self._by_exchange.get(exchange, ()))

    def all(self) -> tuple[ReviewRecorded, ...]:
        """Return every review of a live answer, by exchange; not those of known answers."""
        seeds = self.queue.seeds()
        with self._lock:
            found = (each for reviews in self._by_exchange.values() for each in reviews)
            return tuple(each for each in found if each.run not in seeds)

    def readable(self, person: str, now: str) -> tuple[ReviewRecorded, ...]:
        """Return the reviews that tell a reviewer nothing of what is still theirs to judge."""
        return tuple(each for each in self.all() if self.told(each, person, now))

    def told(self, review: ReviewRecorded, person: str, now: str) -> bool:
        """Whether a reviewer may know of a review.

        Not while its item waits for opinions, not even of their own: as opinions on known answers
        are counted and listed elsewhere, it would tell which items those are.
        """
        exchange = _exchange_of(review.run)
        items = self.queue.on(exchange)
        if items:
            return all(each.state(now) is State.DONE for each in items)
        said = self.on(exchange)
        if any(folded(each.by) == folded(person) for each in said if each.run == review.run):
            return True
        return len(said) >= opinions_on(exchange)

    def figures(self, person: str = "", now: str = "") -> Figures:
        """Measure agreement, overrides, time and vigilance; for a person, of what they may know."""
        found = self.queue.reviews()
        if person:
            found = tuple(each for each in found if self.told(each, person, now))
        return figures(found, self.queue.seeds())

    def looks(self, ledger: Ledger) -> tuple[Look, ...]:
        """Return whose judgements look automatic: votes on held actions, and reviews."""
        reviews = self.queue.reviews()
        for each in reviews[-MOST_LENGTHS:]:
            if each.run not in self._lengths:
                rows = of_exchange(ledger, _exchange_of(each.run))
                length = max((row.record.released for row in rows), default=0)
                self._lengths[each.run] = length
        votes = of_votes(ledger.read(ApprovalVoted))
        return look([*votes, *of_reviews(reviews, self.queue.seeds(), self._lengths)])

    def next_for(
        self, ledger: Ledger, person: str, skip: Callable[[str], bool]
    ) -> Iterator[Candidate]:
        """Yield what a person can review, in the order of the queue.

        An exchange is read only when its turn comes: one in a pool of thousands is shown.
        """
        self.poll(ledger)
        for exchange in sorted(pool(ledger), key=_place):
            said = self.on(exchange)
            mine = any(folded(review.by) == folded(person) for review in said)
            if mine or len(said) >= opinions_on(exchange) or skip(exchange):
                continue
            if self.queue.on(exchange):  # somebody queued it: it comes up there
                continue
            each = candidate(ledger, exchange)
            if each is not None:
                yield each


def pool(ledger: Ledger) -> tuple[str, ...]:
    """Return the exchanges with an answer among the newest decisions of which something is kept."""
    found = ledger.read(DecisionRecorded, newest=True, limit=POOL)
    kept = (record for record in found if record.payload and record.stage in _ANSWERS)
    return tuple(dict.fromkeys(record.exchange for record in kept))


def opinions_on(exchange: str) -> int:
    """Return how many opinions an exchange gets."""
    return 2 if _place(exchange)[0] % SECOND == 0 else 1


def candidate(ledger: Ledger, exchange: str) -> Candidate | None:
    """Return the answer of an exchange; None where it has none, or nothing of it is kept."""
    rows = of_exchange(ledger, exchange)
    answers = [row for stage in _ANSWERS for row in rows if row.record.stage == stage]
    payloads = tuple(dict.fromkeys(row.record.payload for row in rows if row.record.payload))
    if not answers or not payloads:
        return None
    return Candidate(exchange, answers[0], payloads, strictest(row.record.effect for row in rows))


def section_of(candidate: Candidate, sections: tuple[str, ...]) -> str:
    """Return the section an answer is judged by: one that was asked, by chance; empty for none.

    The gateway's ground is one of them, and nothing shows which.
    """
    cited = [each.partition("/")[0] for each in candidate.row.record.citations]
    known = sorted({each for each in cited if each in sections})
    return known[_place(candidate.exchange)[1] % len(known)] if known else ""


def _exchange_of(decision: str) -> str:
    return decision.rpartition(".")[0]


def _place(exchange: str) -> bytes:
    return hashlib.sha256(b"charter-review/v1\n" + exchange.encode("utf-8", "replace")).digest()
