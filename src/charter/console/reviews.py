"""What people said of live decisions: a fold of their records, and which answers come next.

The order in which answers come up is that of a hash of their exchange: by chance, the same for
every reviewer, and no business of whoever could want to choose. One in three gets a second opinion,
and no reviewer can tell which.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from charter.console.agreement import Agreement, agreement
from charter.console.feed import Row, of_exchange, strictest
from charter.ledger.ledger import Ledger
from charter.records.decision import DecisionRecorded
from charter.records.review import ReviewRecorded

POOL = 3000
"""Newest decisions that answers to review are drawn from."""
SECOND = 3
"""One in so many gets a second opinion."""
RANDOM, FLAGGED, CHOSEN = "random", "flagged", "chosen"
LABELS = ("adhered", "violated")
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


@dataclass(frozen=True, slots=True)
class Figures:
    """How reviewers agree, and how the gateway does."""

    whole: Agreement
    refusals: Agreement
    sections: tuple[tuple[str, Agreement], ...]
    reviews: int
    blind: int
    reviewers: int
    labels: tuple[tuple[str, int], ...]
    right: int
    """Opinions that the gateway decided rightly."""
    judged: int
    """Opinions on that at all."""


class Reviews:
    """All reviews of a ledger, by decision."""

    def __init__(self) -> None:
        self._index = 0
        self._by_exchange: dict[str, list[ReviewRecorded]] = {}
        self._lock = threading.Lock()

    def poll(self, ledger: Ledger) -> None:
        """Take what the ledger has gained."""
        with self._lock:
            for index, record in ledger.read_any((ReviewRecorded,), after=self._index):
                if isinstance(record, ReviewRecorded):
                    self._by_exchange.setdefault(_exchange_of(record.run), []).append(record)
                self._index = index

    def of(self, decision: str) -> tuple[ReviewRecorded, ...]:
        """Return the reviews of a decision, oldest first."""
        return tuple(each for each in self.on(_exchange_of(decision)) if each.run == decision)

    def on(self, exchange: str) -> tuple[ReviewRecorded, ...]:
        """Return the reviews of an exchange, oldest first."""
        with self._lock:
            return tuple(self._by_exchange.get(exchange, ()))

    def all(self) -> tuple[ReviewRecorded, ...]:
        """Return every review, by exchange."""
        with self._lock:
            return tuple(each for found in self._by_exchange.values() for each in found)

    def figures(self) -> Figures:
        """Measure agreement. Only opinions that were formed blindly are compared."""
        every = self.all()
        blind = [each for each in every if each.blind]
        sections = sorted({each.section for each in blind})
        count = {label: sum(each.label == label for each in every) for label in LABELS}
        judged = [each for each in every if each.decision_right is not None]
        return Figures(
            whole=_agreement(blind, lambda each: each.label),
            refusals=_agreement(blind, lambda each: each.refusal or ""),
            sections=tuple(
                (section, _agreement([e for e in blind if e.section == section], _label))
                for section in sections
            ),
            reviews=len(every),
            blind=len(blind),
            reviewers=len({each.by for each in every}),
            labels=tuple(count.items()),
            right=sum(bool(each.decision_right) for each in judged),
            judged=len(judged),
        )

    def next_for(
        self, ledger: Ledger, person: str, skip: Callable[[str], bool]
    ) -> Iterator[Candidate]:
        """Yield what a person can review, in the order of the queue.

        An exchange is read only when its turn comes: one in a pool of thousands is shown.
        """
        self.poll(ledger)
        for exchange in sorted(pool(ledger), key=_place):
            said = self.on(exchange)
            mine = any(review.by == person for review in said)
            if mine or len(said) >= opinions_on(exchange) or skip(exchange):
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


def _agreement(reviews: list[ReviewRecorded], word: Callable[[ReviewRecorded], str]) -> Agreement:
    units: dict[str, list[str]] = {}
    for each in reviews:
        if word(each):
            units.setdefault(each.run, []).append(word(each))
    return agreement(units.values())


def _label(review: ReviewRecorded) -> str:
    return review.label


def _exchange_of(decision: str) -> str:
    return decision.rpartition(".")[0]


def _place(exchange: str) -> bytes:
    return hashlib.sha256(b"charter-review/v1\n" + exchange.encode("utf-8", "replace")).digest()
