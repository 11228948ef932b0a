"""Who is logged in: sessions kept in memory, so that logging out ends one for good.

A cookie holds 256 random bits and nothing else; here its SHA-256 is kept. A session ends some time
after its last request, some time after its login, at logout, and when the password or the roles of
its account change.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field

from charter.console.accounts import Account

IDLE = 30 * 60
"""Seconds after the last request, unless told otherwise."""
WHOLE = 12 * 3600
"""Seconds after the login."""
MOST_EACH = 8
"""Sessions of one account; a further login ends the oldest."""
MOST_ITEMS = 50
COOKIE = "charter_console"


@dataclass(slots=True)
class Item:
    """What a reviewer was shown, and when."""

    exchange: str
    decision: str
    section: str
    drawn: str
    shown: float
    queued: str = ""
    """Id of the item of the queue; empty where the answer came up by its hash or was chosen."""


@dataclass(slots=True)
class Session:
    """One login."""

    id: str
    """SHA-256 of the cookie."""
    account: str
    mark: str
    """Digest of the account as it was at the login."""
    born: float
    seen: float
    items: dict[str, Item] = field(default_factory=dict)
    """Review items that are open, by the token in their form."""
    said: str = ""
    """What the next page tells, once."""

    def keep(self, token: str, item: Item) -> None:
        """Remember an item that is shown; the oldest of too many is forgotten."""
        self.items[token] = item
        while len(self.items) > MOST_ITEMS:
            del self.items[next(iter(self.items))]


class Sessions:
    """All sessions of one process."""

    def __init__(
        self, secret: bytes, *, idle: float = IDLE, whole: float = WHOLE, secure: bool | None = None
    ) -> None:
        self._secret = secret
        self._idle, self.whole = idle, whole
        self.secure = secure
        """Whether cookies go over HTTPS only; None: as the login came."""
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, account: Account, now: float) -> str:
        """Begin a session; return its cookie."""
        cookie = secrets.token_urlsafe(32)
        with self._lock:
            for key in [key for key, each in self._open.items() if self._over(each, now)]:
                del self._open[key]
            mine = [each for each in self._open.values() if each.account == account.name]
            mine.sort(key=lambda session: session.seen, reverse=True)
            for each in mine[MOST_EACH - 1 :]:
                del self._open[each.id]
            session = Session(_digest(cookie), account.name, mark_of(account), now, now)
            self._open[session.id] = session
        return cookie

    def find(self, cookie: str | None, now: float) -> Session | None:
        """Return the session of a cookie, and count this as a sign of life."""
        if not cookie or len(cookie) > 200:
            return None
        with self._lock:
            session = self._open.get(_digest(cookie))
            if session is None:
                return None
            if self._over(session, now):
                del self._open[session.id]
                return None
            session.seen = max(session.seen, now)
            return session

    def close(self, cookie: str | None) -> None:
        """End the session of a cookie, if there is one."""
        if cookie:
            with self._lock:
                self._open.pop(_digest(cookie), None)

    def end(self, session: Session) -> None:
        """End a session."""
        with self._lock:
            self._open.pop(session.id, None)

    def masked(self, name: str) -> str:
        """Return what stands for a name on pages: nobody can tell from it what the name is."""
        made = hmac.new(self._secret, b"name:" + name.encode("utf-8", "replace"), hashlib.sha256)
        return made.hexdigest()[:32]

    def _over(self, session: Session, now: float) -> bool:
        return now - session.seen > self._idle or now - session.born > self.whole

    def form_token(self, session: Session) -> str:
        """Return what every form of a session carries, so that no other site can send one."""
        return hmac.new(self._secret, b"form:" + session.id.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, session: Session, given: str) -> bool:
        """Whether a form came from a page of this session."""
        sent = given.encode("utf-8", "replace")
        return hmac.compare_digest(self.form_token(session).encode(), sent)


def mark_of(account: Account) -> str:
    """Return what changes with the password, the roles and the person of an account."""
    parts = "\n".join((account.password, ",".join(sorted(account.roles)), account.person))
    return hashlib.sha256(parts.encode()).hexdigest()


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()
