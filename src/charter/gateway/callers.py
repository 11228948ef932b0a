"""Keys, the callers they stand for, and what each caller may spend.

A key is `ck_` and 256 random bits; a configuration holds its SHA-256 alone. A key is looked up by
that digest, so how long the search takes says nothing about the key: whoever does not know it
cannot choose how the digest of a guess begins.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from charter.gateway.served import Caller

PREFIX = "ck_"
_BYTES = 32
_LENGTH = len(PREFIX) + 43
DIGEST_PREFIX = "sha256:"
_DAY = 86_400


class Spent(NamedTuple):
    """A budget that has run out."""

    what: str
    seconds: int
    """Until it makes sense to ask again."""


def new_key() -> str:
    """Return a new key. It is shown once, and kept nowhere."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def digest_of_key(key: str) -> str:
    """Return what a configuration holds of a key."""
    return DIGEST_PREFIX + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


class Callers:
    """All callers of a configuration, by the digests of their keys."""

    def __init__(self, entries: Iterable[tuple[Caller, Iterable[str]]]) -> None:
        self._by_digest: dict[bytes, Caller] = {}
        self.all: tuple[Caller, ...] = ()
        for caller, digests in entries:
            self.all += (caller,)
            for digest in digests:
                self._by_digest[bytes.fromhex(digest.removeprefix(DIGEST_PREFIX))] = caller

    def find(self, key: bytes) -> Caller | None:
        """Return whose key it is, or None."""
        if len(key) != _LENGTH:
            return None
        return self._by_digest.get(hashlib.sha256(key).digest())


@dataclass(slots=True)
class _Account:
    """What one caller has left."""

    requests: float
    since: float
    """When `requests` was counted."""
    day: int = -1
    tokens: int = 0
    """Spent on that day."""


@dataclass(slots=True)
class Budgets:
    """What callers of this replica have spent. A restart forgets it; replicas count apart."""

    _accounts: dict[str, _Account] = field(default_factory=dict)

    def take(self, caller: Caller, now: float, *, repeated: bool = False) -> Spent | None:
        """Count one request, or return the budget that has run out.

        Requests per minute are a bucket of that size which refills evenly. What a client's SDK
        repeats is the same request still, and is counted once; `repeated` says so, and is
        believed for half a bucket at most, since any client can claim it.
        """
        rate, tokens = caller.requests_per_minute, caller.tokens_per_day
        if rate is None and tokens is None:
            return None
        account = self._accounts.get(caller.id)
        if account is None:
            account = self._accounts[caller.id] = _Account(float(rate or 0), now)
        if tokens is not None:
            day = int(now // _DAY)
            if account.day != day:
                account.day, account.tokens = day, 0
            if account.tokens >= tokens:
                return Spent(f"{tokens} tokens a day", int((day + 1) * _DAY - now) + 1)
        if rate is not None:
            gained = (now - account.since) * rate / 60
            account.requests = min(float(rate), account.requests + gained)
            account.since = now
            if repeated and account.requests > rate / 2:
                return None
            if account.requests < 1:
                return Spent(
                    f"{rate} requests a minute", int((1 - account.requests) * 60 / rate) + 1
                )
            account.requests -= 1
        return None

    def spend(self, caller: Caller, tokens: int, now: float) -> None:
        """Count the tokens of an answer."""
        if caller.tokens_per_day is None or tokens <= 0:
            return
        account = self._accounts.setdefault(
            caller.id, _Account(float(caller.requests_per_minute or 0), now)
        )
        day = int(now // _DAY)
        if account.day != day:
            account.day, account.tokens = day, 0
        account.tokens += tokens


def tokens_of(usage: object) -> int:
    """Return the tokens that an answer's `usage` says, in the words of any of the three APIs."""
    if not isinstance(usage, Mapping):
        return 0
    total = usage.get("total_tokens")
    if isinstance(total, int):
        return max(total, 0)
    names = (
        ("prompt_tokens", "completion_tokens"),
        ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"),
    )
    for group in names:
        given = [usage.get(name) for name in group]
        counts = [count for count in given if isinstance(count, int)]
        if counts:
            return max(sum(counts), 0)
    return 0
