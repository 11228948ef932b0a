"""What the public said of rules: what waits for a person, and the counts of all of it."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from charter.errors import LedgerError, LedgerUnavailable
from charter.ledger.ledger import Ledger
from charter.ledger.store import Sealed
from charter.ledger.vault import commitment, payload_id, salted
from charter.records.comment import ACCEPTED, REJECTED, CommentModerated, CommentReceived

APPLICATION = "public:comment"
"""Stands for the form where subjects are named: no caller's application has a colon in it."""
COMMENT = re.compile(r"cm_[0-9a-f]{32}")
MOST_TEXT = 4000
"""Characters."""
WAITING = "waiting"
VERDICTS = (ACCEPTED, REJECTED)


class Seals(Protocol):
    """What seals payloads: `ledger.vault.Vault`."""

    def pseudonym(self, application: str, user: str) -> str:
        """Return the subject of a user of an application."""
        ...

    def seal(
        self,
        subject: str,
        payload: Mapping[str, Any],
        at: str,
        *,
        id: str | None = None,  # noqa: A002 - as the vault has it
    ) -> Sealed:
        """Return a payload encrypted for a subject."""
        ...


class Opens(Protocol):
    """What opens payloads: `ledger.vault.Vault`."""

    def open(self, id: str) -> Mapping[str, Any] | None:  # noqa: A002 - as the vault has it
        """Return a payload; None where it was erased, has expired or never was."""
        ...


class Keeps(Seals, Opens, Protocol):
    """What does both: `ledger.vault.Vault`."""


class Said(NamedTuple):
    """What somebody sent, checked."""

    clause: str
    spec: str
    policy: str
    stance: str
    group: str
    text: str


class Tally(NamedTuple):
    """What comments are counted by."""

    clause: str
    spec: str
    stance: str
    status: str
    """waiting, accepted or rejected."""


def receive(ledger: Ledger, vault: Seals, comment: str, said: Said, at: str) -> CommentReceived:
    """Record a comment and seal its words, both or neither.

    Raises LedgerError where one of this id was recorded before.
    """
    found = salted(said.text)
    subject, payload = vault.pseudonym(APPLICATION, comment), payload_id()
    record = CommentReceived(
        run=comment,
        at=at,
        clause=said.clause,
        spec=said.spec,
        policy=said.policy,
        stance=said.stance,
        group=said.group,
        content=found.commitment,
        payload=payload,
        subject=subject,
    )
    sealed = vault.seal(subject, {"text": said.text, "salt": found.salt}, at, id=payload)
    ledger.append(record, payloads=(sealed,))
    return record


def words_of(vault: Opens | None, comment: CommentReceived) -> str | None:
    """Return what somebody wrote; None where it was erased, has expired or cannot be opened here.

    Words that are not those of the record are not shown either.
    """
    found = vault.open(comment.payload) if vault is not None else None
    if found is None:
        return None
    text, salt = found.get("text"), found.get("salt")
    if not isinstance(text, str) or not isinstance(salt, str):
        return None
    return text if _committed(salt, text) == comment.content else None


def readable_words(vault: Opens | None, comment: CommentReceived) -> str | None:
    """Return the words; None also where they are damaged: those behind them can still be read."""
    try:
        return words_of(vault, comment)
    except LedgerUnavailable:
        raise
    except LedgerError:
        return None


def _committed(salt: str, text: str) -> str:
    try:
        return commitment(salt, text)
    except ValueError:
        return ""


class Comments:
    """The comments of a ledger. Only those that wait are kept one by one."""

    def __init__(self) -> None:
        self._index = 0
        self._waiting: dict[str, CommentReceived] = {}
        self._counts: Counter[Tally] = Counter()
        self._lock = threading.Lock()

    def poll(self, ledger: Ledger) -> None:
        """Take what the ledger has gained."""
        with self._lock:
            kinds = (CommentReceived, CommentModerated)
            for index, record in ledger.read_any(kinds, after=self._index):
                if isinstance(record, CommentReceived):
                    self._waiting[record.run] = record
                    self._counts[_tally(record, WAITING)] += 1
                elif isinstance(record, CommentModerated):
                    self._settle(record)
                self._index = index

    def _settle(self, record: CommentModerated) -> None:
        found = self._waiting.pop(record.run, None)
        if found is not None:
            self._counts[_tally(found, WAITING)] -= 1
            self._counts[_tally(found, record.verdict)] += 1

    @property
    def waiting(self) -> int:
        """How many nobody has read yet."""
        with self._lock:
            return len(self._waiting)

    def get(self, comment: str) -> CommentReceived | None:
        """Return a comment that waits."""
        with self._lock:
            return self._waiting.get(comment)

    def next(self, after: str = "") -> CommentReceived | None:
        """Return the oldest that waits; after one that is skipped, the one behind it."""
        with self._lock:
            ids = list(self._waiting)
            if not ids:
                return None
            at = (ids.index(after) + 1) % len(ids) if after in self._waiting else 0
            return self._waiting[ids[at]]

    def all_waiting(self) -> tuple[CommentReceived, ...]:
        """Return those that wait, oldest first."""
        with self._lock:
            return tuple(self._waiting.values())

    def counts(self) -> dict[Tally, int]:
        """Return how many there are of each kind, by clause."""
        with self._lock:
            return {each: count for each, count in sorted(self._counts.items()) if count}


def _tally(record: CommentReceived, status: str) -> Tally:
    return Tally(record.clause, record.spec, record.stance, status)


def accepted(ledger: Ledger) -> Iterator[CommentReceived]:
    """Yield the comments that a person accepted, oldest first."""
    verdicts = {
        record.run for record in ledger.read(CommentModerated) if record.verdict == ACCEPTED
    }
    for record in ledger.read(CommentReceived):
        if record.run in verdicts:
            yield record


def comment_id(seed: bytes) -> str:
    """Return the id of the comment that one form makes, however often it is sent."""
    return f"cm_{hashlib.sha256(seed).hexdigest()[:32]}"
