"""What is due, to whom, sent with bounded retries and recorded: at least once, and told apart.

`NoticeSent` is written after a target took a notice. Two processes at once may both send one; its
id is the same, so that the receiver can drop the second, and of the records one is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from charter.errors import AlreadyRecorded, ConfigError, LedgerError
from charter.govern.notices import mail, webhook
from charter.govern.notices.due import Due
from charter.govern.notices.message import Message, message_of
from charter.govern.notices.outcome import NotSent
from charter.govern.notices.settings import Settings, Target, Webhook, check_url
from charter.ledger.ledger import Ledger
from charter.records.objective import NoticeSent

SENT, FAILED = "sent", "failed"
MOST_FAILED = 20
"""Attempts, each with its tries, after which a notice is given up."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between two tries: doubled each time."""
RACES = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """One notice to one target."""

    due: Due
    target: Target

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return self.due.about, self.due.event, self.target.name


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one notice."""

    wanted: Wanted
    outcome: str
    detail: str


def wanted_of(
    every: Iterable[Due], settings: Settings, notices: Iterable[NoticeSent]
) -> Iterator[Wanted]:
    """Yield what has to be sent: each event to each of its targets once. Pure.

    What was sent is left out, and what failed `MOST_FAILED` times.
    """
    done: set[tuple[str, str, str]] = set()
    failed: dict[tuple[str, str, str], int] = {}
    for notice in notices:
        key = (notice.run, notice.event, notice.target)
        if notice.outcome == SENT:
            done.add(key)
        else:
            failed[key] = failed.get(key, 0) + 1
    for due in every:
        for target in settings.to(due):
            wanted = Wanted(due, target)
            if wanted.key not in done and failed.get(wanted.key, 0) < MOST_FAILED:
                done.add(wanted.key)
                yield wanted


@dataclass(frozen=True, slots=True)
class Post:
    """Sends and records. Environment, clock and sleep are given."""

    ledger: Ledger
    tries: int
    environ: Mapping[str, str]
    now: Callable[[], str]
    """As records have times."""
    seconds: Callable[[], int]
    """Since 1970."""
    sleep: Callable[[float], object]

    def deliver(self, wanted: Wanted) -> Sent:
        """Send one notice, and record what came of it. Raises LedgerError."""
        message = message_of(wanted.due, wanted.target.name)
        outcome, detail = SENT, ""
        pause = FIRST_PAUSE
        for attempt in range(self.tries):
            try:
                self._send(wanted.target, message)
                outcome, detail = SENT, ""
                break
            except ConfigError as error:
                outcome, detail = FAILED, error.message
                break
            except NotSent as error:
                outcome, detail = FAILED, error.why
                if not error.again or attempt == self.tries - 1:
                    break
            self.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        self._record(wanted, outcome, detail)
        return Sent(wanted, outcome, detail)

    def _send(self, target: Target, message: Message) -> None:
        if isinstance(target, Webhook):
            url = target.url or self._value(target.url_env, target)
            check_url(url, f"target {target.name}", plain_http=target.plain_http)
            secret = self._value(target.secret_env, target) if target.secret_env else ""
            key = webhook.key_of(secret) if target.secret_env else None
            webhook.post(target, url, key, message, self.seconds())
            return
        user = self._value(target.user_env, target) if target.user_env else ""
        password = self._value(target.password_env, target) if target.password_env else ""
        mail.send(target, user, password, message)

    def _value(self, name: str, target: Target) -> str:
        found = self.environ.get(name, "").strip()
        if not found:
            raise ConfigError(f"target {target.name}: {name} is not set", hint="set it")
        return found

    def _record(self, wanted: Wanted, outcome: str, detail: str) -> None:
        about, event, name = wanted.key
        for _ in range(RACES):
            known = list(self.ledger.read(NoticeSent, run=about))
            if any((n.event, n.target, n.outcome) == (event, name, SENT) for n in known):
                return  # somebody else told them meanwhile
            number = 1 + max((notice.number for notice in known), default=0)
            try:
                self.ledger.append(
                    NoticeSent(about, number, self.now(), event, name, outcome, detail)
                )
            except AlreadyRecorded:
                continue
            else:
                return
        raise LedgerError(f"notices of {about} are recorded by too many at once")


def post_from_here(ledger: Ledger, settings: Settings, now: Callable[[], str]) -> Post:
    """Return what sends with the environment, the clock and the sleep of this process."""
    import time  # noqa: PLC0415 - the only place that waits

    return Post(ledger, settings.tries, os.environ, now, lambda: int(time.time()), time.sleep)
