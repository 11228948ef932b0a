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
from charter.ledger.board import seconds
from charter.ledger.ledger import Ledger
from charter.records.objective import NoticeSent

SENT, FAILED = "sent", "failed"
MOST_FAILED = 20
"""Attempts, each with its tries, after which a notice is given up: more than half a day later."""
FIRST_WAIT, LONGEST_WAIT = 60.0, 3600.0
"""Seconds from one failed attempt to the next: doubled each time."""
EARLY = 10.0
"""Seconds that a run may come early: schedulers do not keep time exactly."""
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
    every: Iterable[Due], settings: Settings, notices: Iterable[NoticeSent], now: str = ""
) -> Iterator[Wanted]:
    """Yield what has to be sent: each event to each of its targets once. Pure.

    What was sent is left out, what failed `MOST_FAILED` times, and, where `now` is said, what
    failed so lately that it waits: an outage of some hours does not use up the attempts.
    """
    at = seconds(now)
    for wanted, failed in _unsent(every, settings, notices):
        if len(failed) < MOST_FAILED and not _waits(failed, at):
            yield wanted


def given_up(
    every: Iterable[Due], settings: Settings, notices: Iterable[NoticeSent]
) -> tuple[Wanted, ...]:
    """Return what nobody was told and nobody will be: it failed too often. Pure."""
    found = _unsent(every, settings, notices)
    return tuple(wanted for wanted, failed in found if len(failed) >= MOST_FAILED)


def _unsent(
    every: Iterable[Due], settings: Settings, notices: Iterable[NoticeSent]
) -> Iterator[tuple[Wanted, list[NoticeSent]]]:
    """Yield what was not sent yet, with the attempts that failed."""
    done: set[tuple[str, str, str]] = set()
    failed: dict[tuple[str, str, str], list[NoticeSent]] = {}
    for notice in notices:
        key = (notice.run, notice.event, notice.target)
        if notice.outcome == SENT:
            done.add(key)
        else:
            failed.setdefault(key, []).append(notice)
    for due in every:
        for target in settings.to(due):
            wanted = Wanted(due, target)
            if wanted.key not in done:
                done.add(wanted.key)
                yield wanted, failed.get(wanted.key, [])


def _waits(failed: list[NoticeSent], now: float | None) -> bool:
    last = seconds(failed[-1].at) if failed else None
    if now is None or last is None or last > now:  # no time, or one ahead: rather try
        return False
    wait = min(FIRST_WAIT * 2.0 ** (len(failed) - 1), LONGEST_WAIT)
    return now < last + wait - EARLY


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
                outcome, detail = SENT, self._send(wanted.target, message)
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

    def _send(self, target: Target, message: Message) -> str:
        if isinstance(target, Webhook):
            url = target.url or self._value(target.url_env, target)
            check_url(url, f"target {target.name}", plain_http=target.plain_http)
            secret = self._value(target.secret_env, target) if target.secret_env else ""
            key = webhook.key_of(secret) if target.secret_env else None
            webhook.post(target, url, key, message, self.seconds())
            return ""
        user = self._value(target.user_env, target) if target.user_env else ""
        password = self._value(target.password_env, target) if target.password_env else ""
        return mail.send(target, user, password, message, self.seconds())

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
