"""How many people took part from one network: noted where they are many, and nobody is taken out.

What is remembered of networks is a keyed digest, in the memory of this process and for a day: it
is written nowhere, and what is noted tells no address.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from charter.evolve.surveys.quality import Note

SAME_NETWORK = "same_network"
TOO_MANY = "too_many"
DAY = 24 * 3600.0
MOST_NETWORKS = 20_000
MOST_KEPT = 1000
"""Participations of one network that can still be noted."""


@dataclass(slots=True)
class _Network:
    joined: OrderedDict[str, float] = field(default_factory=OrderedDict)
    """When each participation began; the oldest first."""
    noted: set[str] = field(default_factory=set)


class Crowd:
    """Participations by survey and network. Safe to use from several threads."""

    def __init__(self, secret: bytes, *, most: int) -> None:
        """`most` participations of one survey in a day are nothing to note; 0 notes none."""
        self._secret, self._most = secret, most
        self._networks: OrderedDict[bytes, _Network] = OrderedDict()
        self._lock = threading.Lock()

    def joined(self, survey: str, network: str, participation: str, now: float) -> tuple[Note, ...]:
        """Return what is to be noted now that somebody joined: of those before them too."""
        if not self._most:
            return ()
        with self._lock:
            found = self._of(survey, network)
            while found.joined and next(iter(found.joined.values())) < now - DAY:
                found.noted.discard(found.joined.popitem(last=False)[0])
            found.joined[participation] = now
            while len(found.joined) > MOST_KEPT:
                found.noted.discard(found.joined.popitem(last=False)[0])
            return tuple(self._notes(found))

    def _notes(self, found: _Network) -> Iterator[Note]:
        if len(found.joined) <= self._most:
            return
        detail = f"one of more than {self._most} participations from one network within a day"
        for each in found.joined:
            if each not in found.noted:
                found.noted.add(each)
                yield Note(each, SAME_NETWORK, detail)

    def _of(self, survey: str, network: str) -> _Network:
        message = f"{survey}\n{network}".encode("utf-8", "surrogatepass")
        key = hmac.new(self._secret, message, hashlib.sha256).digest()
        found = self._networks.setdefault(key, _Network())
        self._networks.move_to_end(key)
        while len(self._networks) > MOST_NETWORKS:
            self._networks.popitem(last=False)
        return found
